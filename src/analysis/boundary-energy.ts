/**
 * Formation energy and excess volume of grain boundaries (R6): γ = (E_GB − E_bulk)/A_tot and [V] = (V_GB − V_bulk)/A_tot, where
 * A_tot is the area of both boundaries of the periodic cell. Bulk is the same atoms in the same x and y: 1 meV/atom of
 * mismatch between the two (other cell, other protocol) is several meV/Å².
 * Source: Ou et al. 2024, section III.B; Frolov & Mishin, Phys. Rev. B 85, 224106 (2012) for the excess volume.
 */
import { InputError } from '../numerics/input-error.ts';
import { cellVolumeA3, composition, type Structure } from '../structure/structure.ts';

export interface EnergyOfCell {
  readonly structure: Structure;
  /** Of the whole cell, eV. */
  readonly energyEv: number;
}

export interface BoundaryEnergy {
  readonly formationEnergyEvA2: number;
  /** The same in meV/Å², as it is mostly printed. */
  readonly formationEnergyMevA2: number;
  /** Excess volume per area, Å. */
  readonly excessVolumeA: number;
  /** Of both boundaries together, Å². */
  readonly totalAreaA2: number;
}

/** Å: by how much the in-plane vectors of the two cells may differ, as rounding in files makes them. */
const SAME_VECTOR_A = 1e-6;

/**
 * @param boundary a cell with two boundaries, perpendicular to its third vector
 * @throws InputError `unlike-cells` where composition or in-plane vectors of the two differ, `bad-energy` for an energy that
 *   is not finite, `singular-cell` for in-plane vectors that span no area
 */
export function boundaryEnergy(boundary: EnergyOfCell, bulk: EnergyOfCell): BoundaryEnergy {
  requireComparable(boundary.structure, bulk.structure);
  for (const [name, { energyEv }] of Object.entries({ boundary, bulk })) {
    if (Number.isFinite(energyEv)) continue;
    throw new InputError('bad-energy', `the energy of the ${name} is not finite`, { found: String(energyEv) });
  }
  const totalAreaA2 = 2 * inPlaneAreaA2(boundary.structure.cellA);
  if (!(totalAreaA2 > 0)) {
    throw new InputError('singular-cell', 'the first two lattice vectors span no area', { found: `${totalAreaA2} Å²` });
  }
  const volumeA3 = ({ structure }: EnergyOfCell): number => Math.abs(cellVolumeA3(structure.cellA));
  const formationEnergyEvA2 = (boundary.energyEv - bulk.energyEv) / totalAreaA2;
  return {
    formationEnergyEvA2,
    formationEnergyMevA2: 1000 * formationEnergyEvA2,
    excessVolumeA: (volumeA3(boundary) - volumeA3(bulk)) / totalAreaA2,
    totalAreaA2,
  };
}

function requireComparable(boundary: Structure, bulk: Structure): void {
  const counts = [boundary, bulk].map((structure) => {
    const of = composition(structure);
    return structure.elements.map((element, k) => `${element}${of[k]}`).sort();
  });
  const vectors = [boundary, bulk].map(({ cellA }) => [...cellA.subarray(0, 6)]);
  const apart = vectors[0]!.some((x, k) => !(Math.abs(x - vectors[1]![k]!) <= SAME_VECTOR_A));
  const difference = (what: string, [first, second]: readonly string[]): InputError =>
    new InputError('unlike-cells', `boundary and bulk differ in ${what}`, {
      expected: first!,
      found: second!,
      remedy: 'make the bulk with `reference: bulk`, and relax both in the same way',
    });
  if (counts[0]!.join(' ') !== counts[1]!.join(' '))
    throw difference(
      'composition',
      counts.map((c) => c.join(' ')),
    );
  if (apart)
    throw difference(
      'their first two lattice vectors (Å)',
      vectors.map((v) => v.join(' ')),
    );
}

/** |a × b| of the first two lattice vectors. */
function inPlaneAreaA2(cellA: Float64Array): number {
  const [ax, ay, az, bx, by, bz] = cellA as unknown as [number, number, number, number, number, number];
  const [x, y, z] = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
  return Math.sqrt(x * x + y * y + z * z);
}
