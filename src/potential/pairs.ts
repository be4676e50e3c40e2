/**
 * Neighbours within the cutoff as distance and direction. The pairs of an atom keep the order of the neighbour list,
 * which the configuration alone decides, so every sum over them does too.
 */
import { InputError } from '../numerics/input-error.ts';
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';

export interface Pairs {
  /** The neighbouring atom and its species. */
  atom: Int32Array;
  species: Int32Array;
  /** |r_ij|, Å. */
  rA: Float64Array;
  /** r_ij / |r_ij| with r_ij from the central atom to the neighbour, 3 a pair. */
  unit: Float64Array;
}

export const createPairs = (capacity: number): Pairs => ({
  atom: new Int32Array(capacity),
  species: new Int32Array(capacity),
  rA: new Float64Array(capacity),
  unit: new Float64Array(3 * capacity),
});

/**
 * Writes the pairs of atom i with r < cutoffA from place `at` on and returns the place behind the last.
 * @throws InputError `overlapping-atoms` for a pair at the same place, `non-finite-position`
 */
export function gatherPairs(
  structure: Structure,
  list: NeighbourList,
  cutoffA: number,
  i: number,
  pairs: Pairs,
  at: number,
): number {
  const { positionsA: x, species } = structure;
  const { start, atom, image, imageShiftA } = list;
  let p = at;
  for (let entry = start[i]!; entry < start[i + 1]!; entry++) {
    const j = atom[entry]!;
    const shift = 3 * image[entry]!;
    const dx = x[3 * j]! + imageShiftA[shift]! - x[3 * i]!;
    const dy = x[3 * j + 1]! + imageShiftA[shift + 1]! - x[3 * i + 1]!;
    const dz = x[3 * j + 2]! + imageShiftA[shift + 2]! - x[3 * i + 2]!;
    const rA = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (rA >= cutoffA) continue;
    if (!(rA > 0)) throw pairError(rA, i, j);
    pairs.atom[p] = j;
    pairs.species[p] = species[j]!;
    pairs.rA[p] = rA;
    pairs.unit[3 * p] = dx / rA;
    pairs.unit[3 * p + 1] = dy / rA;
    pairs.unit[3 * p + 2] = dz / rA;
    p++;
  }
  return p;
}

function pairError(rA: number, i: number, j: number): InputError {
  const where = `atoms ${i + 1} and ${j + 1} (counted from 1)`;
  return rA === 0
    ? new InputError('overlapping-atoms', 'two atoms are at the same place', { where })
    : new InputError('non-finite-position', 'the distance of two atoms is not a number', { where });
}

/** Most neighbours listed for any atom. */
export function mostNeighbours(list: Pick<NeighbourList, 'start'>): number {
  let most = 0;
  for (let i = 0; i + 1 < list.start.length; i++) most = Math.max(most, list.start[i + 1]! - list.start[i]!);
  return most;
}

/** @throws InputError `unknown-species` for a species that the potential lacks, `non-finite-position` */
export function checkAtoms({ species, positionsA, elements }: Structure, speciesCount: number): void {
  for (let i = 0; i < species.length; i++) {
    const z = species[i]!;
    if (z >= 0 && z < speciesCount) continue;
    throw new InputError('unknown-species', 'the potential has no such species', {
      where: `atom ${i + 1} (counted from 1)`,
      expected: `a species from 0 to ${speciesCount - 1}`,
      found: `${z} (${elements[z] ?? '?'})`,
    });
  }
  let zero = 0;
  for (let k = 0; k < positionsA.length; k++) zero += 0 * positionsA[k]!;
  if (zero === 0) return;
  const k = positionsA.findIndex((xA) => !Number.isFinite(xA));
  throw new InputError('non-finite-position', 'a position is not a number', {
    where: `atom ${Math.floor(k / 3) + 1} (counted from 1)`,
    found: String(positionsA[k]),
  });
}

/** @throws InputError as `gatherPairs` does, for any atom */
export function requireApart(structure: Structure, list: NeighbourList, cutoffA: number): void {
  const pairs = createPairs(mostNeighbours(list));
  for (let i = 0; i < structure.species.length; i++) gatherPairs(structure, list, cutoffA, i, pairs, 0);
}
