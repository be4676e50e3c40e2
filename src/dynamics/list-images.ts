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
    const known = new Map<string, number>();
    // Most entries in a row have the same image.
    let [lastX, lastY, lastZ, last] = [Number.NaN, 0, 0, 0];
    let kept = 0;
    for (let entry = 0; entry < count; entry++) {
      const [x, y, z] = [shiftA[3 * entry]!, shiftA[3 * entry + 1]!, shiftA[3 * entry + 2]!];
      if (x === 0 && y === 0 && z === 0) continue;
      if (x !== lastX || y !== lastY || z !== lastZ) {
        const n = [0, 1, 2].map(
          (k) => Math.round(inverse[3 * k]! * x + inverse[3 * k + 1]! * y + inverse[3 * k + 2]! * z) + 0,
        );
        const key = n.join(' ');
        const image = known.get(key) ?? known.size;
        if (image === known.size) {
          known.set(key, image);
          images.push(...n);
        }
        [lastX, lastY, lastZ, last] = [x, y, z, image];
      }
      entries[kept] = entry;
      imageOf[kept++] = last;
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
