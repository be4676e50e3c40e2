/**
 * Pairs of atoms across the two boundaries of a periodic bicrystal: the boundaries are of one kind if their lists agree.
 * A mirror twin of a crystal without a centre of inversion, say, has two that do not: one where the tetrahedra point at
 * each other, one where they point apart; an energy per area is then that of neither.
 */
import { type Bicrystal, type BicrystalOptions, cellLengthsA, makeBicrystal } from './bicrystal.ts';
import type { CoincidenceCell } from './coincidence-cell.ts';
import type { CubicHost } from './cubic-host.ts';
import { buildNeighbourList } from './neighbour-list.ts';

/** One boundary's pairs (one atom in each grain), ordered by species, then by distance. */
export interface BoundaryPairs {
  /** Index of the pair of species, the smaller first: lower · (number of elements) + higher. */
  readonly species: Int32Array;
  readonly distanceA: Float64Array;
}

/** How far pairs are compared, Å, and how much their distances may differ. */
const REACH_A = 5;
const SAME_DISTANCE_A = 1e-6;

/**
 * All pairs nearer than `reachA` (Å) with an atom in either grain, by the boundary that lies between them: first that above
 * grain A, then that above grain B. Each pair once.
 */
export function boundaryPairs({ structure, grain }: Bicrystal, reachA: number): [BoundaryPairs, BoundaryPairs] {
  const list = buildNeighbourList(structure, reachA);
  const { positionsA, species, elements } = structure;
  const found: { pair: number; distanceA: number }[][] = [[], []];
  for (let i = 0; i < species.length; i++) {
    if (grain[i] !== 0) continue;
    for (let entry = list.start[i]!; entry < list.start[i + 1]!; entry++) {
      const j = list.atom[entry]!;
      if (grain[j] !== 1) continue;
      const d = [0, 1, 2].map(
        (k) => positionsA[3 * j + k]! + list.imageShiftA[3 * list.image[entry]! + k]! - positionsA[3 * i + k]!,
      );
      const [low, high] = [species[i]!, species[j]!].sort((a, b) => a - b);
      found[d[2]! > 0 ? 0 : 1]!.push({
        pair: low! * elements.length + high!,
        distanceA: Math.sqrt(d[0]! * d[0]! + d[1]! * d[1]! + d[2]! * d[2]!),
      });
    }
  }
  return found.map((pairs): BoundaryPairs => {
    pairs.sort((a, b) => a.pair - b.pair || a.distanceA - b.distanceA);
    return {
      species: Int32Array.from(pairs, ({ pair }) => pair),
      distanceA: Float64Array.from(pairs, ({ distanceA }) => distanceA),
    };
  }) as [BoundaryPairs, BoundaryPairs];
}

/**
 * Whether the lists are equal up to rounding: the same pairs of species, their distances within 1e-6 Å. The reach cuts
 * equal distances differently where rounding does, so pairs within that of it are left out.
 */
export function haveEqualBoundaries(bicrystal: Bicrystal, reachA = REACH_A): boolean {
  const [first, second] = boundaryPairs(bicrystal, reachA).map((pairs) => below(pairs, reachA - SAME_DISTANCE_A));
  if (first!.length !== second!.length) return false;
  return first!.every(
    ([pair, distanceA], k) => pair === second![k]![0] && Math.abs(distanceA - second![k]![1]) < SAME_DISTANCE_A,
  );
}

const below = ({ species, distanceA }: BoundaryPairs, limitA: number): [number, number][] =>
  Array.from(species, (pair, k): [number, number] => [pair, distanceA[k]!]).filter(([, distance]) => distance < limitA);

/** Compares the boundaries of the smallest bicrystal of that kind, each grain at least as thick as pairs reach. */
export function areBoundariesEqual(
  host: CubicHost,
  cell: CoincidenceCell,
  options: Omit<BicrystalOptions, 'repeats'>,
): boolean {
  const repeats = [1, 1, 2 * Math.ceil(REACH_A / cellLengthsA(host, cell)[2])] as const;
  return haveEqualBoundaries(makeBicrystal(host, cell, { ...options, repeats }));
}
