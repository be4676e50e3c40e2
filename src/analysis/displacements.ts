/**
 * How far atoms have come after a time (the argyrodite paper's Fig. 9 d): the distribution of |Δr|, from one origin or all.
 * Frames are taken in one by one: of one origin only the first is kept, of all origins those of the last lag.
 */
import { InputError } from '../numerics/input-error.ts';
import { AXES, type Direction } from './direction.ts';

export interface DisplacementDistribution {
  /** Middle of each bin, Å. */
  readonly distancesA: Float64Array;
  /** Part of the atoms per Å: sums to 1 times 1/binA. */
  readonly densityPerA: Float64Array;
  readonly meanA: number;
  /** Displacements counted: atoms times origins. */
  readonly samples: number;
}

/** Of all origins the frames of one lag are kept: so much of them at most. */
const MOST_KEPT_BYTES = 512 * 1024 * 1024;

export class DisplacementSum {
  readonly #lag: number;
  readonly #binA: number;
  readonly #single: boolean;
  readonly #axes: readonly number[];
  /** Frames that are origins of what comes, the earliest first. */
  readonly #kept: Float64Array[] = [];
  readonly #counts: number[] = [];
  #frames = 0;
  #sumA = 0;
  #samples = 0;

  /** @param lag frames between the ends @throws InputError `bad-bin`, `bad-lag` */
  constructor(
    lag: number,
    {
      binA,
      origins,
      direction = 'all',
    }: { readonly binA: number; readonly origins: 'single' | 'multiple'; readonly direction?: Direction },
  ) {
    if (!(binA > 0 && Number.isFinite(binA))) {
      throw new InputError('bad-bin', 'a bin must be above 0', { found: `${binA} Å` });
    }
    if (!(Number.isInteger(lag) && lag >= 1)) {
      throw new InputError('bad-lag', 'the time must be a whole number of frames from 1', { found: String(lag) });
    }
    this.#lag = lag;
    this.#binA = binA;
    this.#single = origins === 'single';
    this.#axes = AXES[direction];
  }

  /**
   * @param positionsA n×3, Å, unwrapped, without drift, the same atoms every time
   * @throws InputError `too-many-frames` where those of one lag do not fit into the memory set aside for them
   */
  add(positionsA: Float64Array): void {
    if (!this.#single && this.#lag * positionsA.byteLength > MOST_KEPT_BYTES) throw tooMany(this.#lag, positionsA);
    const age = this.#frames;
    this.#frames += 1;
    if (this.#single) {
      if (age === 0) this.#kept.push(positionsA.slice());
      else if (age === this.#lag) this.#count(this.#kept[0]!, positionsA);
      return;
    }
    if (age >= this.#lag) this.#count(this.#kept[age % this.#lag]!, positionsA);
    this.#kept[age % this.#lag] = positionsA.slice();
  }

  /** @throws InputError `trajectory-too-short` for a lag that is not within the frames */
  result(): DisplacementDistribution {
    if (this.#samples === 0) {
      throw new InputError('trajectory-too-short', 'the time is not within the trajectory', {
        expected: `1 to ${this.#frames - 1} frames`,
        found: String(this.#lag),
      });
    }
    return {
      distancesA: Float64Array.from(this.#counts, (_, bin) => (bin + 0.5) * this.#binA),
      densityPerA: Float64Array.from(this.#counts, (count) => count / this.#samples / this.#binA),
      meanA: this.#sumA / this.#samples,
      samples: this.#samples,
    };
  }

  #count(fromA: Float64Array, toA: Float64Array): void {
    for (let k = 0; k < fromA.length; k += 3) {
      let square = 0;
      for (const axis of this.#axes) {
        const movedA = toA[k + axis]! - fromA[k + axis]!;
        square += movedA * movedA;
      }
      const distanceA = Math.sqrt(square);
      const bin = Math.floor(distanceA / this.#binA);
      for (let n = this.#counts.length; n <= bin; n++) this.#counts.push(0);
      this.#counts[bin]! += 1;
      this.#sumA += distanceA;
      this.#samples += 1;
    }
  }
}

const tooMany = (lag: number, { byteLength, length }: Float64Array): InputError =>
  new InputError('too-many-frames', 'the frames of this time do not fit into the memory set aside for them', {
    expected: `at most ${Math.floor(MOST_KEPT_BYTES / byteLength)} frames of ${length / 3} atoms`,
    found: `${lag} frames`,
    remedy: 'take one origin, or a shorter time',
  });
