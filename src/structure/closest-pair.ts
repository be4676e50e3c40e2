/** The smallest distance between atoms, overall and by pair of species. */
import { InputError } from '../numerics/input-error.ts';
import { buildNeighbourList } from './neighbour-list.ts';
import type { Structure } from './structure.ts';

export interface ClosestPair {
  readonly distanceA: number;
  readonly atomI: number;
  readonly atomJ: number;
}

/**
 * Smallest distance of each pair of species within `reachA` (Å): S×S, symmetric, Infinity where no such pair is in
 * reach; and the closest pair of all.
 */
export function closestPairs(
  structure: Structure,
  reachA: number,
): { bySpecies: Float64Array; closest: ClosestPair | undefined } {
  const species = structure.elements.length;
  const bySpecies = new Float64Array(species * species).fill(Number.POSITIVE_INFINITY);
  const list = buildNeighbourList(structure, reachA);
  let closest: ClosestPair | undefined;
  for (let i = 0; i < structure.species.length; i++) {
    for (let entry = list.start[i]!; entry < list.start[i + 1]!; entry++) {
      const j = list.atom[entry]!;
      let r2 = 0;
      for (let axis = 0; axis < 3; axis++) {
        const x =
          structure.positionsA[3 * j + axis]! +
          list.imageShiftA[3 * list.image[entry]! + axis]! -
          structure.positionsA[3 * i + axis]!;
        r2 += x * x;
      }
      const distanceA = Math.sqrt(r2);
      // Both orders at once: i to j and j to i can differ in the last bit.
      for (const pair of [
        structure.species[i]! * species + structure.species[j]!,
        structure.species[j]! * species + structure.species[i]!,
      ]) {
        if (distanceA < bySpecies[pair]!) bySpecies[pair] = distanceA;
      }
      if (closest === undefined || distanceA < closest.distanceA) closest = { distanceA, atomI: i, atomJ: j };
    }
  }
  return { bySpecies, closest };
}

/**
 * @param where names the structure in errors
 * @throws InputError `overlapping-atoms` that names the two atoms where any pair is nearer than `minimumA` (Å);
 *   `singular-cell`
 */
export function refuseOverlaps(structure: Structure, minimumA: number, where: string): void {
  const { closest } = at(where, () => closestPairs(structure, minimumA));
  if (closest === undefined) return;
  const name = (i: number): string => `${structure.elements[structure.species[i]!]} (atom ${i})`;
  throw new InputError('overlapping-atoms', 'atoms overlap', {
    where,
    expected: `no two atoms nearer than ${minimumA} Å`,
    found: `${name(closest.atomI)} and ${name(closest.atomJ)} ${closest.distanceA.toFixed(3)} Å apart (atoms count from 0)`,
    remedy: 'check the lattice constant, the sites and the size of random displacements',
  });
}

/** Puts the place into an error that does not know it. */
function at<T>(where: string, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.code, error.what, { where, ...error.details });
  }
}
