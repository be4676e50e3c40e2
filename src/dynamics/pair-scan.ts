/** The nearest pair of atoms, and the pair nearest below its smallest allowed distance, from a neighbour list. */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';

export interface Pair {
  readonly distanceA: number;
  /** The lower index. */
  readonly atomI: number;
  readonly atomJ: number;
}

export interface PairScan {
  /** null where no pair is nearer than the list's reach. */
  readonly closest: Pair | null;
  /** The pair whose distance is the smallest part of its limit, below 1; null where every pair keeps its distance. */
  readonly tooClose: (Pair & { readonly limitA: number }) | null;
}

/** @param pairDistanceA S×S smallest allowed distances by species, Å; 0 for no limit. Ties go to the lowest indices. */
export function scanPairs(structure: Structure, neighbours: NeighbourList, pairDistanceA: Float64Array): PairScan {
  const { positionsA: x, species, elements } = structure;
  const { start, atom, image, imageShiftA } = neighbours;
  let closest2 = Number.POSITIVE_INFINITY;
  let closest: [number, number] = [0, 0];
  let worstRatio2 = 1;
  let worst: [number, number, number, number] | null = null;
  for (let i = 0; i < species.length; i++) {
    for (let k = start[i]; k < start[i + 1]; k++) {
      const j = atom[k];
      if (j < i) continue;
      const shift = 3 * image[k];
      const dx = x[3 * j] + imageShiftA[shift] - x[3 * i];
      const dy = x[3 * j + 1] + imageShiftA[shift + 1] - x[3 * i + 1];
      const dz = x[3 * j + 2] + imageShiftA[shift + 2] - x[3 * i + 2];
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 < closest2) {
        closest2 = r2;
        closest = [i, j];
      }
      const limitA = pairDistanceA[species[i] * elements.length + species[j]];
      if (r2 < limitA * limitA * worstRatio2) {
        worstRatio2 = r2 / (limitA * limitA);
        worst = [i, j, r2, limitA];
      }
    }
  }
  return {
    closest:
      closest2 < Number.POSITIVE_INFINITY
        ? { distanceA: Math.sqrt(closest2), atomI: closest[0], atomJ: closest[1] }
        : null,
    tooClose:
      worst === null ? null : { distanceA: Math.sqrt(worst[2]), atomI: worst[0], atomJ: worst[1], limitA: worst[3] },
  };
}
