/**
 * Mean square displacement, MSD(t) = ⟨|r(t₀ + t) − r(t₀)|²⟩ over atoms, and over origins t₀ where asked: the first frame
 * alone (what the argyrodite paper does, its Eq. 1), or every frame (time average; 1.2 to 3 times less noise).
 *
 * It is kept by axis and by group of atoms, so that directions, and errors by leaving out groups, follow without another
 * pass. Groups are contiguous in atom order: neighbours in a structure file mostly are neighbours in space, so
 * correlated motion tends to stay within a group. Work for every frame as origin: F²/2 sweeps over the atoms.
 */
import { InputError } from '../numerics/input-error.ts';
import { AXES, type Direction } from './direction.ts';
import type { Paths } from './paths.ts';

export interface Msd {
  readonly origins: 'single' | 'multiple';
  /** Lag of each point, L of them, the first 0, fs. */
  readonly timesFs: Float64Array;
  /** Origins averaged over at each lag, L. */
  readonly originCounts: Int32Array;
  /** Atoms in each group, G. */
  readonly groupSizes: Int32Array;
  /** G×L×3: mean over the group's atoms and the origins, of the squared displacement along x, y, z, Å². */
  readonly groupMsdA2: Float64Array;
}

export const DEFAULT_GROUPS = 20;

export interface MsdOptions {
  readonly origins: 'single' | 'multiple';
  /** Time from frame to frame. */
  readonly frameIntervalFs: number;
  /** At most so many groups, and no more than there are atoms. */
  readonly groups?: number;
}

/** @throws InputError `trajectory-too-short` below two frames, `bad-frame-interval`, `bad-groups` */
export function meanSquareDisplacement(paths: Paths, options: MsdOptions): Msd {
  const parts = new MsdParts({ atoms: paths.atoms.length, frames: paths.framesA.length }, options);
  parts.add(paths);
  return parts.result();
}

/** Of a run: the atoms whose paths are analysed, and its frames. */
export interface PathShape {
  readonly atoms: number;
  readonly frames: number;
}

/** The same from the paths of some atoms at a time, as `pathBlocks` divides them, in order: bit for bit. */
export class MsdParts {
  readonly #options: MsdOptions;
  readonly #frames: number;
  /** First atom of each group, and the number of atoms at the end. */
  readonly #bounds: readonly number[];
  readonly #originCounts: Int32Array;
  readonly #groupMsdA2: Float64Array;
  #nextGroup = 0;

  constructor({ atoms, frames }: PathShape, options: MsdOptions) {
    requireOptions(frames, options);
    this.#options = options;
    this.#frames = frames;
    this.#bounds = groupBounds(atoms, options.groups);
    this.#originCounts = Int32Array.from({ length: frames }, (_, lag) =>
      options.origins === 'single' ? 1 : frames - lag,
    );
    this.#groupMsdA2 = new Float64Array((this.#bounds.length - 1) * frames * 3);
  }

  add({ atoms, framesA }: Paths): void {
    const first = this.#nextGroup;
    const next = this.#bounds.indexOf(this.#bounds[first] + atoms.length, first);
    if (next < 0 || framesA.length !== this.#frames) throw new RangeError('no whole groups of all frames');
    this.#nextGroup = next;
    const bounds = this.#bounds.slice(first, next + 1).map((bound) => bound - this.#bounds[first]);
    const frames = this.#frames;
    const sumsA2 = this.#groupMsdA2.subarray(3 * first * frames);
    for (let lag = 1; lag < frames; lag++) {
      const origins = this.#originCounts[lag];
      for (let origin = 0; origin < origins; origin++) {
        addSquares(framesA[origin], framesA[origin + lag], bounds, sumsA2, lag, frames);
      }
      for (let g = 0; g + 1 < bounds.length; g++) {
        for (let axis = 0; axis < 3; axis++) {
          sumsA2[3 * (g * frames + lag) + axis] /= (bounds[g + 1] - bounds[g]) * origins;
        }
      }
    }
  }

  result(): Msd {
    const bounds = this.#bounds;
    if (this.#nextGroup !== bounds.length - 1) throw new RangeError('the paths of some groups are missing');
    const { origins, frameIntervalFs } = this.#options;
    return {
      origins,
      timesFs: Float64Array.from({ length: this.#frames }, (_, lag) => lag * frameIntervalFs),
      originCounts: this.#originCounts,
      groupSizes: Int32Array.from({ length: bounds.length - 1 }, (_, g) => bounds[g + 1] - bounds[g]),
      groupMsdA2: this.#groupMsdA2,
    };
  }
}

/**
 * First atom of each block and the number of atoms at the end: whole groups whose paths take at most so many bytes, or one
 * group where that takes more.
 */
export function pathBlocks({ atoms, frames }: PathShape, mostBytes: number, groups?: number): number[] {
  const bounds = groupBounds(atoms, groups);
  const blocks = [0];
  for (let g = 1; g + 1 < bounds.length; g++) {
    if ((bounds[g + 1] - blocks.at(-1)!) * frames * BYTES_A_PLACE > mostBytes) blocks.push(bounds[g]);
  }
  return [...blocks, atoms];
}

const BYTES_A_PLACE = 24;

/** MSD in a direction at each lag, Å², over all groups or all but one. */
export function msdCurve(msd: Msd, direction: Direction, omittedGroup: number | null = null): Float64Array {
  const lags = msd.timesFs.length;
  const curveA2 = new Float64Array(lags);
  let atoms = 0;
  for (let g = 0; g < msd.groupSizes.length; g++) {
    if (g === omittedGroup) continue;
    atoms += msd.groupSizes[g];
    for (let lag = 0; lag < lags; lag++) {
      let squares = 0;
      for (const axis of AXES[direction]) squares += msd.groupMsdA2[3 * (g * lags + lag) + axis];
      curveA2[lag] += msd.groupSizes[g] * squares;
    }
  }
  for (let lag = 0; lag < lags; lag++) curveA2[lag] /= atoms;
  return curveA2;
}

function groupBounds(atoms: number, groups = DEFAULT_GROUPS): number[] {
  const count = Math.min(groups, atoms);
  return Array.from({ length: count + 1 }, (_, g) => Math.floor((g * atoms) / count));
}

function addSquares(
  fromA: Float64Array,
  toA: Float64Array,
  bounds: readonly number[],
  sumsA2: Float64Array,
  lag: number,
  lags: number,
): void {
  for (let g = 0; g + 1 < bounds.length; g++) {
    let xx = 0;
    let yy = 0;
    let zz = 0;
    for (let k = 3 * bounds[g]; k < 3 * bounds[g + 1]; k += 3) {
      const dx = toA[k] - fromA[k];
      const dy = toA[k + 1] - fromA[k + 1];
      const dz = toA[k + 2] - fromA[k + 2];
      xx += dx * dx;
      yy += dy * dy;
      zz += dz * dz;
    }
    const at = 3 * (g * lags + lag);
    sumsA2[at] += xx;
    sumsA2[at + 1] += yy;
    sumsA2[at + 2] += zz;
  }
}

function requireOptions(frames: number, options: MsdOptions): void {
  if (frames < 2) {
    throw new InputError('trajectory-too-short', 'a mean square displacement needs at least two frames', {
      found: String(frames),
    });
  }
  if (!(options.frameIntervalFs > 0 && Number.isFinite(options.frameIntervalFs))) {
    throw new InputError('bad-frame-interval', 'the time between frames must be positive', {
      expected: 'a number of fs above 0',
      found: String(options.frameIntervalFs),
    });
  }
  const groups = options.groups ?? DEFAULT_GROUPS;
  if (!(Number.isInteger(groups) && groups > 0)) {
    throw new InputError('bad-groups', 'the number of groups must be a positive integer', { found: String(groups) });
  }
}
