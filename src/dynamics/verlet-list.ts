/**
 * A neighbour list that is kept over several steps (Verlet, Phys. Rev. 159, 98 (1967)): it reaches a skin further than
 * the cutoff and is rebuilt once atoms and cell have moved so far that a pair could have come within the cutoff unlisted.
 * What a force field sums does not depend on the skin, since the entries' order does not and those beyond the cutoff are
 * skipped; and under a cell that changes, the translations of the entries are those that a fresh list would have.
 *
 * Let F be the deformation of the cell since the build, and d_i how far atom i is from where F alone would have taken it.
 * A pair not listed was at least cutoff + skin apart, and is now at least (1 − ‖F − 1‖)(cutoff + skin) less the two largest
 * |d_i|, with the Frobenius norm as a bound on how much F shortens anything.
 */
import { buildNeighbourList, listInCell, type NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { strainBetween } from './strain.ts';

/** Å. Costs a few times more entries than needed near a 5 Å cutoff, and saves a rebuild for some tens of steps. */
export const DEFAULT_SKIN_A = 1;

/** Rebuild a hair too early, so that rounding never lets a pair slip in unlisted. */
const MARGIN = 1 - 1e-9;

export class VerletList {
  readonly #cutoffA: number;
  readonly #skinA: number;
  /** Fits the cell that the structure had when it was last asked for. */
  #list: NeighbourList | null = null;
  #listCellA = new Float64Array(0);
  #builtPositionsA = new Float64Array(0);
  #builtCellA = new Float64Array(0);
  /** How often the list was built so far. */
  builds = 0;

  constructor(cutoffA: number, skinA: number) {
    this.#cutoffA = cutoffA;
    this.#skinA = skinA;
  }

  /** A list that holds every pair nearer than the cutoff at the structure's positions. */
  update(structure: Structure): NeighbourList {
    const kept = this.#keep(structure);
    if (kept !== null) return kept;
    this.#list = buildNeighbourList(structure, this.#cutoffA + this.#skinA);
    this.#builtPositionsA = structure.positionsA.slice();
    this.#builtCellA = structure.cellA.slice();
    this.#listCellA = this.#builtCellA.slice();
    this.builds += 1;
    return this.#list;
  }

  /** The list made to fit the structure; null where it may lack a pair. */
  #keep(structure: Structure): NeighbourList | null {
    if (this.#list === null || this.#builtPositionsA.length !== structure.positionsA.length) return null;
    const isRigid = isSame(structure.cellA, this.#builtCellA);
    if (!isRigid && !structure.periodic.every((repeats) => repeats)) return null;
    const strain = isRigid ? NO_STRAIN : strainBetween(this.#builtCellA, structure.cellA);
    let norm2 = 0;
    for (let k = 0; k < 9; k++) norm2 += strain[k] * strain[k];
    const spareA = (1 - Math.sqrt(norm2)) * (this.#cutoffA + this.#skinA) - this.#cutoffA;
    if (!(twoLargestMovesA(this.#builtPositionsA, structure.positionsA, strain) <= spareA * MARGIN)) return null;
    if (!isSame(structure.cellA, this.#listCellA)) {
      this.#list = listInCell(this.#list, structure.cellA);
      this.#listCellA.set(structure.cellA);
    }
    return this.#list;
  }
}

const NO_STRAIN = new Float64Array(9);

/** Sum of the two largest distances of atoms from where the strain alone would have taken them, Å. */
function twoLargestMovesA(then: Float64Array, now: Float64Array, strain: Float64Array): number {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = strain as unknown as NineNumbers;
  let largest2 = 0;
  let second2 = 0;
  for (let k = 0; k < now.length; k += 3) {
    const x = then[k];
    const y = then[k + 1];
    const z = then[k + 2];
    const dx = now[k] - x - (x * xx + y * yx + z * zx);
    const dy = now[k + 1] - y - (x * xy + y * yy + z * zy);
    const dz = now[k + 2] - z - (x * xz + y * yz + z * zz);
    const moved2 = dx * dx + dy * dy + dz * dz;
    if (moved2 <= second2) continue;
    if (!(moved2 > largest2)) second2 = moved2;
    else {
      second2 = largest2;
      largest2 = moved2;
    }
  }
  return Math.sqrt(largest2) + Math.sqrt(second2);
}

type NineNumbers = [number, number, number, number, number, number, number, number, number];

function isSame(a: Float64Array, b: Float64Array): boolean {
  for (let k = 0; k < 9; k++) if (a[k] !== b[k]) return false;
  return true;
}
