/**
 * MaxVol: from many rows of m numbers the m whose determinant is (locally) the largest in magnitude (Goreinov et al.,
 * "How to find a good submatrix", 2010), for D-optimal sets of configurations (Podryabinkin & Shapeev 2017).
 *
 * The active m×m matrix A starts as ε·I. Candidate rows B are queued; with C = B·A⁻¹, |C_ij| is the factor by which
 * |det A| grows where row i of B takes the place of row j of A. The largest |C_ij| (the first of equals) is swapped
 * until none exceeds the threshold; the row that leaves A becomes the candidate. A⁻¹ and C follow each swap by a rank-1
 * change,
 *   C_k ← C_k − C_kj/C_ij (C_i − e_j),   C_i ← e_j − (C_i − e_j)/C_ij,   A⁻¹ likewise by columns,
 * and are computed afresh from A and B when no swap is left or after REFRESH_SWAPS of them, since rounding
 * adds up. Nothing depends on how the candidates were divided into calls of `queue`.
 */
import { log } from '../numerics/elementary.ts';
import { invertMatrix } from '../numerics/matrix-inverse.ts';

/** Swaps between two fresh computations of A⁻¹ and C. */
const REFRESH_SWAPS = 4096;
/** Fresh computations at the end, each of which may show swaps that rounding had hidden. */
const MOST_FINAL_REFRESHES = 8;

/** Whom a row belongs to where it belongs to nobody: a row of the initial ε·I. */
export const NO_OWNER = -1;

/** MLIP-2's. */
export const DEFAULT_INIT_THRESHOLD = 1e-5;
export const DEFAULT_SWAP_THRESHOLD = 1.0000001;

/** Candidates: B and C = B·A⁻¹, rows × m; whom each belongs to; the largest |C| of each row and where it is. */
interface Block {
  readonly rows: Float64Array;
  readonly products: Float64Array;
  readonly owners: Int32Array;
  readonly largest: Float64Array;
  readonly largestAt: Int32Array;
}

interface Place {
  readonly block: Block;
  readonly row: number;
}

export class MaxVol {
  readonly size: number;
  /** A, m×m row-major. */
  readonly matrix: Float64Array;
  /** A⁻¹. */
  inverse: Float64Array;
  /** Owner of each row of A. */
  readonly owners: Int32Array;
  logDeterminant: number;
  readonly #blocks: Block[] = [];
  #swapsSinceRefresh = 0;

  constructor(size: number, initThreshold: number) {
    this.size = size;
    this.matrix = diagonal(size, initThreshold);
    this.inverse = diagonal(size, 1 / initThreshold);
    this.owners = new Int32Array(size).fill(NO_OWNER);
    this.logDeterminant = size * log(initThreshold);
  }

  /**
   * Adds candidates, one owner a row. Both arrays are kept, not copied, and change. Rows must be finite.
   * @returns the largest |C| of these candidates
   */
  queue(rows: Float64Array, owners: Int32Array): number {
    const count = owners.length;
    const products = new Float64Array(rows.length);
    const block = { rows, products, owners, largest: new Float64Array(count), largestAt: new Int32Array(count) };
    this.#multiply(block);
    this.#blocks.push(block);
    return block.largest.reduce((most, value) => Math.max(most, value), 0);
  }

  /** Forgets the candidates. */
  clearQueue(): void {
    this.#blocks.length = 0;
  }

  /** Largest |C| of the candidates, 0 where there are none. */
  get grade(): number {
    const place = this.#largestPlace();
    return place === null ? 0 : place.block.largest[place.row]!;
  }

  /** Swaps until no |C| exceeds the threshold, which is at least 1, or `limit` swaps are done. @returns how many were */
  maximise(threshold: number, limit = Number.POSITIVE_INFINITY): number {
    let swaps = 0;
    for (let refreshes = 0; refreshes < MOST_FINAL_REFRESHES; refreshes++) {
      for (;;) {
        const place = this.#largestPlace();
        if (swaps >= limit || place === null || !(place.block.largest[place.row]! > threshold)) break;
        this.#swap(place);
        swaps += 1;
        if (this.#swapsSinceRefresh >= REFRESH_SWAPS) this.#refresh();
      }
      if (this.#swapsSinceRefresh === 0) break;
      this.#refresh();
    }
    return swaps;
  }

  #largestPlace(): Place | null {
    let best: Place | null = null;
    let value = 0;
    for (const block of this.#blocks) {
      for (let row = 0; row < block.largest.length; row++) {
        if (best !== null && !(block.largest[row]! > value)) continue;
        value = block.largest[row]!;
        best = { block, row };
      }
    }
    return best;
  }

  #swap({ block, row }: Place): void {
    const m = this.size;
    const j = block.largestAt[row]!;
    const pivot = block.products[m * row + j]!;
    /** C_i − e_j. */
    const change = block.products.slice(m * row, m * row + m);
    change[j] = pivot - 1;
    for (const other of this.#blocks) updateProducts(other, m, change, j, pivot);
    for (let l = 0; l < m; l++) block.products[m * row + l] = -change[l]! / pivot;
    block.products[m * row + j] = 1 / pivot;
    findLargest(block, row, m);
    updateInverse(this.inverse, m, change, j, pivot);
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
    this.inverse = invertMatrix(this.matrix, this.size);
    for (const block of this.#blocks) this.#multiply(block);
    this.#swapsSinceRefresh = 0;
  }

  /** C = B·A⁻¹, each sum in the order of the parameters. */
  #multiply({ rows, products, owners, largest, largestAt }: Block): void {
    const m = this.size;
    products.fill(0);
    for (let row = 0; row < owners.length; row++) {
      multiplyRow(rows, m * row, this.inverse, m, products, m * row);
      findLargest({ products, largest, largestAt }, row, m);
    }
  }
}

/** Adds row·A⁻¹, of the m numbers at `at`, to the m numbers at `outAt`. */
export function multiplyRow(
  rows: Float64Array,
  at: number,
  inverse: Float64Array,
  m: number,
  out: Float64Array,
  outAt: number,
): void {
  for (let k = 0; k < m; k++) {
    const b = rows[at + k]!;
    if (b === 0) continue;
    const from = m * k;
    for (let l = 0; l < m; l++) out[outAt + l] = out[outAt + l]! + b * inverse[from + l]!;
  }
}

function updateProducts(block: Block, m: number, change: Float64Array, j: number, pivot: number): void {
  const { products, largest, largestAt } = block;
  for (let row = 0; row < largest.length; row++) {
    const at = m * row;
    const factor = products[at + j]! / pivot;
    if (factor === 0) continue;
    let most = -1;
    let where = 0;
    for (let l = 0; l < m; l++) {
      const value = products[at + l]! - factor * change[l]!;
      products[at + l] = value;
      const size = Math.abs(value);
      if (size > most) {
        most = size;
        where = l;
      }
    }
    largest[row] = most;
    largestAt[row] = where;
  }
}

function updateInverse(inverse: Float64Array, m: number, change: Float64Array, j: number, pivot: number): void {
  for (let k = 0; k < m; k++) {
    const factor = inverse[m * k + j]! / pivot;
    if (factor === 0) continue;
    for (let l = 0; l < m; l++) inverse[m * k + l] = inverse[m * k + l]! - factor * change[l]!;
  }
}

function findLargest(
  { products, largest, largestAt }: Pick<Block, 'products' | 'largest' | 'largestAt'>,
  row: number,
  m: number,
): void {
  let most = -1;
  let where = 0;
  for (let l = 0; l < m; l++) {
    const size = Math.abs(products[m * row + l]!);
    if (size > most) {
      most = size;
      where = l;
    }
  }
  largest[row] = most;
  largestAt[row] = where;
}

function diagonal(size: number, value: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let k = 0; k < size; k++) matrix[size * k + k] = value;
  return matrix;
}
