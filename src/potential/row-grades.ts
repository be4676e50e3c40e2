/**
 * Grades of rows: max_l |(b·A⁻¹)_l|, by the kernel of grade-kernel.ts. Bits depend on the row and A⁻¹ alone. Keeps A⁻¹ in its own memory.
 */
import { sharedMemory } from '../numerics/wasm-module.ts';
import { type GradeShape, gradeModule, panelRowBytes, TILE_BYTES } from './grade-kernel.ts';

/** Tiles that meet a panel while it is in the nearest cache. */
const TILES = 32;

/** What a row of this kind has besides zeros: `head` numbers from some place on, and all from `tailFrom` on. */
export interface RowShape {
  readonly size: number;
  readonly head: number;
  readonly tailFrom: number;
}

/** A dense row at a time, or tiles of rows with zeros. */
const REGISTERS = { dense: { tileRows: 1, panelPairs: 12 }, sparse: { tileRows: 4, panelPairs: 3 } } as const;

export class RowGrades {
  readonly module: Uint8Array<ArrayBuffer>;
  readonly #size: number;
  readonly #shape: GradeShape;
  readonly #run: (...numbers: number[]) => void;
  readonly #buffer: SharedArrayBuffer;
  readonly #panelsAt = 0;
  readonly #panelBytes: number;
  readonly #panelsEnd: number;
  readonly #tableAt: number;
  readonly #tiles: readonly Tile[];
  #free: Tile[];
  readonly #filling = new Map<number, Tile>();
  #full: Tile[] = [];

  /** @param inverse A⁻¹, size × size row-major */
  constructor(inverse: Float64Array, { size, head, tailFrom }: RowShape) {
    const tail = Math.ceil((size - tailFrom) / 4) * 4;
    const shape = { head, tail, tailFrom, ...(head === 0 ? REGISTERS.dense : REGISTERS.sparse) };
    const { tileRows, panelPairs } = shape;
    this.#size = size;
    this.#shape = shape;
    const panelRows = tailFrom + tail;
    const panels = Math.ceil(size / (2 * panelPairs));
    this.#panelBytes = panelRows * panelRowBytes(shape);
    this.#panelsEnd = this.#panelsAt + panels * this.#panelBytes;
    const tileBytes = tileRows * 8 * (head + tail);
    const tileCount = head === 0 ? 1 : Math.max(TILES, Math.ceil(tailFrom / head) + 1);
    this.#tableAt = this.#panelsEnd + tileCount * (tileBytes + 16 * tileRows);
    const end = this.#tableAt + TILE_BYTES * tileCount;
    const memory = sharedMemory(end);
    this.#buffer = memory.buffer;
    this.module = gradeModule(shape);
    this.#run = new WebAssembly.Instance(new WebAssembly.Module(this.module), { env: { memory } }).exports.run!;
    for (let panel = 0; panel < panels; panel++) {
      const numbers = new Float64Array(this.#buffer, this.#panelsAt + panel * this.#panelBytes, this.#panelBytes / 8);
      const first = 2 * panelPairs * panel;
      const columns = Math.min(2 * panelPairs, size - first);
      for (let k = 0; k < size; k++) {
        numbers.set(inverse.subarray(size * k + first, size * k + first + columns), 2 * panelPairs * k);
      }
    }
    this.#tiles = Array.from({ length: tileCount }, (_, t) => {
      const rowsAt = this.#panelsEnd + t * tileBytes;
      const maximaAt = this.#panelsEnd + tileCount * tileBytes + 16 * tileRows * t;
      return {
        rowsAt,
        maximaAt,
        rows: new Float64Array(this.#buffer, rowsAt, tileBytes / 8),
        maxima: new Float64Array(this.#buffer, maximaAt, 2 * tileRows),
        headFrom: 0,
        count: 0,
        labels: new Int32Array(tileRows),
      };
    });
    this.#free = [...this.#tiles];
  }

  /**
   * Takes the row at `at` of `rows` for grading; its head is at `headFrom` within it. `found` is called with the row's
   * label and grade, now or at a later call, `finish` at the latest.
   */
  add(
    rows: Float64Array,
    at: number,
    headFrom: number,
    label: number,
    found: (label: number, grade: number) => void,
  ): void {
    const { head, tail, tailFrom, tileRows } = this.#shape;
    const tile = this.#filling.get(headFrom) ?? this.#open(headFrom, found);
    const to = tile.count * (head + tail);
    // Rows are short: a loop is quicker than a view for each.
    for (let k = 0; k < head; k++) tile.rows[to + k] = rows[at + headFrom + k]!;
    for (let k = tailFrom; k < this.#size; k++) tile.rows[to + head + k - tailFrom] = rows[at + k]!;
    tile.labels[tile.count++] = label;
    if (tile.count < tileRows) return;
    this.#filling.delete(headFrom);
    this.#full.push(tile);
  }

  /** Grades what is left. */
  finish(found: (label: number, grade: number) => void): void {
    this.#full.push(...this.#filling.values());
    this.#filling.clear();
    this.#grade(found);
  }

  /** Forgets rows that were added and not graded. */
  clear(): void {
    this.#filling.clear();
    this.#full = [];
    this.#free = [...this.#tiles];
  }

  #open(headFrom: number, found: (label: number, grade: number) => void): Tile {
    if (this.#free.length === 0) this.#grade(found);
    const tile = this.#free.pop()!;
    tile.headFrom = headFrom;
    tile.count = 0;
    this.#filling.set(headFrom, tile);
    return tile;
  }

  #grade(found: (label: number, grade: number) => void): void {
    if (this.#full.length === 0) return;
    const table = new Int32Array(this.#buffer, this.#tableAt, (TILE_BYTES / 4) * this.#full.length);
    this.#full.forEach(({ rowsAt, headFrom, maximaAt, maxima }, t) => {
      table.set([rowsAt, headFrom * panelRowBytes(this.#shape), maximaAt], (TILE_BYTES / 4) * t);
      maxima.fill(0);
    });
    this.#run(this.#panelsAt, this.#panelsEnd, this.#panelBytes, this.#tableAt, this.#full.length);
    for (const { count, labels, maxima } of this.#full) {
      for (let row = 0; row < count; row++) found(labels[row]!, Math.max(maxima[2 * row]!, maxima[2 * row + 1]!));
    }
    this.#free.push(...this.#full);
    this.#full = [];
  }
}

interface Tile {
  readonly rowsAt: number;
  readonly maximaAt: number;
  readonly rows: Float64Array;
  readonly maxima: Float64Array;
  readonly labels: Int32Array;
  headFrom: number;
  count: number;
}
