/** What molecular dynamics asks of a potential. */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';

export interface ForceEvaluation {
  readonly energyEv: number;
  /** N×3, eV/Å. */
  readonly forcesEvA: Float64Array;
  /** 3×3 row-major, eV: −stress × volume. */
  readonly virialEv: Float64Array;
}

/**
 * Promise: the result depends on the structure alone, to the last bit. Neighbours are summed in the order of the list,
 * and entries at or beyond `cutoffA` are skipped, so neither the list's reach nor its age shows.
 * The arrays returned may be overwritten by the next call.
 */
export interface ForceField {
  readonly cutoffA: number;
  evaluate(structure: Structure, neighbours: NeighbourList): ForceEvaluation;
}
