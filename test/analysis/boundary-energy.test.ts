import { describe, expect, it } from 'vitest';
import { boundaryEnergy } from '../../src/analysis/boundary-energy.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { makeBoundary } from '../../src/structure/boundary-recipe.ts';
import type { NamedBoundary } from '../../src/structure/named-boundaries.ts';
import { NAMED_BOUNDARIES } from '../../src/structure/named-boundaries.ts';

const crystal = argyrodite({ latticeConstantA: 10.25 });
const name = 'sigma5(001)[001]';
const { production }: NamedBoundary = NAMED_BOUNDARIES[name];
const boundary = makeBoundary(crystal, { name }, production, 1.5).crystal.structure;
const bulk = makeBoundary(crystal, { name, reference: 'bulk' }, production, 1.5).crystal.structure;

describe('the formation energy of a boundary (R6)', () => {
  it('counts both areas, and the volume that both boundaries add', () => {
    const { formationEnergyEvA2, formationEnergyMevA2, excessVolumeA, totalAreaA2 } = boundaryEnergy(
      { structure: boundary, energyEv: -59_905 },
      { structure: bulk, energyEv: -60_000 },
    );
    expect(totalAreaA2).toBeCloseTo(2 * 48.62 ** 2, 0);
    expect(formationEnergyEvA2).toBeCloseTo(95 / totalAreaA2, 12);
    expect(formationEnergyMevA2).toBeCloseTo(20.09, 2);
    expect(excessVolumeA).toBeCloseTo(1.2, 9);
  });

  it('is zero for the bulk itself', () => {
    const same = { structure: bulk, energyEv: -1 };
    expect(boundaryEnergy(same, same)).toMatchObject({ formationEnergyEvA2: 0, excessVolumeA: 0 });
  });

  it('is refused for cells that cannot be compared', () => {
    const of = (structure: typeof bulk, energyEv = -1) => ({ structure, energyEv });
    const smaller = makeBoundary(crystal, { name, reference: 'bulk' }, [3, 3, 12], 1.5).crystal.structure;
    expect(() => boundaryEnergy(of(boundary), of(smaller))).toThrow(
      /boundary and bulk differ in composition; expected Cl1260 Li7560/,
    );
    const wider = { ...bulk, cellA: bulk.cellA.map((x, k) => (k === 0 ? x + 0.01 : x)) };
    expect(() => boundaryEnergy(of(boundary), of(wider))).toThrow(/differ in their first two lattice vectors/);
    expect(() => boundaryEnergy(of(boundary, Number.NaN), of(bulk))).toThrow(/energy of the boundary is not finite/);
  });
});
