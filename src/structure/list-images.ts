/** The lattice images behind the entries of a neighbour list, each numbered once, however far the atoms have wandered. */

/** Images within so many places have a number that is looked up in a table; beyond, in a map. */
const MOST_PLACES = 1 << 17;
/** Images up to so many cells away have a key of their own that a double holds. */
const KEYED = 65_536;

export class ListImages {
  /** Lattice vectors to go, n1, n2, n3 of each image. */
  readonly cells: number[] = [];
  readonly #wrap: Float64Array;
  readonly #crossings: Float64Array;
  /** Place of an image in the table: what the two atoms and the crossing add to it. */
  readonly #ofAtom: Int32Array;
  readonly #ofCrossing: Int32Array;
  readonly #table: Int32Array | null;
  readonly #known = new Map<number | string, number>();

  /**
   * @param wrap N×3, cells by which each atom was moved into the first
   * @param crossings cells that may be crossed from one atom, in the first cell, to another: 3 each
   */
  constructor(wrap: Float64Array, crossings: Float64Array) {
    this.#wrap = wrap;
    this.#crossings = crossings;
    const extent = [0, 1, 2].map((k) => 2 * (spread(wrap, k) + spread(crossings, k)) + 1);
    const places = extent[0] * extent[1] * extent[2];
    const place = (of: Float64Array): Int32Array =>
      Int32Array.from({ length: of.length / 3 }, (_, at) => {
        return (of[3 * at] * extent[1] + of[3 * at + 1]) * extent[2] + of[3 * at + 2];
      });
    // Not so where an atom is nowhere, either.
    const isNear = places <= MOST_PLACES;
    this.#table = isNear ? new Int32Array(places).fill(-1) : null;
    this.#ofAtom = isNear ? place(wrap) : new Int32Array(0);
    const middle = (places - 1) / 2;
    this.#ofCrossing = isNear ? place(crossings).map((at) => at + middle) : new Int32Array(0);
  }

  /** Number of the image of `neighbour` that is reached from `atom` over a crossing. */
  number(atom: number, neighbour: number, crossing: number): number {
    const table = this.#table;
    if (table === null) return this.#look(atom, neighbour, crossing);
    const place = this.#ofAtom[atom] - this.#ofAtom[neighbour] + this.#ofCrossing[crossing];
    const known = table[place];
    if (known >= 0) return known;
    const added = this.#look(atom, neighbour, crossing);
    table[place] = added;
    return added;
  }

  /** Whether one image comes before another: by n1, then n2, then n3. */
  precedes(one: number, other: number): boolean {
    for (let k = 0; k < 3; k++) {
      const difference = this.cells[3 * one + k] - this.cells[3 * other + k];
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #look(atom: number, neighbour: number, crossing: number): number {
    const n = [0, 1, 2].map(
      (k) => this.#wrap[3 * atom + k] - this.#wrap[3 * neighbour + k] + this.#crossings[3 * crossing + k] + 0,
    );
    const key = n.every((cells) => Math.abs(cells) < KEYED)
      ? (n[0] * 2 * KEYED + n[1]) * 2 * KEYED + n[2]
      : n.join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const added = this.#known.size;
    this.#known.set(key, added);
    this.cells.push(...n);
    return added;
  }
}

/** Translations of images in a cell, Å, 3 each. */
export function imageShifts(imageCells: Float64Array, cellA: Float64Array): Float64Array {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = cellA;
  const shiftA = new Float64Array(imageCells.length);
  for (let k = 0; k < imageCells.length; k += 3) {
    const n0 = imageCells[k];
    const n1 = imageCells[k + 1];
    const n2 = imageCells[k + 2];
    shiftA[k] = n0 * ax + n1 * bx + n2 * cx;
    shiftA[k + 1] = n0 * ay + n1 * by + n2 * cy;
    shiftA[k + 2] = n0 * az + n1 * bz + n2 * cz;
  }
  return shiftA;
}

/** Largest difference of component k between any two; not a number where one is none. */
function spread(of: Float64Array, k: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let zero = 0;
  for (let at = k; at < of.length; at += 3) {
    const value = of[at];
    zero += 0 * value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high < low ? 0 : high - low + zero;
}
