/** How far the grains of a bicrystal have to be moved apart. */
import { type Bicrystal, type BicrystalOptions, makeBicrystal } from './bicrystal.ts';
import { boundaryPairs } from './boundary-pairs.ts';
import type { CoincidenceCell } from './coincidence-cell.ts';
import type { CubicHost } from './cubic-host.ts';

/**
 * The smallest separation at either boundary, in steps of 0.1 Å, that leaves every two atoms of different grains more than
 * `minimumA` (Å) apart. Atoms of one grain are as the host has them.
 */
export function separationFor(
  host: CubicHost,
  cell: CoincidenceCell,
  options: Omit<BicrystalOptions, 'repeats' | 'separationA'>,
  minimumA: number,
): number {
  // At a separation of the minimum itself nothing can be nearer.
  for (let step = 0; step < 10 * minimumA; step++) {
    const bicrystal = makeBicrystal(host, cell, { ...options, repeats: [1, 1, 2], separationA: step / 10 });
    if (closestAcross(bicrystal, minimumA) > minimumA) return step / 10;
  }
  return Math.ceil(10 * minimumA) / 10;
}

/** The smallest distance between atoms of different grains, Å; Infinity where it is more than `reachA`. */
export const closestAcross = (bicrystal: Bicrystal, reachA: number): number =>
  boundaryPairs(bicrystal, reachA * (1 + 1e-9)).reduce(
    (closest, { distanceA }) => distanceA.reduce((least, distance) => Math.min(least, distance), closest),
    Number.POSITIVE_INFINITY,
  );
