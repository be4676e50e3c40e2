/** What a fit is asked to do, and the checks that it can be done. */
import type { Crew } from '../numerics/crew.ts';
import { InputError } from '../numerics/input-error.ts';
import type { FitPhase } from './fit-state.ts';
import { checkPotential, type MtpPotential, parameterCount } from './potential.ts';
import type { MtpTemplate } from './template.ts';
import type { LabelledConfiguration, LossWeights, TrainingConfiguration, Weighting } from './training-set.ts';

export interface FitSettings {
  readonly template: MtpTemplate;
  readonly speciesCount: number;
  readonly minDistanceA: number;
  readonly maxDistanceA: number;
  readonly radialBasisSize: number;
  readonly weights: LossWeights;
  readonly weighting: Weighting;
  /** s of the weight s/(|F|² + s) of each atom's force, (eV/Å)²; 0 or absent: all alike. */
  readonly scaleByForce?: number;
  /** Of the main minimisation; the pre-training comes on top. */
  readonly maxIterations: number;
  /** The fit ends when the loss falls by less than this fraction in 50 iterations; 0: only `maxIterations` ends it. */
  readonly convergenceTolerance: number;
  /** Iterations of the pre-training; 75 if absent. */
  readonly preIterations?: number;
  /** Iterations of a refinement by Gauss–Newton steps after the main minimisation; none if absent. */
  readonly refineIterations?: number;
  /** Name of the potential; empty if absent. */
  readonly name?: string;
  /** Threads to share the configurations out to; the calling one alone if absent. Changes no bit. */
  readonly crew?: Crew;
  /** Called after each iteration, those of the pre-training numbered from −preIterations + 1 to 0. */
  readonly onProgress?: (iteration: number, loss: number, phase: FitPhase) => void;
}

/** The potential to be fitted, all coefficients zero. @throws InputError `bad-fit-options`, `bad-potential` */
export function emptyModel(settings: FitSettings): MtpPotential {
  const { template, speciesCount, radialBasisSize, minDistanceA, maxDistanceA, name = '' } = settings;
  const whole: [string, number, number][] = [
    ['maxIterations', settings.maxIterations, 0],
    ['preIterations', settings.preIterations ?? 0, 0],
    ['refineIterations', settings.refineIterations ?? 0, 0],
    ['speciesCount', speciesCount, 1],
    ['radialBasisSize', radialBasisSize, 1],
  ];
  for (const [what, value, least] of whole) {
    if (!Number.isInteger(value) || value < least) {
      const expected = `an integer ≥ ${least}`;
      throw new InputError('bad-fit-options', `${what} is not usable`, { expected, found: String(value) });
    }
  }
  if (!(settings.convergenceTolerance >= 0)) {
    const found = String(settings.convergenceTolerance);
    throw new InputError('bad-fit-options', 'convergenceTolerance is not usable', { expected: 'a number ≥ 0', found });
  }
  const model: MtpPotential = {
    name,
    speciesCount,
    minDistanceA,
    maxDistanceA,
    radialBasisSize,
    scaling: 1,
    template,
    radialCoefficients: new Float64Array(speciesCount * speciesCount * template.radialFunctions * radialBasisSize),
    speciesCoefficients: new Float64Array(speciesCount),
    momentCoefficients: new Float64Array(template.scalars.length),
  };
  checkPotential(model);
  return model;
}

/** @throws InputError `training-set-too-small` where there are fewer labelled numbers than parameters */
export function checkSize(
  set: readonly TrainingConfiguration[],
  configurations: readonly LabelledConfiguration[],
  model: MtpPotential,
): void {
  let numbers = 0;
  for (const [at, { atoms }] of set.entries())
    numbers += 1 + 3 * atoms + (configurations[at]!.virialEv === null ? 0 : 6);
  const parameters = parameterCount(model);
  if (numbers < parameters) {
    throw new InputError('training-set-too-small', 'the labels do not determine the parameters', {
      expected: `at least ${parameters} labelled numbers (energies, force and stress components)`,
      found: `${numbers} in ${configurations.length} configurations`,
      remedy: 'label more configurations or take a lower level',
    });
  }
}
