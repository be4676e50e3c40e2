/**
 * MaxVol: from many rows of m numbers the m whose determinant is (locally) the largest in magnitude (Goreinov et al.,
 * "How to find a good submatrix", 2010), for D-optimal sets of configurations (Podryabinkin & Shapeev 2017).
 *
 * The active m×m matrix A starts as ε·I. Candidate rows B are queued; with C = B·A⁻¹, |C_ij| is the factor by which
 * |det A| grows where row i of B takes the place of row j of A. The largest |C_ij| (the first of equals) is swapped
 * until none exceeds the threshold; the row that leaves A becomes the candidate. A⁻¹ and C follow each swap by a rank-1
 * change,
 *   C_k ← C_k − C_kj/C_ij (C_i − e_j),   C_i ← e_j − (C_i − e_j)/C_ij,   A⁻¹ likewise,
 * and are computed afresh from A and B when no swap is left or after REFRESH_SWAPS of them, since rounding adds up.
 * Nothing depends on how the candidates were divided into calls of `queue`.
 */
import { log } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { invertMatrix } from '../numerics/matrix-inverse.ts';
import { VolumeProducts } from './volume-products.ts';

/** Swaps between two fresh computations of A⁻¹ and C. */
const REFRESH_SWAPS = 4096;
/** Fresh computations at the end, each of which may show swaps that rounding had hidden. */
const MOST_FINAL_REFRESHES = 8;

/** Whom a row belongs to where it belongs to nobody: a row of the initial ε·I. */
export const NO_OWNER = -1;

/** MLIP-2's. */
export const DEFAULT_INIT_THRESHOLD = 1e-5;
export const DEFAULT_SWAP_THRESHOLD = 1.0000001;

/** Active rows to begin with instead of ε·I. */
export interface ActiveMatrix {
  /** A and A⁻¹, m×m row-major; copied. */
  readonly matrix: Float64Array;
  readonly inverse: Float64Array;
  readonly owners: Int32Array;
  readonly logDeterminant: number;
}

/** Candidates first … first + owners.length − 1. */
interface Block {
  readonly first: number;
  readonly rows: Float64Array;
  readonly owners: Int32Array;
}

export class MaxVol {
  readonly size: number;
  /** A, m×m row-major. */
  readonly matrix: Float64Array;
  /** Owner of each row of A. */
  readonly owners: Int32Array;
  logDeterminant: number;
  readonly #products: VolumeProducts;
  #blocks: Block[] = [];
  #swapsSinceRefresh = 0;

  constructor(size: number, initThreshold: number, start?: ActiveMatrix) {
    this.size = size;
    this.matrix = start?.matrix.slice() ?? diagonal(size, initThreshold);
    this.owners = start?.owners.slice() ?? new Int32Array(size).fill(NO_OWNER);
    this.logDeterminant = start?.logDeterminant ?? size * log(initThreshold);
    this.#products = new VolumeProducts(size);
    this.#products.setInverse(start?.inverse ?? diagonal(size, 1 / initThreshold));
  }

  /** A⁻¹, a copy. */
  get inverse(): Float64Array {
    return this.#products.inverse();
  }

  /**
   * Adds candidates, one owner a row. Both arrays are kept, not copied, and change. Rows must be finite.
   * @returns the largest |C| of these candidates
   * @throws InputError `too-many-rows` where memory does not suffice
   */
  queue(rows: Float64Array, owners: Int32Array): number {
    const block = { first: this.#products.count, rows, owners };
    this.#products.reserve(block.first + owners.length);
    this.#products.count += owners.length;
    this.#multiply(block);
    this.#blocks.push(block);
    let largest = 0;
    for (let row = 0; row < owners.length; row++)
      largest = Math.max(largest, this.#products.largest(block.first + row));
    return largest;
  }

  /** Forgets the candidates. */
  clearQueue(): void {
    this.#blocks = [];
    this.#products.count = 0;
  }

  /** Largest |C| of the candidates, 0 where there are none. */
  get grade(): number {
    const candidate = this.#largestCandidate();
    return candidate < 0 ? 0 : this.#products.largest(candidate);
  }

  /**
   * Swaps until no |C| exceeds the threshold, which is at least 1, or `limit` swaps are done. @returns how many were
   * @throws InputError `non-finite-result` for rows so large that products with them are no numbers
   */
  maximise(threshold: number, limit = Number.POSITIVE_INFINITY): number {
    let swaps = 0;
    for (let refreshes = 0; refreshes < MOST_FINAL_REFRESHES; refreshes++) {
      for (; swaps < limit; swaps++) {
        const candidate = this.#largestCandidate();
        if (candidate < 0 || !(this.#products.largest(candidate) > threshold)) break;
        this.#swap(candidate);
        if (this.#swapsSinceRefresh >= REFRESH_SWAPS) this.#refresh();
      }
      if (this.#swapsSinceRefresh === 0) break;
      this.#refresh();
    }
    return swaps;
  }

  /** The first candidate with the largest |C|, −1 where there is none. */
  #largestCandidate(): number {
    let best = -1;
    let value = -1;
    for (let candidate = 0; candidate < this.#products.count; candidate++) {
      const largest = this.#products.largest(candidate);
      if (!(largest > value)) continue;
      best = candidate;
      value = largest;
    }
    return best;
  }

  #swap(candidate: number): void {
    const m = this.size;
    const block = this.#blocks.findLast(({ first }) => first <= candidate)!;
    const row = candidate - block.first;
    const j = this.#products.largestAt(candidate);
    const pivot = this.#products.swap(candidate, j);
    if (!Number.isFinite(pivot)) {
      throw new InputError('non-finite-result', 'a row is beyond all numbers', { found: String(pivot) });
    }
    const leaving = this.matrix.slice(m * j, m * j + m);
    this.matrix.set(block.rows.subarray(m * row, m * row + m), m * j);
    block.rows.set(leaving, m * row);
    const owner = this.owners[j]!;
    this.owners[j] = block.owners[row]!;
    block.owners[row] = owner;
    this.logDeterminant += log(Math.abs(pivot));
    this.#swapsSinceRefresh += 1;
  }

  #refresh(): void {
    this.#products.setInverse(invertMatrix(this.matrix, this.size));
    for (const block of this.#blocks) this.#multiply(block);
    this.#swapsSinceRefresh = 0;
  }

  #multiply({ first, rows, owners }: Block): void {
    for (let row = 0; row < owners.length; row++) this.#products.multiply(first + row, rows, this.size * row);
  }
}

function diagonal(size: number, value: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let k = 0; k < size; k++) matrix[size * k + k] = value;
  return matrix;
}
