/** The memory of MaxVol's kernel: A⁻¹, m×m, and behind it the products C = B·A⁻¹ of the candidates, row by row. */
import { InputError } from '../numerics/input-error.ts';
import { PAGE_BYTES, sharedMemory } from '../numerics/wasm-module.ts';
import { paddedLength, volumeModule } from './volume-kernel.ts';

/** Numbers that the memory of a kernel can hold. */
const MOST_NUMBERS = 4_294_967_296 / 8 - PAGE_BYTES;

/** Most candidates of m numbers each. */
export const mostCandidates = (size: number): number => Math.floor(MOST_NUMBERS / (paddedLength(size) + 2)) - size - 2;

export class VolumeProducts {
  readonly size: number;
  readonly #length: number;
  readonly #rowBytes: number;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: Record<string, (...numbers: number[]) => void>;
  #numbers: Float64Array;
  /** Of the candidates. */
  count = 0;

  constructor(size: number) {
    this.size = size;
    this.#length = paddedLength(size);
    this.#rowBytes = 8 * this.#length + 16;
    this.#memory = sharedMemory(PAGE_BYTES * this.#pages(0));
    const module = new WebAssembly.Module(volumeModule(size));
    this.#kernel = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports;
    this.#numbers = new Float64Array(this.#memory.buffer);
  }

  /** Two rows of scratch space, A⁻¹, the candidates. */
  #pages(candidates: number): number {
    return Math.ceil(((2 + this.size + candidates) * this.#rowBytes) / PAGE_BYTES);
  }

  #addressOf(candidate: number): number {
    return (2 + this.size + candidate) * this.#rowBytes;
  }

  readonly #inverseAt = (row: number): number => (2 + row) * this.#rowBytes;

  /** @throws InputError `too-many-rows` */
  reserve(candidates: number): void {
    const missing = this.#pages(candidates) - this.#memory.buffer.byteLength / PAGE_BYTES;
    if (missing <= 0) return;
    try {
      // Twice as much as is there, where there is room: growing may copy.
      const generous = Math.min(this.#memory.buffer.byteLength / PAGE_BYTES, 16384);
      this.#memory.grow(Math.max(missing, Math.min(generous, 65536 - this.#memory.buffer.byteLength / PAGE_BYTES)));
    } catch {
      throw new InputError('too-many-rows', 'there is no memory for the rows of all configurations', {
        found: `${candidates} rows of ${this.size} numbers`,
        remedy: 'give fewer configurations, or one row for each',
      });
    }
    this.#numbers = new Float64Array(this.#memory.buffer);
  }

  setInverse(inverse: Float64Array): void {
    const m = this.size;
    for (let k = 0; k < m; k++) this.#numbers.set(inverse.subarray(m * k, m * k + m), this.#inverseAt(k) / 8);
  }

  inverse(): Float64Array {
    const m = this.size;
    const inverse = new Float64Array(m * m);
    for (let k = 0; k < m; k++) {
      inverse.set(this.#numbers.subarray(this.#inverseAt(k) / 8, this.#inverseAt(k) / 8 + m), m * k);
    }
    return inverse;
  }

  /** Candidate `candidate` gets the product of the m numbers at `from` with A⁻¹. There must be room. */
  multiply(candidate: number, rows: Float64Array, from: number): void {
    const at = this.#addressOf(candidate);
    this.#numbers.fill(0, at / 8, (at + this.#rowBytes) / 8);
    this.#numbers.set(rows.subarray(from, from + this.size));
    this.#kernel.multiply!(at, 0, this.#inverseAt(0));
  }

  /** The largest |C| of a candidate. */
  largest(candidate: number): number {
    const at = this.#addressOf(candidate) / 8 + this.#length;
    return Math.max(this.#numbers[at]!, this.#numbers[at + 1]!);
  }

  /** The first place of the largest |C|. */
  largestAt(candidate: number): number {
    const at = this.#addressOf(candidate) / 8;
    const largest = this.largest(candidate);
    for (let l = 0; l < this.size; l++) if (Math.abs(this.#numbers[at + l]!) === largest) return l;
    return 0;
  }

  /** C and A⁻¹ after candidate i has taken place j of A; candidate i is now the row that left. @returns C_ij before */
  swap(i: number, j: number): number {
    const numbers = this.#numbers;
    const row = this.#addressOf(i) / 8;
    const pivot = numbers[row + j]!;
    /** C_i − e_j. */
    const change = this.#rowBytes;
    numbers.copyWithin(change / 8, row, row + this.#length);
    numbers[change / 8 + j] = pivot - 1;
    this.#kernel.update!(this.#inverseAt(0), this.#addressOf(this.count), 8 * j, pivot, change);
    let even = 0;
    let odd = 0;
    for (let l = 0; l < this.size; l++) {
      const value = l === j ? 1 / pivot : -numbers[change / 8 + l]! / pivot;
      numbers[row + l] = value;
      if ((l & 1) === 0) even = Math.max(even, Math.abs(value));
      else odd = Math.max(odd, Math.abs(value));
    }
    numbers[row + this.#length] = even;
    numbers[row + this.#length + 1] = odd;
    return pivot;
  }
}
