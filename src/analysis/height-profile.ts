/**
 * Profiles along the third lattice vector, the normal of a boundary: how many atoms lie at each height, and the mean of a
 * number of theirs (an energy), over all frames (the argyrodite paper's Fig. 7).
 *
 * Kept is a histogram over FINE_BINS parts of the cell; slices, smoothing and folding are made of that. Heights are taken in
 * parts of the cell, so one whose size changes is no trouble, and are given in Å of its mean height.
 *
 * Smoothing is kernel-density estimation with a Gaussian kernel of bandwidth h and its periodic images; a mean is smoothed
 * as (Σ K v)/(Σ K), the sums running over atoms (Nadaraya 1964, Watson 1964).
 */
import { exp } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { inverseCell } from '../structure/structure.ts';

export const FINE_BINS = 2400;

export interface ProfilePoint {
  /** Middle of the slice, Å. */
  readonly heightA: number;
  /** Atoms there over those of an even distribution: 1 on average. */
  readonly concentration: number;
  /** Mean of the atoms' numbers there, in their unit; null without atoms or numbers. */
  readonly mean: number | null;
}

/** What a profile has gathered: what it takes to go on with it elsewhere, or to lay several on one another. */
export interface HeightHistogram {
  /** Atoms in each fine bin, over all frames. */
  readonly counts: Float64Array;
  /** Sum of their numbers there; null where the profile has none. */
  readonly sums: Float64Array | null;
  readonly atoms: number;
  readonly frames: number;
  /** Of the cell's heights, over the frames, Å. */
  readonly heightSumA: number;
}

export class HeightProfile {
  readonly #counts = new Float64Array(FINE_BINS);
  readonly #sums: Float64Array | null;
  #atoms = 0;
  #frames = 0;
  #heightSumA = 0;

  /** @param withValues whether a number of each atom is given too */
  constructor(withValues: boolean) {
    this.#sums = withValues ? new Float64Array(FINE_BINS) : null;
  }

  /**
   * @param positionsA N×3, Å
   * @param chosen indices of the atoms that count
   * @param values of all N atoms
   * @throws InputError `singular-cell`
   */
  add(positionsA: Float64Array, cellA: Float64Array, chosen: Int32Array, values: Float64Array | null = null): void {
    const [gx, gy, gz] = inverseCell(cellA).subarray(6, 9);
    for (const atom of chosen) {
      const s = gx * positionsA[3 * atom] + gy * positionsA[3 * atom + 1] + gz * positionsA[3 * atom + 2];
      const bin = Math.min(FINE_BINS - 1, Math.floor((s - Math.floor(s)) * FINE_BINS));
      this.#counts[bin] += 1;
      if (this.#sums !== null) this.#sums[bin] += values![atom];
    }
    this.#atoms += chosen.length;
    this.#frames += 1;
    this.#heightSumA += 1 / Math.sqrt(gx * gx + gy * gy + gz * gz);
  }

  get histogram(): HeightHistogram {
    return {
      counts: this.#counts.slice(),
      sums: this.#sums?.slice() ?? null,
      atoms: this.#atoms,
      frames: this.#frames,
      heightSumA: this.#heightSumA,
    };
  }

  /**
   * Lays what another profile gathered on this one, frame for frame.
   * @param zero taken off each number of its atoms, in their unit
   * @throws InputError `unlike-profiles` where one has numbers and the other has none, or the fine bins are not as many
   */
  lay({ counts, sums, atoms, frames, heightSumA }: HeightHistogram, zero = 0): void {
    if ((sums === null) !== (this.#sums === null) || counts.length !== FINE_BINS) {
      throw new InputError('unlike-profiles', 'the profiles are not of one kind', {
        expected: `${FINE_BINS} bins ${this.#sums === null ? 'without' : 'with'} numbers of the atoms`,
        found: `${counts.length} bins ${sums === null ? 'without' : 'with'} them`,
      });
    }
    for (let bin = 0; bin < FINE_BINS; bin++) {
      this.#counts[bin] += counts[bin];
      if (this.#sums !== null) this.#sums[bin] += sums![bin] - zero * counts[bin];
    }
    this.#atoms += atoms;
    this.#frames += frames;
    this.#heightSumA += heightSumA;
  }

  /** Mean height of the cell, Å. */
  get heightA(): number {
    return this.#heightSumA / this.#frames;
  }

  /** Mean over all atoms and frames of their number; null without numbers. */
  get mean(): number | null {
    return this.#sums === null || this.#atoms === 0
      ? null
      : this.#sums.reduce((sum, value) => sum + value, 0) / this.#atoms;
  }

  /**
   * Slices of about a width, as many as fit.
   * @param folds 2: boundaries half a cell apart are laid on one another; heights then go to heightA / 2
   * @throws InputError `bad-slice` for a width that leaves fewer than four slices or is finer than the histogram
   */
  slices(widthA: number, folds = 1): { readonly widthA: number; readonly points: ProfilePoint[] } {
    const periodA = this.#period(folds);
    const count = this.#divisor(Math.round(periodA / widthA), folds, widthA);
    const fine = FINE_BINS / folds / count;
    const counts = new Float64Array(count);
    const sums = new Float64Array(count);
    for (let bin = 0; bin < FINE_BINS; bin++) {
      const slice = Math.floor((bin % (FINE_BINS / folds)) / fine);
      counts[slice] += this.#counts[bin];
      sums[slice] += this.#sums?.[bin] ?? 0;
    }
    return { widthA: periodA / count, points: this.#points(counts, sums, periodA) };
  }

  /** Smoothed, at `count` heights. @throws InputError `bad-bandwidth`, `bad-slice` for more heights than fine bins */
  smoothed(bandwidthA: number, count = 200, folds = 1): ProfilePoint[] {
    const periodA = this.#period(folds);
    if (!(bandwidthA > 0 && Number.isFinite(bandwidthA))) {
      throw new InputError('bad-bandwidth', 'the bandwidth must be positive', { found: `${bandwidthA} Å` });
    }
    const bins = FINE_BINS / folds;
    if (!(Number.isInteger(count) && count >= 1 && count <= bins)) {
      throw new InputError('bad-slice', 'the heights are too few or too many for the cell', {
        expected: `1 to ${bins}`,
        found: String(count),
      });
    }
    const kernel = Float64Array.from({ length: bins }, (_, k) =>
      wrappedGaussian((k / bins) * periodA, bandwidthA, periodA),
    );
    const counts = new Float64Array(count);
    const sums = new Float64Array(count);
    for (let point = 0; point < count; point++) {
      const centre = Math.floor(((point + 0.5) / count) * bins);
      for (let bin = 0; bin < FINE_BINS; bin++) {
        const weight = kernel[(((bin - centre) % bins) + bins) % bins];
        counts[point] += weight * this.#counts[bin];
        sums[point] += weight * (this.#sums?.[bin] ?? 0);
      }
    }
    return this.#points(counts, sums, periodA);
  }

  #points(counts: Float64Array, sums: Float64Array, periodA: number): ProfilePoint[] {
    const even = counts.reduce((sum, value) => sum + value, 0) / counts.length;
    return Array.from(counts, (found, k) => ({
      heightA: ((k + 0.5) / counts.length) * periodA,
      concentration: found / even,
      mean: this.#sums === null || found === 0 ? null : sums[k] / found,
    }));
  }

  #period(folds: number): number {
    if (!(folds >= 1 && FINE_BINS % folds === 0)) {
      throw new InputError('bad-slice', 'the cell cannot be folded into so many parts', {
        expected: `a divisor of ${FINE_BINS}, such as 1, 2, 3 or 4`,
        found: String(folds),
      });
    }
    if (this.#atoms === 0) throw new InputError('no-atoms', 'a profile needs atoms');
    return this.heightA / folds;
  }

  /** The number of slices nearest to that asked for which divides the fine bins. */
  #divisor(asked: number, folds: number, widthA: number): number {
    const bins = FINE_BINS / folds;
    let best = 0;
    for (let count = 4; count <= bins / 2; count++) {
      if (bins % count === 0 && (best === 0 || Math.abs(count - asked) < Math.abs(best - asked))) best = count;
    }
    if (asked >= 4 && asked <= bins / 2) return best;
    throw new InputError('bad-slice', 'the slices are too wide or too fine for the cell', {
      expected: `a width between ${((2 * this.heightA) / FINE_BINS).toFixed(3)} and ${(this.heightA / folds / 4).toFixed(2)} Å`,
      found: `${widthA} Å`,
    });
  }
}

/** exp(−x²/2σ²) summed over images a period apart; not normalised. */
export function wrappedGaussian(x: number, sigma: number, period: number): number {
  const nearest = x - period * Math.round(x / period);
  const images = Math.ceil((7 * sigma) / period);
  let sum = 0;
  for (let image = -images; image <= images; image++) {
    const along = (nearest + image * period) / sigma;
    sum += exp(-0.5 * along * along);
  }
  return sum;
}
