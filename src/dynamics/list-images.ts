/**
 * The lattice images behind the entries of a neighbour list, from which its translations follow in any cell: for a list
 * that is kept while the cell changes.
 */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import { inverseCell } from '../structure/structure.ts';

export class ListImages {
  readonly #list: NeighbourList;
  /** Of the lists that were made; entries without a translation stay 0. */
  readonly #shiftA: Float64Array;
  /** Entries with a translation, and which of the images each has. */
  readonly #entries: Int32Array;
  readonly #imageOf: Int32Array;
  /** n1, n2, n3 of each different image, and its translation in the cell at hand. */
  readonly #images: Float64Array;
  readonly #imageShiftA: Float64Array;

  /** @param cellA 3×3, Å, of the structure for which the list was built */
  constructor(list: NeighbourList, cellA: Float64Array) {
    this.#list = list;
    const { shiftA } = list;
    const count = shiftA.length / 3;
    const inverse = inverseCell(cellA);
    const entries = new Int32Array(count);
    const imageOf = new Int32Array(count);
    const images: number[] = [];
    const known = new Map<number | string, number>();
    let kept = 0;
    for (let entry = 0; entry < count; entry++) {
      const x = shiftA[3 * entry]!;
      const y = shiftA[3 * entry + 1]!;
      const z = shiftA[3 * entry + 2]!;
      if (x === 0 && y === 0 && z === 0) continue;
      const n0 = Math.round(inverse[0]! * x + inverse[1]! * y + inverse[2]! * z) + 0;
      const n1 = Math.round(inverse[3]! * x + inverse[4]! * y + inverse[5]! * z) + 0;
      const n2 = Math.round(inverse[6]! * x + inverse[7]! * y + inverse[8]! * z) + 0;
      const key = imageKey(n0, n1, n2);
      let image = known.get(key);
      if (image === undefined) {
        image = known.size;
        known.set(key, image);
        images.push(n0, n1, n2);
      }
      entries[kept] = entry;
      imageOf[kept++] = image;
    }
    this.#entries = entries.slice(0, kept);
    this.#imageOf = imageOf.slice(0, kept);
    this.#images = Float64Array.from(images);
    this.#imageShiftA = new Float64Array(images.length);
    this.#shiftA = new Float64Array(shiftA.length);
  }

  /** The list in another cell, in an object of its own; its translations are overwritten by the next call. */
  listIn(cellA: Float64Array): NeighbourList {
    const images = this.#images;
    const shifts = this.#imageShiftA;
    for (let k = 0; k < images.length; k += 3) {
      for (let axis = 0; axis < 3; axis++) {
        // The expression of the neighbour list itself: the same bits.
        shifts[k + axis] =
          images[k]! * cellA[axis]! + images[k + 1]! * cellA[3 + axis]! + images[k + 2]! * cellA[6 + axis]!;
      }
    }
    const shiftA = this.#shiftA;
    for (let k = 0; k < this.#entries.length; k++) {
      const entry = 3 * this.#entries[k]!;
      const image = 3 * this.#imageOf[k]!;
      shiftA[entry] = shifts[image]!;
      shiftA[entry + 1] = shifts[image + 1]!;
      shiftA[entry + 2] = shifts[image + 2]!;
    }
    return { start: this.#list.start, atom: this.#list.atom, reachA: this.#list.reachA, shiftA };
  }
}

/** Images up to so many cells away have a number of their own that a double holds. */
const NUMBERED = 65_536;

const imageKey = (n0: number, n1: number, n2: number): number | string =>
  Math.abs(n0) < NUMBERED && Math.abs(n1) < NUMBERED && Math.abs(n2) < NUMBERED
    ? (n0 * 2 * NUMBERED + n1) * 2 * NUMBERED + n2
    : `${n0} ${n1} ${n2}`;
