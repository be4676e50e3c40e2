/** How many atoms of one kind of site of the two crystals fall together: the coincidence of a sublattice. */

import { cellLengthsA } from './bicrystal.ts';
import type { CoincidenceCell } from './coincidence-cell.ts';
import type { CubicHost } from './cubic-host.ts';
import { fillCell } from './grain.ts';

/**
 * In one coincidence cell, with both crystals filling all of it: the sites with this label of one crystal, and how many of
 * them lie within `toleranceA` (Å) of such a site of the other. A Bravais sublattice has the ratio 1/Σ.
 */
export function coincidentSites(
  host: CubicHost,
  cell: CoincidenceCell,
  label: string,
  planeThrough: readonly [number, number, number] = [0, 0, 0],
  toleranceA = 1e-6,
): { readonly sites: number; readonly coincident: number } {
  const lengths = cellLengthsA(host, cell);
  const [inA, inB] = [cell.vectorsA, cell.vectorsB].map((vectors) =>
    fillCell(host, vectors, planeThrough, [0, 0, 0]).filter(({ site }) => site.label === label),
  );
  const coincident = inA!.filter((p) =>
    inB!.some((q) => {
      const d = p.fractional.map((x, k) => {
        const apart = x - q.fractional[k]!;
        return (apart - Math.round(apart)) * lengths[k]!;
      });
      return d.reduce((sum, x) => sum + x * x, 0) < toleranceA * toleranceA;
    }),
  ).length;
  return { sites: inA!.length, coincident };
}
