/**
 * `varve mtp fit TRAINING OUT.mtp`: fits a potential and says how far it is from its labels. The fit is done in short
 * segments, between which it can be stopped; its state is kept, so that the same command goes on with the same bits.
 */
import { rmSync } from 'node:fs';
import { threadCrew } from '../src/execution/thread-crew.ts';
import { writeMtp } from '../src/formats/mtp.ts';
import { InputError } from '../src/numerics/input-error.ts';
import type { FitResult } from '../src/potential/fit.ts';
import { type FitErrors, fitErrors } from '../src/potential/fit-errors.ts';
import { emptyModel, type FitSettings } from '../src/potential/fit-settings.ts';
import { type MtpPotential, parameterCount } from '../src/potential/potential.ts';
import { generateTemplate } from '../src/potential/template.ts';
import type { LabelledConfiguration } from '../src/potential/training-set.ts';
import { closestPairs } from '../src/structure/closest-pair.ts';
import { fitIdentity } from './fit-identity.ts';
import { FitRun } from './fit-run.ts';
import { readLabelledFile, type SpeciesOption } from './labelled-file.ts';
import type { FitFlags } from './mtp-fit-command.ts';
import { renderFitErrors } from './output/fit-error-table.ts';
import { FitProgress } from './output/fit-progress.ts';
import { interruptible } from './output/interrupt.ts';
import { counted, formatNumber } from './output/numbers.ts';
import { demandFree, writeOutput } from './output/output-file.ts';
import { printJson } from './output/store-access.ts';
import { readPotentialFile } from './potential-file.ts';

export async function fit(trainingPath: string, output: string, flags: FitFlags): Promise<void> {
  const statePath = flags.state ?? `${output}.fit-state`;
  demandFree(output, flags.force === true);
  demandFree(statePath, true);
  const given = flags.from === undefined ? undefined : readUntrained(flags.from);
  const species = speciesOf(flags, given);
  const training = readLabelledFile(trainingPath, 'training set', species);
  const speciesCount = given?.speciesCount ?? training[0]!.structure.elements.length;
  const names = species ?? speciesCount;
  const validation = flags.valid === undefined ? null : readLabelledFile(flags.valid, 'validation set', names);
  const progress = new FitProgress(process.stderr, flags.preIterations, flags.maxIterations, flags.refine);
  const crew = threadCrew(flags.threads);
  const settings: FitSettings = {
    ...modelOf(flags, given, speciesCount, training, (text) => progress.say(text)),
    weights: { energy: flags.energyWeight, forces: flags.forceWeight, stress: flags.stressWeight },
    weighting: flags.weighting,
    scaleByForce: flags.scaleByForce,
    preIterations: flags.preIterations,
    maxIterations: flags.maxIterations,
    convergenceTolerance: flags.tolerance,
    refineIterations: flags.refine,
    crew,
    onProgress: (iteration, loss, phase) => progress.iteration(iteration, loss, phase),
  };
  const parameters = parameterCount(emptyModel(settings));
  progress.say(
    `${counted(parameters, 'parameter')}, ${counted(training.length, 'configuration')} to fit to, seed ${flags.seed}`,
  );
  const run = new FitRun({
    training,
    trainingPath,
    settings,
    identity: fitIdentity(settings, flags.seed, training),
    statePath,
    progress,
  });
  try {
    const result = await interruptible(`stopped; the same command goes on from ${statePath}`, (signal) =>
      run.toTheEnd(flags.seed, signal),
    );
    progress.finish(
      (elapsed) =>
        `${counted(result.iterations, 'iteration')} and ${result.refinements} of the refinement in ${elapsed}, loss ${formatNumber(result.loss, 6)}, ` +
        (result.converged ? 'converged' : `not converged: ${flags.refine > 0 ? '--refine' : '--max-iter'} ended it`),
    );
    writeOutput(output, [writeMtp(result.potential)], flags.force === true);
    rmSync(statePath, { force: true });
    report(
      result,
      flags,
      parameters,
      fitErrors(result.potential, training),
      validation && fitErrors(result.potential, validation),
    );
  } finally {
    crew.dismiss();
    progress.finish((elapsed) => `after ${elapsed}`);
  }
}

function readUntrained(path: string): MtpPotential {
  const { potential, coefficients } = readPotentialFile(path);
  if (coefficients === 'none') return potential;
  throw new InputError('trained-mtp', 'the potential is fitted already, and a fit begins at a random start', {
    where: path,
    expected: 'an untrained potential',
    remedy: 'remove radial_coeffs, species_coeffs and moment_coeffs from a copy of the file',
  });
}

function speciesOf({ species }: FitFlags, given: MtpPotential | undefined): SpeciesOption {
  if (given === undefined) return species;
  const count = typeof species === 'object' ? species.length : species;
  if (count === undefined || count === given.speciesCount) return species ?? given.speciesCount;
  throw new InputError('bad-option', '--species contradicts the untrained potential', {
    expected: `${given.speciesCount}`,
    found: String(count),
  });
}

function modelOf(
  flags: FitFlags,
  given: MtpPotential | undefined,
  speciesCount: number,
  training: readonly LabelledConfiguration[],
  say: (text: string) => void,
): Pick<FitSettings, 'template' | 'speciesCount' | 'minDistanceA' | 'maxDistanceA' | 'radialBasisSize' | 'name'> {
  if (given === undefined && flags.level === undefined) {
    throw new InputError('bad-option', 'neither --level nor --from is given', { expected: 'one of them' });
  }
  const maxDistanceA = given?.maxDistanceA ?? flags.cutoff;
  const closestA = Math.min(
    ...training.map(({ structure }) => closestPairs(structure, maxDistanceA).closest?.distanceA ?? maxDistanceA),
  );
  const askedA = given?.minDistanceA ?? flags.minDist;
  const minDistanceA = flags.updateMindist ? 0.99 * closestA : askedA;
  if (closestA < minDistanceA) {
    say(`the closest atoms are ${formatNumber(closestA, 4)} Å apart, nearer than --min-dist ${minDistanceA}`);
  }
  const template = given?.template ?? generateTemplate(flags.level!);
  const name = given?.name ?? `level-${flags.level}`;
  const radialBasisSize = given?.radialBasisSize ?? flags.radial;
  return { template, speciesCount, minDistanceA, maxDistanceA, radialBasisSize, name };
}

function report(
  { potential: _potential, ...result }: FitResult,
  flags: FitFlags,
  parameters: number,
  training: FitErrors,
  validation: FitErrors | null,
): void {
  if (flags.json) {
    printJson({ level: flags.level ?? null, parameters, seed: flags.seed, ...result, training, validation });
    return;
  }
  const sets = validation === null ? [training] : [training, validation];
  process.stdout.write(`${renderFitErrors(sets, ['training', 'validation'].slice(0, sets.length))}\n`);
}
