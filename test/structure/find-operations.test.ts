import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSymmetry } from '../../src/execution/symmetry.ts';
import { readCif } from '../../src/formats/cif.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { exchangeSites, rattle } from '../../src/structure/disorder.ts';
import { findOperations } from '../../src/structure/find-operations.ts';
import { latticeRotations } from '../../src/structure/lattice-rotations.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';
import { structureSymmetry } from '../../src/structure/symmetry.ts';
import { counterOf } from '../../src/structure/symmetry-operation.ts';
import { WURTZITE } from '../formats/cif-samples.ts';

const crystal = argyrodite({ latticeConstantA: 10.25 });
const wurtzite = readCif(WURTZITE, 'x.cif')[0]!.structure;

/** The same crystal, its lattice vectors replaced by sums of whole numbers of them. */
function sheared(structure: Structure, m: readonly number[]): Structure {
  const { cellA } = structure;
  const row = (k: number): number[] =>
    [0, 1, 2].map((axis) => [0, 1, 2].reduce((sum, j) => sum + m[3 * k + j]! * cellA[3 * j + axis]!, 0));
  return { ...structure, cellA: Float64Array.from([...row(0), ...row(1), ...row(2)]) };
}

describe('rotations of a lattice', () => {
  it.each([
    ['a cube', [5, 0, 0, 0, 5, 0, 0, 0, 5], 48],
    ['its primitive cell of the centred lattice', [0, 5, 5, 5, 0, 5, 5, 5, 0], 48],
    ['a tetragonal cell', [5, 0, 0, 0, 5, 0, 0, 0, 7], 16],
    ['a hexagonal cell', [4, 0, 0, -2, Math.sqrt(12), 0, 0, 0, 9], 24],
    ['an oblique cell', [4, 0, 0, 1, 5, 0, 0.5, 0.7, 6], 2],
  ])('are all there are of %s', (_, cellA, count) => {
    expect(latticeRotations(cellA, 1e-6)).toHaveLength(count);
  });

  it('are as many however the cell is cut: a sheared cell has entries beyond 1', () => {
    const long = [5, 0, 0, 15, 5, 0, 0, 10, 5];
    const found = latticeRotations(long, 1e-6);
    expect(found).toHaveLength(48);
    expect(Math.max(...found.flatMap((rotation) => [...rotation]))).toBeGreaterThan(1);
  });
});

describe('the operations of a structure', () => {
  it.each<[string, Structure, number]>([
    ['the ordered argyrodite', crystal.structure, 96],
    ['wurtzite', wurtzite, 12],
    ['a supercell, its centring translations among them', makeSupercell(crystal, [2, 2, 1]).structure, 128],
    ['a supercell of lower symmetry than its crystal', makeSupercell(crystal, [1, 1, 2]).structure, 64],
    ['a cell cut otherwise', sheared(crystal.structure, [1, 0, 0, 1, 1, 0, 0, 1, 1]), 96],
  ])('are those that the library finds and the check bears out: %s', (_, structure, count) => {
    const own = findOperations(structure, 1e-3);
    expect(own).toHaveLength(count);
    const library = structureSymmetry(structure, 1e-4, loadSymmetry()).operations;
    const among = counterOf(own);
    for (const operation of library) expect(among(operation)).toBe(1);
    expect(library).toHaveLength(count);
  });

  it('are the identity alone once the atoms are displaced', () => {
    const found = findOperations(rattle(crystal.structure, 0.05, '0000000000000051'), 0.01);
    expect(found).toHaveLength(1);
    expect([...found[0]!.atoms]).toEqual(Array.from(crystal.structure.species.keys()));
    expect([...found[0]!.translation]).toEqual([0, 0, 0]);
  });

  it('hold wherever the origin is, translations that are no fractions included', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: -20, max: 20, noNaN: true })),
        ([x, y]) => {
          const positionsA = wurtzite.positionsA.map((p, k) => p + [x, y, x - y][k % 3]!);
          expect(findOperations({ ...wurtzite, positionsA }, 1e-3)).toHaveLength(12);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('are found through small displacements, whose size is told', () => {
    const found = findOperations(rattle(crystal.structure, 0.002, '0000000000000007'), 0.05);
    expect(found).toHaveLength(96);
    const worst = Math.max(...found.map(({ deviationA }) => deviationA));
    expect(worst).toBeGreaterThan(0.002);
    expect(worst).toBeLessThan(0.03);
  });

  it('of a disordered crystal carry atoms onto their kind', () => {
    const disordered = exchangeSites(crystal, { sites: ['4a', '4c'], fraction: 0.5 }, '0000000000000003').structure;
    for (const { atoms } of findOperations(disordered, 1e-3)) {
      atoms.forEach((to, from) => {
        expect(disordered.species[to]).toBe(disordered.species[from]);
      });
    }
  });

  it.each<[string, Structure, number, string]>([
    ['a slab', { ...crystal.structure, periodic: [true, true, false] }, 0.01, 'bad-structure'],
    ['a tolerance of nothing', crystal.structure, 0, 'bad-structure'],
    ['a tolerance as large as a bond', crystal.structure, 2, 'bad-structure'],
  ])('are not looked for in %s', (_, structure, toleranceA, code) => {
    expect(() => findOperations(structure, toleranceA)).toThrow(expect.objectContaining({ code }));
  });
});
