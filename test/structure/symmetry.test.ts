import { describe, expect, it } from 'vitest';
import { loadSymmetry } from '../../src/execution/symmetry.ts';
import { readCif } from '../../src/formats/cif.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { AtomFinder } from '../../src/structure/atom-permutation.ts';
import { rattle } from '../../src/structure/disorder.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';
import { type StructureSymmetry, structureSymmetry } from '../../src/structure/symmetry.ts';
import { cartesianRotation, compose, counterOf, latticeStrain } from '../../src/structure/symmetry-operation.ts';
import { WURTZITE } from '../formats/cif-samples.ts';

const crystal = argyrodite({ latticeConstantA: 10.25 });
const symmetryOf = (structure: Structure, symprecA = 1e-4): StructureSymmetry =>
  structureSymmetry(structure, symprecA, loadSymmetry());

describe('the space group of a structure', () => {
  it('is F-43m for the ordered argyrodite (S1), by 96 operations that all hold', () => {
    const found = symmetryOf(crystal.structure);
    expect(found).toMatchObject({ number: 216, symbol: 'F-43m', pearson: 'cF52', refused: 0, symprecA: 1e-4 });
    expect(found.library).toBe('@spglib/moyo-wasm 0.15.0');
    expect(found.operations).toHaveLength(96);
    expect(found.primitive.species).toHaveLength(13);
    expect(found.conventional.species).toHaveLength(52);
    const count = counterOf(found.operations);
    for (const p of found.operations) {
      expect(p.deviationA).toBeLessThan(1e-9);
      expect(latticeStrain(p, crystal.structure.cellA)).toBeLessThan(1e-12);
      for (const q of found.operations.slice(0, 12)) expect(count(compose(p, q))).toBe(1);
    }
    for (const { atoms } of found.operations) {
      atoms.forEach((to, from) => {
        expect(crystal.structure.species[to]).toBe(crystal.structure.species[from]);
        expect(crystal.siteLabels[to]).toBe(crystal.siteLabels[from]);
      });
    }
  });

  it('has hexagonal operations of the right hand: rotations by whole numbers, Cartesian ones orthogonal', () => {
    const { structure } = readCif(WURTZITE, 'x.cif')[0]!;
    const found = symmetryOf(structure);
    expect(found).toMatchObject({ number: 186, symbol: 'P63mc', refused: 0 });
    expect(found.operations).toHaveLength(12);
    const sixfold = found.operations.find(({ rotation }) => rotation.join() === '1,-1,0,1,0,0,0,0,1')!;
    expect(sixfold.translation[2]).toBe(0.5);
    const r = cartesianRotation(sixfold, structure.cellA);
    expect(r[0]).toBeCloseTo(0.5, 12);
    expect(r[3]).toBeCloseTo(Math.sqrt(0.75), 12);
    expect([...sixfold.atoms]).toEqual([1, 0, 3, 2]);
  });

  it('is found in supercells, whose centring operations permute the atoms', () => {
    const { structure } = makeSupercell(crystal, [1, 1, 2]);
    const found = symmetryOf(structure);
    expect(found.number).toBe(216);
    expect(found.operations.length).toBeGreaterThan(8);
    for (const { rotation } of found.operations) expect(rotation.every(Number.isInteger)).toBe(true);
    expect(new Set(found.operations.map(({ atoms }) => atoms.join())).size).toBe(found.operations.length);
  });

  it('is lost in displacements larger than symprec, and kept in smaller ones', () => {
    const slightly = rattle(crystal.structure, 1e-3, '0000000000000001');
    expect(symmetryOf(slightly).number).toBe(1);
    const forgiving = symmetryOf(slightly, 0.02);
    expect(forgiving.number).toBe(216);
    expect(forgiving.operations.every(({ deviationA }) => deviationA > 0 || deviationA === 0)).toBe(true);
    expect(forgiving.operations.some(({ deviationA }) => deviationA > 1e-4)).toBe(true);
  });

  it('is refused for clusters and for atoms in one place', () => {
    const { structure } = crystal;
    expect(() => symmetryOf({ ...structure, periodic: [true, true, false] })).toThrow(/repeat in all directions/);
    expect(() => symmetryOf(structure, 1)).toThrow(/symprec: the tolerance on distances is out of range/);
    const positionsA = structure.positionsA.slice();
    positionsA.copyWithin(3, 0, 3);
    expect(() => symmetryOf({ ...structure, positionsA })).toThrow(
      /not those of the structure|no space group can be found/,
    );
  });
});

describe('the permutation of the atoms', () => {
  it('does not exist where kinds of atoms change places or the lattice is strained', () => {
    const cubic: Structure = {
      cellA: Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4),
      periodic: [true, true, true],
      elements: ['Cs', 'Cl'],
      species: Int32Array.of(0, 1),
      positionsA: Float64Array.of(0, 0, 0, 2, 2, 2),
    };
    const shift = { rotation: Int32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), translation: Float64Array.of(0.5, 0.5, 0.5) };
    expect(new AtomFinder(cubic).permutation(shift, 1e-3)).toBeUndefined();
    const alike = { ...cubic, species: Int32Array.of(0, 0) };
    expect([...new AtomFinder(alike).permutation(shift, 1e-3)!.atoms]).toEqual([1, 0]);
    const turn = { rotation: Int32Array.of(0, -1, 0, 1, 0, 0, 0, 0, 1), translation: new Float64Array(3) };
    expect(new AtomFinder(cubic).permutation(turn, 1e-3)).toBeDefined();
    const tetragonal = {
      ...cubic,
      cellA: Float64Array.of(4, 0, 0, 0, 4.1, 0, 0, 0, 4),
      positionsA: Float64Array.of(0, 0, 0, 2, 2.05, 2),
    };
    expect(new AtomFinder(tetragonal).permutation(turn, 1e-3)).toBeUndefined();
  });
});
