/**
 * D-optimal active sets of configurations (Podryabinkin & Shapeev, Comput. Mater. Sci. 140, 171 (2017); Gubaev et al.,
 * Comput. Mater. Sci. 156, 148 (2019)), as MLIP-2 builds them: the m rows A of the training set with the largest |det A|
 * that single swaps reach. The extrapolation grade of a configuration is γ = max |b·A⁻¹| over its rows b and the
 * components; γ ≤ 1: interpolation. An active set belongs to one potential: its rows are those at its parameters.
 */
import { InputError } from '../numerics/input-error.ts';
import { type NamedConfigurations, type RowKind, visitCandidates } from './candidate-rows.ts';
import { createCompiledRows } from './compiled-rows.ts';
import { DEFAULT_INIT_THRESHOLD, DEFAULT_SWAP_THRESHOLD, MaxVol, NO_OWNER } from './max-vol.ts';
import { type MtpPotential, packParameters, parameterCount, radialCount } from './potential.ts';
import { mostCandidates } from './volume-products.ts';

export interface ActiveSetOptions extends RowKind {
  /** ε of the initial A = ε·I; MLIP-2's command line has 1e-5. */
  readonly initThreshold?: number | undefined;
  /** A swap must make |det A| larger by more than this factor; MLIP-2's is 1.0000001. */
  readonly swapThreshold?: number | undefined;
}

/** Plain data; m is the number of parameters. */
export interface ActiveSet extends RowKind {
  /** Of the potential: scaling, smallest and largest distance (Å), then its m parameters. */
  readonly potentialNumbers: Float64Array;
  readonly initThreshold: number;
  /** A and A⁻¹, m×m row-major. */
  readonly matrix: Float64Array;
  readonly inverse: Float64Array;
  /** Configuration, from 0, that each row of A is from, and in neighbourhood mode the atom; −1 for a row of ε·I. */
  readonly configurations: Int32Array;
  readonly atoms: Int32Array;
  /** log |det A|. */
  readonly logDeterminant: number;
}

/** @throws InputError `bad-threshold`, `empty-training-set`, `too-many-rows`, and those of what cannot be evaluated */
export function buildActiveSet(
  potential: MtpPotential,
  training: NamedConfigurations,
  options: ActiveSetOptions,
): ActiveSet {
  const rows = new ActiveRows(potential, options);
  rows.queue(training);
  rows.maximise();
  return rows.activeSet();
}

/** An active set in the making: which configuration and atom each row in it is from. */
export class ActiveRows {
  readonly #potential: MtpPotential;
  readonly #options: RowKind & { readonly initThreshold: number; readonly swapThreshold: number };
  readonly #maxVol: MaxVol;
  readonly #source: ReturnType<typeof createCompiledRows>;
  readonly #configurationOf: number[] = [];
  readonly #atomOf: number[] = [];
  #configurations = 0;

  /**
   * @param start rows to begin with, made with the same potential; configurations that are queued count on from the last
   *   of `startConfigurations`, those that it was made from
   */
  constructor(potential: MtpPotential, options: ActiveSetOptions, start?: ActiveSet, startConfigurations = 0) {
    const { mode, weighting, initThreshold = DEFAULT_INIT_THRESHOLD, swapThreshold = DEFAULT_SWAP_THRESHOLD } = options;
    requireThreshold('the initial threshold', initThreshold, 0);
    requireThreshold('the swap threshold', swapThreshold, 1);
    this.#potential = potential;
    this.#options = { mode, weighting, initThreshold, swapThreshold };
    this.#source = createCompiledRows(potential);
    if (start === undefined) {
      this.#maxVol = new MaxVol(this.#source.length, initThreshold);
      return;
    }
    requireSamePotential(start, potential);
    const { matrix, inverse, logDeterminant, configurations, atoms } = start;
    this.#configurationOf.push(...configurations);
    this.#atomOf.push(...atoms);
    this.#configurations = startConfigurations;
    const owners = configurations.map((owner, row) => (owner === NO_OWNER ? NO_OWNER : row));
    this.#maxVol = new MaxVol(this.#source.length, initThreshold, { matrix, inverse, logDeterminant, owners });
  }

  get module(): Uint8Array<ArrayBuffer> {
    return this.#source.module;
  }

  /** Adds configurations to the candidates. @returns the grade of each at the present rows */
  queue(configurations: NamedConfigurations): number[] {
    const { name, structures } = configurations;
    if (structures.length === 0) {
      throw new InputError('empty-training-set', 'there are no configurations', {
        where: name,
        expected: 'at least one',
      });
    }
    const m = this.#source.length;
    this.#requireRoom(configurations, m);
    const grades: number[] = [];
    visitCandidates(this.#source, this.#options, configurations, this.#potential.maxDistanceA, (rows, k) => {
      const owners = new Int32Array(rows.length / m);
      for (let row = 0; row < owners.length; row++) {
        owners[row] = this.#configurationOf.length;
        this.#configurationOf.push(this.#configurations + k);
        this.#atomOf.push(this.#options.mode === 'neighbourhood' ? row : NO_OWNER);
      }
      grades.push(this.#maxVol.queue(rows, owners));
    });
    this.#configurations += structures.length;
    return grades;
  }

  /** Swaps candidates in until |det A| grows no more, then forgets those left over. @returns number of swaps */
  maximise(limit?: number): number {
    const swaps = this.#maxVol.maximise(this.#options.swapThreshold, limit);
    this.#maxVol.clearQueue();
    return swaps;
  }

  activeSet(): ActiveSet {
    const { matrix, inverse, owners, logDeterminant } = this.#maxVol;
    const { mode, weighting, initThreshold } = this.#options;
    return {
      mode,
      weighting,
      potentialNumbers: potentialNumbers(this.#potential),
      initThreshold,
      matrix: matrix.slice(),
      inverse: inverse.slice(),
      configurations: owners.map((owner) => (owner === NO_OWNER ? NO_OWNER : this.#configurationOf[owner]!)),
      atoms: owners.map((owner) => (owner === NO_OWNER ? NO_OWNER : this.#atomOf[owner]!)),
      logDeterminant,
    };
  }

  #requireRoom({ name, structures }: NamedConfigurations, m: number): void {
    const { mode } = this.#options;
    const rows = structures.reduce((sum, { species }) => sum + (mode === 'configuration' ? 1 : species.length), 0);
    if (rows <= mostCandidates(m)) return;
    throw new InputError('too-many-rows', 'there are too many rows for one active set', {
      where: name,
      expected: `at most ${mostCandidates(m)} rows of ${m} parameters`,
      found: String(rows),
      remedy: 'give fewer configurations, or one row for each (mode cfg)',
    });
  }
}

function requireThreshold(what: string, value: number, least: number): void {
  if (Number.isFinite(value) && value > 0 && value >= least) return;
  throw new InputError('bad-threshold', `${what} is not usable`, {
    expected: least > 0 ? `a number from ${least}` : 'a number above 0',
    found: String(value),
  });
}

export const potentialNumbers = (potential: MtpPotential): Float64Array =>
  Float64Array.of(potential.scaling, potential.minDistanceA, potential.maxDistanceA, ...packParameters(potential));

/** @throws InputError `other-potential` where an active set was made with other parameters */
export function requireSamePotential(set: ActiveSet, potential: MtpPotential): void {
  const own = potentialNumbers(potential);
  if (own.length === set.potentialNumbers.length && own.every((value, k) => value === set.potentialNumbers[k])) return;
  throw new InputError('other-potential', 'the active set was made with another potential', {
    expected: 'the same parameters, to the last bit',
    remedy: 'build it anew from the training set',
  });
}

/** What an active set says nothing of: grades along these directions say only that something is new. */
export interface Undetermined {
  /** Rows of A that are still those of ε·I. */
  readonly rows: number;
  /** Pairs of species, central atom first, whose radial coefficients no row of the set depends on. */
  readonly pairs: readonly (readonly [number, number])[];
}

export function undetermined(set: ActiveSet, potential: MtpPotential): Undetermined {
  const m = parameterCount(potential);
  const { speciesCount } = potential;
  const perPair = radialCount(potential) / (speciesCount * speciesCount);
  const taken = [...set.configurations.keys()].filter((row) => set.configurations[row] !== NO_OWNER);
  const pairs: [number, number][] = [];
  for (let a = 0; a < speciesCount; a++) {
    for (let b = 0; b < speciesCount; b++) {
      const from = (a * speciesCount + b) * perPair;
      const isUsed = taken.some((row) =>
        set.matrix.subarray(m * row + from, m * row + from + perPair).some((value) => value !== 0),
      );
      if (!isUsed) pairs.push([a, b]);
    }
  }
  return { rows: m - taken.length, pairs };
}
