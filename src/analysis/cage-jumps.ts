/**
 * Jumps of mobile atoms between cages, and how many atoms each cage holds (the argyrodite paper's Fig. 8 e, f).
 *
 * An atom belongs to the cage that it is nearest to, with hysteresis: it changes only when it is nearer to another centre by
 * `marginA`, so that one that rattles about the border does not jump. Centres are atoms and move along. A jump that takes
 * back the atom's last one within `backWithinFs` is a back-jump: both are no net motion. So
 *
 *   net jumps = jumps − 2 back-jumps.
 *
 * Frames must be close enough to see each jump: an atom that crosses a whole cage from one frame to the next counts once.
 * Distances are to the nearest image, which supposes a cell of at least twice the distance between neighbouring cages, or
 * all but. Near a boundary, where cages are broken, a nearest centre says little: leave those out (`counted`).
 */
import { InputError } from '../numerics/input-error.ts';
import { standardDeviation } from '../numerics/statistics.ts';
import { inverseCell } from '../structure/structure.ts';

export interface CageOptions {
  /** Atoms at the centres of the cages. */
  readonly centres: Int32Array;
  /** Atoms that jump. */
  readonly mobile: Int32Array;
  /** Å. */
  readonly marginA?: number;
  readonly backWithinFs?: number;
  /** Whether a cage counts, by its place in `centres`: jumps from and to others are left out. All do by default. */
  readonly counted?: Uint8Array;
}

export const DEFAULT_MARGIN_A = 1;
export const DEFAULT_BACK_WITHIN_FS = 1000;

export interface CageJumps {
  readonly atoms: number;
  readonly cages: number;
  readonly frames: number;
  readonly timeFs: number;
  readonly jumps: number;
  readonly backJumps: number;
  readonly netJumps: number;
  /** Of each mobile atom, back-jumps among them. */
  readonly jumpsOfAtom: Int32Array;
  readonly backJumpsOfAtom: Int32Array;
  /** Part of the cages, over all frames, that hold n atoms, for n = 0 … the most seen. */
  readonly occupancy: Float64Array;
}

/** Farther than this many distances between neighbouring cages from its own, an atom is looked for among all. */
const NEIGHBOURHOOD = 1.6;

export class CageTracker {
  readonly #options: CageOptions;
  readonly #marginA: number;
  readonly #backWithinFs: number;
  readonly #cageOf: Int32Array;
  readonly #jumpsOfAtom: Int32Array;
  readonly #backJumpsOfAtom: Int32Array;
  readonly #histogram: number[] = [];
  /** Of each atom, the jumps not taken back yet: from which cage, when. */
  readonly #open: { from: number; timeFs: number }[][];
  #near: Int32Array[] = [];
  #safeA = 0;
  #nearestA = 0;
  #frames = 0;
  #firstFs = 0;
  #lastFs = 0;

  constructor(options: CageOptions) {
    this.#options = options;
    this.#marginA = options.marginA ?? DEFAULT_MARGIN_A;
    this.#backWithinFs = options.backWithinFs ?? DEFAULT_BACK_WITHIN_FS;
    if (!(this.#marginA >= 0 && this.#backWithinFs >= 0)) {
      throw new InputError('bad-cages', 'margin and time of a back-jump must not be negative', {
        found: `${this.#marginA} Å, ${this.#backWithinFs} fs`,
      });
    }
    this.#cageOf = new Int32Array(options.mobile.length).fill(-1);
    this.#jumpsOfAtom = new Int32Array(options.mobile.length);
    this.#backJumpsOfAtom = new Int32Array(options.mobile.length);
    this.#open = Array.from(options.mobile, () => []);
  }

  /** @param positionsA N×3, Å, folded or not @throws InputError `singular-cell` */
  add(positionsA: Float64Array, cellA: Float64Array, timeFs: number): void {
    const distance = nearestImage(positionsA, cellA);
    if (this.#frames === 0) {
      this.#arrange(distance);
      this.#firstFs = timeFs;
    }
    this.#lastFs = timeFs;
    this.#frames += 1;
    for (let k = 0; k < this.#cageOf.length; k++) this.#follow(k, distance, timeFs);
    this.#countOccupancy();
  }

  result(): CageJumps {
    const { centres, mobile, counted } = this.#options;
    const jumps = sumOf(this.#jumpsOfAtom);
    const backJumps = sumOf(this.#backJumpsOfAtom);
    const cages = counted === undefined ? centres.length : counted.reduce((sum, on) => sum + (on ? 1 : 0), 0);
    const total = cages * this.#frames;
    return {
      atoms: mobile.length,
      cages,
      frames: this.#frames,
      timeFs: this.#lastFs - this.#firstFs,
      jumps,
      backJumps,
      netJumps: jumps - 2 * backJumps,
      jumpsOfAtom: this.#jumpsOfAtom.slice(),
      backJumpsOfAtom: this.#backJumpsOfAtom.slice(),
      occupancy: Float64Array.from(this.#histogram, (count) => (count ?? 0) / total),
    };
  }

  #follow(k: number, distance: DistanceA, timeFs: number): void {
    const { centres, mobile } = this.#options;
    const atom = mobile[k];
    const cage = this.#cageOf[k];
    if (cage < 0) {
      this.#cageOf[k] = nearestOf(centres.keys(), (c) => distance(atom, centres[c]));
      return;
    }
    const ownA = distance(atom, centres[cage]);
    if (ownA < this.#safeA) return;
    const among = ownA > NEIGHBOURHOOD * this.#nearestA ? centres.keys() : this.#near[cage];
    const next = nearestOf(among, (c) => distance(atom, centres[c]));
    if (next === cage || distance(atom, centres[next]) + this.#marginA >= ownA) return;
    this.#cageOf[k] = next;
    if (this.#counts(cage) && this.#counts(next)) this.#record(k, cage, next, timeFs);
  }

  #record(k: number, from: number, to: number, timeFs: number): void {
    this.#jumpsOfAtom[k] += 1;
    const open = this.#open[k];
    const last = open.at(-1);
    if (last !== undefined && last.from === to && timeFs - last.timeFs <= this.#backWithinFs) {
      open.pop();
      this.#backJumpsOfAtom[k] += 1;
      return;
    }
    open.push({ from, timeFs });
    // Only the jumps of the last while can be taken back.
    while (open.length > 0 && timeFs - open[0].timeFs > this.#backWithinFs) open.shift();
  }

  #counts(cage: number): boolean {
    return this.#options.counted === undefined || this.#options.counted[cage] !== 0;
  }

  #countOccupancy(): void {
    const held = new Int32Array(this.#options.centres.length);
    for (const cage of this.#cageOf) held[cage] += 1;
    held.forEach((count, cage) => {
      if (!this.#counts(cage)) return;
      for (let n = this.#histogram.length; n <= count; n++) this.#histogram.push(0);
      this.#histogram[count] += 1;
    });
  }

  /** Which cages are near which, from the first frame. */
  #arrange(distance: DistanceA): void {
    const { centres } = this.#options;
    let nearestA = Number.POSITIVE_INFINITY;
    for (let c = 0; c < centres.length; c++) {
      for (let d = c + 1; d < centres.length; d++) nearestA = Math.min(nearestA, distance(centres[c], centres[d]));
    }
    if (!(nearestA > 0 && Number.isFinite(nearestA))) {
      throw new InputError('no-cages', 'jumps between cages need at least two of them, apart', {
        found: String(centres.length),
      });
    }
    this.#nearestA = nearestA;
    // Nearer to its own centre than this, an atom is nearer to no other, though centres may have moved by a tenth.
    this.#safeA = 0.4 * nearestA;
    this.#near = Array.from(centres, (centre) =>
      Int32Array.from(centres.keys()).filter((d) => distance(centre, centres[d]) < (NEIGHBOURHOOD + 1) * nearestA),
    );
  }
}

type DistanceA = (atom: number, other: number) => number;

function nearestOf(candidates: Iterable<number>, distanceA: (candidate: number) => number): number {
  let best = -1;
  let bestA = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const foundA = distanceA(candidate);
    if (foundA < bestA) [best, bestA] = [candidate, foundA];
  }
  return best;
}

function nearestImage(positionsA: Float64Array, cellA: Float64Array): DistanceA {
  const inverse = inverseCell(cellA);
  return (atom, other) => {
    let dx = positionsA[3 * other] - positionsA[3 * atom];
    let dy = positionsA[3 * other + 1] - positionsA[3 * atom + 1];
    let dz = positionsA[3 * other + 2] - positionsA[3 * atom + 2];
    for (let d = 2; d >= 0; d--) {
      const cells = Math.round(inverse[3 * d] * dx + inverse[3 * d + 1] * dy + inverse[3 * d + 2] * dz);
      dx -= cells * cellA[3 * d];
      dy -= cells * cellA[3 * d + 1];
      dz -= cells * cellA[3 * d + 2];
    }
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  };
}

/** Jumps per atom and nanosecond. @throws InputError `trajectory-too-short` for a single frame */
export function ratePerAtomNs(jumps: number, { atoms, timeFs }: CageJumps): number {
  if (timeFs > 0) return jumps / (atoms * timeFs * 1e-6);
  throw new InputError('trajectory-too-short', 'a rate needs at least two frames', { found: `a time of ${timeFs} fs` });
}

/**
 * Standard error of a rate from the scatter between atoms, per atom and ns; null for a single atom.
 * @param countsOfAtom of the events that the rate counts: jumps, back-jumps, or jumps less twice the back-jumps
 */
export function rateStandardError(
  result: CageJumps,
  countsOfAtom: ArrayLike<number> = result.jumpsOfAtom,
): number | null {
  const { atoms } = result;
  return atoms < 2 ? null : ratePerAtomNs(atoms * (standardDeviation(countsOfAtom) / Math.sqrt(atoms)), result);
}

/** Jumps less twice the back-jumps, by atom. */
export const netJumpsOfAtom = ({ jumpsOfAtom, backJumpsOfAtom }: CageJumps): Int32Array =>
  jumpsOfAtom.map((jumps, k) => jumps - 2 * backJumpsOfAtom[k]!);

const sumOf = (counts: Int32Array): number => counts.reduce((sum, count) => sum + count, 0);
