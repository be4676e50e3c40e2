import { describe, expect, it } from 'vitest';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { cellVolumeA3, composition, type Structure } from '../../src/structure/structure.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';

const cell = argyrodite({ latticeConstantA: 10.25 });

/** Species and distance (to 1e-9 Å) of every neighbour of atom i, sorted. */
function shells(structure: Structure, reachA: number): (i: number) => string[] {
  const list = buildNeighbourList(structure, reachA);
  return (i) =>
    Array.from({ length: list.start[i + 1]! - list.start[i]! }, (_, k) => {
      const entry = list.start[i]! + k;
      const j = list.atom[entry]!;
      const d = [0, 1, 2].map(
        (axis) =>
          structure.positionsA[3 * j + axis]! +
          list.imageShiftA[3 * list.image[entry]! + axis]! -
          structure.positionsA[3 * i + axis]!,
      );
      return `${structure.species[j]} ${Math.hypot(...d).toFixed(9)}`;
    }).sort();
}

describe('supercells (S2)', () => {
  it('have the sizes of the variance study and of the production model', () => {
    expect(makeSupercell(cell, [4, 4, 4]).structure.species).toHaveLength(3328);
    const production = makeSupercell(cell, [7, 7, 7]);
    expect(production.structure.species).toHaveLength(17836);
    expect(production.siteLabels).toHaveLength(17836);
    expect(composition(production.structure)).toEqual(composition(cell.structure).map((count) => 343 * count));
    expect(cellVolumeA3(production.structure.cellA)).toBeCloseTo(343 * 10.25 ** 3, 6);
  });

  it('have the neighbours of the cell, atom for atom', () => {
    const small = shells(cell.structure, 5.5);
    for (const repeats of [
      [1, 1, 2],
      [1, 2, 2],
      [3, 1, 2],
    ] as const) {
      const { structure, siteLabels } = makeSupercell(cell, repeats);
      const large = shells(structure, 5.5);
      structure.species.forEach((species, i) => {
        expect(species).toBe(cell.structure.species[i % 52]);
        expect(siteLabels[i]).toBe(cell.siteLabels[i % 52]);
        expect(large(i)).toEqual(small(i % 52));
      });
    }
  });

  it('of one cell are the cell', () => {
    expect(makeSupercell(cell, [1, 1, 1])).toEqual(cell);
  });

  it('are refused where they are not three positive integers or too large', () => {
    for (const repeats of [
      [0, 1, 1],
      [1, 1.5, 1],
      [1, 1, Number.NaN],
      [1000, 1000, 1000],
    ] as [number, number, number][]) {
      expect(() => makeSupercell(cell, repeats)).toThrow(
        expect.objectContaining({ code: 'bad-structure', message: expect.stringContaining('supercell:') }),
      );
    }
  });
});
