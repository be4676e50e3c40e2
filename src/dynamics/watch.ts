/** A run's own guard: limits beyond which a trajectory means nothing, and what is said when one is exceeded. */
import { InputError } from '../numerics/input-error.ts';
import { GPA_PER_EV_A3 } from '../numerics/physical-constants.ts';
import { cellVolumeA3, type Structure } from '../structure/structure.ts';
import { temperatureK } from './kinetic-energy.ts';
import { type Pair, scanPairs } from './pair-scan.ts';
import type { NonFinite, Propagator } from './propagator.ts';

export interface Watch {
  /** S×S, smallest allowed distance by species pair, Å, symmetric; 0 for no limit. At most the cutoff. */
  readonly pairDistanceA: Float64Array;
  /** Of the momentary temperature, every step. */
  readonly maxTemperatureK: number;
  /** Of |H' − H'(start of the run)| an atom, every step, eV. */
  readonly maxConservedDriftEvAtom: number;
  /** Under a barostat: least and largest volume, Å³, every step. */
  readonly volumeA3?: readonly [number, number];
  /** Under a barostat: of the mean of the diagonal of the momentary pressure, GPa, every step. */
  readonly pressureGpa?: readonly [number, number];
  /** Distances are checked at multiples of this step. */
  readonly watchEverySteps?: number;
}

export const DEFAULT_WATCH_EVERY_STEPS = 10;

export interface StopReason {
  readonly quantity:
    | 'pair distance'
    | 'temperature'
    | 'conserved energy'
    | 'volume'
    | 'pressure'
    | 'non-finite'
    | 'extrapolation grade';
  /** null for what is not finite, as is its limit. */
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: string;
  readonly step: number;
  /**
   * Where to look: one of the pair, the atom with the most kinetic energy (temperature), with the largest force
   * (conserved energy) or grade, or with the number that is not finite; null where it belongs to no atom.
   */
  readonly atom: number | null;
  readonly otherAtom?: number;
  /** Symbols of `atom` and `otherAtom`. */
  readonly elements: readonly string[];
  /** The same in a sentence. */
  readonly message: string;
}

export type Outcome = { readonly status: 'completed' } | { readonly status: 'stopped'; readonly reason: StopReason };

export type ClosestApproach = Pair & { readonly step: number };

/** @throws InputError `bad-watch` for limits that are not positive, of the wrong shape, or beyond what the list reaches */
export function requireWatch(watch: Watch, species: number, cutoffA: number): void {
  const fail = (what: string, found: unknown): never => {
    throw new InputError('bad-watch', what, { found: String(found) });
  };
  if (!(watch.maxTemperatureK > 0)) fail('maxTemperatureK must be positive', watch.maxTemperatureK);
  if (!(watch.maxConservedDriftEvAtom > 0)) {
    fail('maxConservedDriftEvAtom must be positive', watch.maxConservedDriftEvAtom);
  }
  const every = watch.watchEverySteps ?? DEFAULT_WATCH_EVERY_STEPS;
  if (!(Number.isInteger(every) && every > 0)) fail('watchEverySteps must be a positive integer', every);
  for (const [name, bounds] of Object.entries({ volumeA3: watch.volumeA3, pressureGpa: watch.pressureGpa })) {
    if (bounds !== undefined && !(bounds[0] < bounds[1])) fail(`${name} must rise from least to largest`, bounds);
  }
  if (watch.pairDistanceA.length !== species * species) {
    fail(`pairDistanceA must hold ${species * species} numbers`, watch.pairDistanceA.length);
  }
  for (let a = 0; a < species; a++) {
    for (let b = 0; b < species; b++) {
      const limitA = watch.pairDistanceA[a * species + b];
      if (!(limitA >= 0 && limitA <= cutoffA)) fail(`pairDistanceA must lie between 0 and the cutoff`, limitA);
      if (limitA !== watch.pairDistanceA[b * species + a]) fail('pairDistanceA must be symmetric', limitA);
    }
  }
}

export class Guard {
  readonly #watch: Watch;
  readonly #massesAmu: Float64Array;
  readonly #every: number;
  closestApproach: ClosestApproach | null = null;

  constructor(watch: Watch, massesAmu: Float64Array) {
    this.#watch = watch;
    this.#massesAmu = massesAmu;
    this.#every = watch.watchEverySteps ?? DEFAULT_WATCH_EVERY_STEPS;
  }

  /** Looks at the state that the propagator has just reached. */
  check(run: Propagator): StopReason | null {
    return (
      this.#checkPairs(run) ?? this.#checkTemperature(run) ?? this.#checkConserved(run) ?? checkCell(run, this.#watch)
    );
  }

  #checkPairs(run: Propagator): StopReason | null {
    const { step } = run.state;
    if (step % this.#every !== 0) return null;
    const scan = scanPairs(run.structure, run.list.update(run.structure), this.#watch.pairDistanceA);
    const last = this.closestApproach?.distanceA ?? Number.POSITIVE_INFINITY;
    if (scan.closest !== null && scan.closest.distanceA < last) this.closestApproach = { ...scan.closest, step };
    if (scan.tooClose === null) return null;
    return tooClose(run.structure, scan.tooClose, step);
  }

  #checkTemperature(run: Propagator): StopReason | null {
    const limit = this.#watch.maxTemperatureK;
    const value = temperatureK(run.kineticEv, this.#massesAmu.length);
    if (value <= limit) return null;
    const hottest = largest(run.state.velocitiesAFs, this.#massesAmu);
    return excess(run, 'temperature', value, limit, 'K', hottest, 'the atom with the most kinetic energy');
  }

  #checkConserved(run: Propagator): StopReason | null {
    const limit = this.#watch.maxConservedDriftEvAtom;
    const value =
      Math.abs(run.conservedEv - (run.state.conservedReferenceEv ?? run.conservedEv)) / this.#massesAmu.length;
    if (value <= limit) return null;
    const pushed = largest(run.evaluation.forcesEvA, null);
    return excess(run, 'conserved energy', value, limit, 'eV/atom', pushed, 'the atom with the largest force');
  }
}

/** What is said of a pair that is nearer than it may be. */
export function tooClose(
  structure: Structure,
  { distanceA, limitA, atomI, atomJ }: Pair & { readonly limitA: number },
  step: number,
): StopReason {
  const elements = symbols(structure, atomI, atomJ);
  return {
    quantity: 'pair distance',
    value: distanceA,
    limit: limitA,
    unit: 'Å',
    step,
    atom: atomI,
    otherAtom: atomJ,
    elements,
    message:
      `at step ${step}, ${elements[0]} atom ${atomI} and ${elements[1]} atom ${atomJ} were ` +
      `${distanceA.toFixed(3)} Å apart, less than the ${limitA.toFixed(3)} Å allowed`,
  };
}

/** Volume and pressure, where there is a barostat and they have limits. */
function checkCell(run: Propagator, { volumeA3, pressureGpa }: Watch): StopReason | null {
  const pressure = run.pressureEvA3;
  if (pressure === null) return null;
  const meanGpa = (GPA_PER_EV_A3 * (pressure[0] + pressure[4] + pressure[8])) / 3;
  return (
    outside(run, 'volume', cellVolumeA3(run.state.cellA), volumeA3, 'Å³') ??
    outside(run, 'pressure', meanGpa, pressureGpa, 'GPa')
  );
}

function outside(
  run: Propagator,
  quantity: 'volume' | 'pressure',
  value: number,
  bounds: readonly [number, number] | undefined,
  unit: string,
): StopReason | null {
  if (bounds === undefined || (value >= bounds[0] && value <= bounds[1])) return null;
  const { step } = run.state;
  const limit = value < bounds[0] ? bounds[0] : bounds[1];
  return {
    quantity,
    value,
    limit,
    unit,
    step,
    atom: null,
    elements: [],
    message:
      `at step ${step}, the ${quantity} was ${Number(value.toPrecision(6))} ${unit}, ` +
      `${value < bounds[0] ? 'below' : 'above'} the ${Number(limit.toPrecision(6))} ${unit} allowed`,
  };
}

/** @param step that could not be completed */
export function nonFiniteReason(structure: Structure, fault: NonFinite, step: number): StopReason {
  const elements = fault.atom === null ? [] : symbols(structure, fault.atom);
  const whose = fault.atom === null ? '' : ` of ${elements[0]} atom ${fault.atom}`;
  return {
    quantity: 'non-finite',
    value: null,
    limit: null,
    unit: '',
    step,
    atom: fault.atom,
    elements,
    message:
      fault.of === 'cell'
        ? `at step ${step}, the cell changed by more than a third, or was not finite`
        : `at step ${step}, the ${fault.of}${whose} was not a finite number`,
  };
}

function excess(
  run: Propagator,
  quantity: 'temperature' | 'conserved energy',
  value: number,
  limit: number,
  unit: string,
  atom: number,
  role: string,
): StopReason {
  const { step } = run.state;
  const elements = symbols(run.structure, atom);
  const what = quantity === 'temperature' ? 'temperature' : 'drift of the conserved energy';
  return {
    quantity,
    value,
    limit,
    unit,
    step,
    atom,
    elements,
    message:
      `at step ${step}, the ${what} was ${Number(value.toPrecision(4))} ${unit}, above the ${limit} ${unit} allowed; ` +
      `${role} is ${elements[0]} atom ${atom}`,
  };
}

const symbols = (structure: Structure, ...atoms: number[]): string[] =>
  atoms.map((atom) => structure.elements[structure.species[atom]]);

/** Index of the vector with the largest square, times the weight where there is one; the lowest index of equals. */
function largest(vectors: Float64Array, weights: Float64Array | null): number {
  let best = 0;
  let bestSize = -1;
  for (let i = 0; 3 * i < vectors.length; i++) {
    const [x, y, z] = [vectors[3 * i], vectors[3 * i + 1], vectors[3 * i + 2]];
    const size = (x * x + y * y + z * z) * (weights === null ? 1 : weights[i]);
    if (size > bestSize) {
      best = i;
      bestSize = size;
    }
  }
  return best;
}
