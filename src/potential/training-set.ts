/**
 * Labelled configurations made ready for fitting: neighbours found once, weights of the loss worked out. The loss of a
 * configuration of N atoms is
 *   w_e ΔE²/N + w_f Σ_i ω_i |ΔF_i|² + w_s ‖ΔS‖²/N        weighting `vibrations`,
 * times N for the first and last term with `molecules`, each term over N with `structures`; S is the virial, all nine
 * components; ω_i = s/(|F_i|² + s) with the labels' forces and s = scaleByForce > 0, else 1. These are MLIP-2's terms.
 */
import { InputError } from '../numerics/input-error.ts';
import { buildNeighbourList, type NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { checkAtoms, createPairs, gatherPairs, type Pairs } from './pairs.ts';

export interface LabelledConfiguration {
  readonly structure: Structure;
  readonly energyEv: number;
  /** N×3. */
  readonly forcesEvA: Float64Array;
  /** 3×3 row-major, −dE/dε, eV; null if the label has none: the loss then has no such term. */
  readonly virialEv: Float64Array | null;
}

export type Weighting = 'vibrations' | 'molecules' | 'structures';

export interface LossWeights {
  /** Of ΔE² in eV². */
  readonly energy: number;
  /** Of |ΔF|² in (eV/Å)². */
  readonly forces: number;
  /** Of ‖ΔS‖² in eV². */
  readonly stress: number;
}

/** MLIP-2's defaults. */
export const DEFAULT_WEIGHTS: LossWeights = { energy: 1, forces: 0.01, stress: 0.001 };

export interface TrainingOptions {
  readonly speciesCount: number;
  readonly maxDistanceA: number;
  readonly weights: LossWeights;
  readonly weighting: Weighting;
  /** s of the weight s/(|F|² + s), (eV/Å)²; 0 or absent: all forces count alike. */
  readonly scaleByForce?: number;
}

export interface TrainingConfiguration {
  readonly atoms: number;
  readonly species: Int32Array;
  readonly positionsA: Float64Array;
  /** Neighbours nearer than the cutoff. */
  readonly list: NeighbourList;
  /** The pairs of atom i are start[i] … start[i+1]−1. */
  readonly start: Int32Array;
  readonly pairs: Pairs;
  readonly energyEv: number;
  readonly forcesEvA: Float64Array;
  readonly virialEv: Float64Array;
  readonly energyWeight: number;
  readonly forceWeight: number;
  /** ω of each atom. */
  readonly atomWeights: Float64Array;
  readonly stressWeight: number;
}

/** @throws InputError `bad-label`, `bad-fit-options`, and those of structures that cannot be evaluated */
export function prepareTraining(
  configurations: readonly LabelledConfiguration[],
  options: TrainingOptions,
): TrainingConfiguration[] {
  const { energy, forces, stress } = options.weights;
  for (const weight of [energy, forces, stress, options.scaleByForce ?? 0]) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new InputError('bad-fit-options', 'a weight of the loss is not usable', {
        expected: 'finite numbers ≥ 0',
        found: String(weight),
      });
    }
  }
  if (configurations.length === 0) throw new InputError('empty-training-set', 'there is no configuration to fit to');
  return configurations.map((configuration, at) => {
    try {
      return prepare(configuration, options);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const where = [`configuration ${at + 1}`, error.details.where].filter((part) => part !== undefined).join(', ');
      throw new InputError(error.code, error.what, { ...error.details, where });
    }
  });
}

function prepare(configuration: LabelledConfiguration, options: TrainingOptions): TrainingConfiguration {
  const { structure, energyEv, forcesEvA, virialEv } = configuration;
  checkLabel(configuration);
  checkAtoms(structure, options.speciesCount);
  const atoms = structure.species.length;
  const list = buildNeighbourList(structure, options.maxDistanceA);
  const pairs = createPairs(list.atom.length);
  const start = new Int32Array(atoms + 1);
  for (let i = 0; i < atoms; i++) {
    start[i + 1] = gatherPairs(structure, list, options.maxDistanceA, i, pairs, start[i]!);
  }
  const { weights, weighting } = options;
  const s = options.scaleByForce ?? 0;
  const atomWeights = new Float64Array(atoms).fill(1);
  for (let i = 0; i < atoms && s > 0; i++) {
    const [fx, fy, fz] = [forcesEvA[3 * i]!, forcesEvA[3 * i + 1]!, forcesEvA[3 * i + 2]!];
    atomWeights[i] = s / (fx * fx + fy * fy + fz * fz + s);
  }
  const perEnergy = weighting === 'molecules' ? 1 : weighting === 'vibrations' ? atoms : atoms * atoms;
  return {
    atoms,
    species: structure.species,
    positionsA: structure.positionsA,
    list,
    start,
    pairs,
    energyEv,
    forcesEvA,
    virialEv: virialEv ?? new Float64Array(9),
    energyWeight: weights.energy / perEnergy,
    forceWeight: weighting === 'structures' ? weights.forces / atoms : weights.forces,
    atomWeights,
    stressWeight: virialEv === null ? 0 : weights.stress / perEnergy,
  };
}

function checkLabel({ structure, energyEv, forcesEvA, virialEv }: LabelledConfiguration): void {
  const atoms = structure.species.length;
  const fail = (what: string, expected: string, found: string): never => {
    throw new InputError('bad-label', what, { expected, found });
  };
  if (atoms === 0) fail('the configuration has no atoms', 'at least one', '0');
  if (!Number.isFinite(energyEv)) fail('the energy is not a number', 'eV', String(energyEv));
  if (forcesEvA.length !== 3 * atoms) fail('not a force for each atom', `${3 * atoms} numbers`, `${forcesEvA.length}`);
  if (virialEv !== null && virialEv.length !== 9) fail('the virial is not 3×3', '9 numbers', `${virialEv.length}`);
  const force = forcesEvA.findIndex((f) => !Number.isFinite(f));
  if (force >= 0) fail(`the force on atom ${Math.floor(force / 3) + 1} is not a number`, 'eV/Å', `${forcesEvA[force]}`);
  const stress = virialEv?.find((component) => !Number.isFinite(component));
  if (stress !== undefined) fail('the virial is not a number', 'eV', String(stress));
}
