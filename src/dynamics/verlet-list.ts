/**
 * A neighbour list that is kept over several steps (Verlet, Phys. Rev. 159, 98 (1967)): it reaches a skin further than
 * the cutoff and is rebuilt once an atom has moved by half the skin. What a force field sums does not depend on the
 * skin, since the entries' order does not and those beyond the cutoff are skipped.
 */
import { buildNeighbourList, type NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';

/** Å. Costs a few times more entries than needed near a 5 Å cutoff, and saves a rebuild for some tens of steps. */
export const DEFAULT_SKIN_A = 1;

/** Rebuild a hair before half the skin, so that rounding never lets a pair slip in unlisted. */
const MARGIN = 1 - 1e-9;

export class VerletList {
  readonly #cutoffA: number;
  readonly #allowed2: number;
  readonly #skinA: number;
  #list: NeighbourList | null = null;
  #builtPositionsA = new Float64Array(0);
  #builtCellA = new Float64Array(0);
  /** How often the list was built so far. */
  builds = 0;

  constructor(cutoffA: number, skinA: number) {
    this.#cutoffA = cutoffA;
    this.#skinA = skinA;
    this.#allowed2 = 0.25 * skinA * skinA * MARGIN;
  }

  /** A list that holds every pair nearer than the cutoff at the structure's positions. */
  update(structure: Structure): NeighbourList {
    if (this.#list !== null && this.#holds(structure)) return this.#list;
    this.#list = buildNeighbourList(structure, this.#cutoffA + this.#skinA);
    this.#builtPositionsA = structure.positionsA.slice();
    this.#builtCellA = structure.cellA.slice();
    this.builds += 1;
    return this.#list;
  }

  #holds(structure: Structure): boolean {
    if (this.#builtCellA.some((component, k) => component !== structure.cellA[k])) return false;
    const now = structure.positionsA;
    const then = this.#builtPositionsA;
    for (let k = 0; k < now.length; k += 3) {
      const dx = now[k] - then[k];
      const dy = now[k + 1] - then[k + 1];
      const dz = now[k + 2] - then[k + 2];
      if (!(dx * dx + dy * dy + dz * dz <= this.#allowed2)) return false;
    }
    return true;
  }
}
