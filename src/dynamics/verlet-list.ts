/**
 * A neighbour list that is kept over several steps (Verlet, Phys. Rev. 159, 98 (1967)): it reaches a skin further than
 * the cutoff and is rebuilt once atoms and cell have moved so far that a pair could have come within the cutoff unlisted.
 * What a force field sums does not depend on the skin, since the entries' order does not and those beyond the cutoff are
 * skipped; and under a cell that changes, the translations of the entries are those that a fresh list would have.
 *
 * Let F be the deformation of the cell since the build, and d_i how far atom i is from where F alone would have taken it.
 * A pair not listed was at least cutoff + skin apart, and is now at least (1 − ‖F − 1‖)(cutoff + skin) − 2 max |d_i|, with
 * the Frobenius norm as a bound on how much F shortens anything.
 */
import { buildNeighbourList, type NeighbourList } from '../structure/neighbour-list.ts';
import { inverseCell, type Structure } from '../structure/structure.ts';
import { ListImages } from './list-images.ts';

/** Å. Costs a few times more entries than needed near a 5 Å cutoff, and saves a rebuild for some tens of steps. */
export const DEFAULT_SKIN_A = 1;

/** Rebuild a hair before half the skin, so that rounding never lets a pair slip in unlisted. */
const MARGIN = 1 - 1e-9;

export class VerletList {
  readonly #cutoffA: number;
  readonly #skinA: number;
  /** Fits the cell that the structure had when it was last asked for. */
  #list: NeighbourList | null = null;
  #listCellA = new Float64Array(0);
  #builtPositionsA = new Float64Array(0);
  #builtCellA = new Float64Array(0);
  /** Made when the cell first changes. */
  #images: ListImages | null = null;
  /** How often the list was built so far. */
  builds = 0;

  constructor(cutoffA: number, skinA: number) {
    this.#cutoffA = cutoffA;
    this.#skinA = skinA;
  }

  /**
   * A list that holds every pair nearer than the cutoff at the structure's positions. What was returned before must not
   * be used any more once another list is: they may share arrays.
   */
  update(structure: Structure): NeighbourList {
    const kept = this.#keep(structure);
    if (kept !== null) return kept;
    this.#list = buildNeighbourList(structure, this.#cutoffA + this.#skinA);
    this.#builtPositionsA = structure.positionsA.slice();
    this.#builtCellA = structure.cellA.slice();
    this.#listCellA = this.#builtCellA.slice();
    this.#images = null;
    this.builds += 1;
    return this.#list;
  }

  /** The list made to fit the structure; null where it may lack a pair. */
  #keep(structure: Structure): NeighbourList | null {
    if (this.#list === null || this.#builtPositionsA.length !== structure.positionsA.length) return null;
    if (isSame(structure.cellA, this.#builtCellA)) {
      const allowed2 = 0.25 * this.#skinA * this.#skinA * MARGIN;
      if (!this.#wandered(structure.positionsA, allowed2)) return null;
    } else if (!this.#strainedWithin(structure)) {
      return null;
    }
    if (!isSame(structure.cellA, this.#listCellA)) {
      this.#images ??= new ListImages(this.#list, this.#builtCellA);
      this.#list = this.#images.listIn(structure.cellA);
      this.#listCellA.set(structure.cellA);
    }
    return this.#list;
  }

  /** Whether every atom is within that distance, squared, of where it was. */
  #wandered(now: Float64Array, allowed2: number): boolean {
    const then = this.#builtPositionsA;
    for (let k = 0; k < now.length; k += 3) {
      const dx = now[k] - then[k];
      const dy = now[k + 1] - then[k + 1];
      const dz = now[k + 2] - then[k + 2];
      if (!(dx * dx + dy * dy + dz * dz <= allowed2)) return false;
    }
    return true;
  }

  #strainedWithin({ positionsA: now, cellA, periodic }: Structure): boolean {
    if (!periodic.every((repeats) => repeats)) return false;
    const inverse = inverseCell(this.#builtCellA);
    // Row vectors: r' = r + r·e.
    const e = new Float64Array(9);
    let norm2 = 0;
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += inverse[3 * k + a] * (cellA[3 * k + b] - this.#builtCellA[3 * k + b]);
        e[3 * a + b] = sum;
        norm2 += sum * sum;
      }
    }
    const allowedA = 0.5 * ((1 - Math.sqrt(norm2)) * (this.#cutoffA + this.#skinA) - this.#cutoffA) * MARGIN;
    if (!(allowedA > 0)) return false;
    const then = this.#builtPositionsA;
    const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = e as unknown as NineNumbers;
    for (let k = 0; k < now.length; k += 3) {
      const [x, y, z] = [then[k], then[k + 1], then[k + 2]];
      const dx = now[k] - x - (x * xx + y * yx + z * zx);
      const dy = now[k + 1] - y - (x * xy + y * yy + z * zy);
      const dz = now[k + 2] - z - (x * xz + y * yz + z * zz);
      if (!(dx * dx + dy * dy + dz * dz <= allowedA * allowedA)) return false;
    }
    return true;
  }
}

type NineNumbers = [number, number, number, number, number, number, number, number, number];

function isSame(a: Float64Array, b: Float64Array): boolean {
  for (let k = 0; k < 9; k++) if (a[k] !== b[k]) return false;
  return true;
}
