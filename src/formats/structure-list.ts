/**
 * Structures of any sizes in one bundle of arrays, one after another: atomCounts [F]; cellsA [F,3,3] Å; and for all atoms
 * in turn species [ΣN], positionsA [ΣN,3] Å. Meta: elements, periodic, which all have in common.
 */
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import { type ArrayBundle, type BundleEntry, doubles, integers } from './array-bundle.ts';
import { elementsAndPeriodicity, requireSpecies } from './structure-bundle.ts';

/** @param structures all of the same elements and periodicity */
export function structureEntries(structures: readonly Structure[]): BundleEntry[] {
  const joined = (pick: (structure: Structure) => ArrayLike<number>): number[] =>
    structures.flatMap((structure) => Array.from(pick(structure)));
  const count = structures.length;
  const atomCounts = Int32Array.from(structures, ({ species }) => species.length);
  const atoms = atomCounts.reduce((sum, of) => sum + of, 0);
  return [
    { name: 'atomCounts', shape: [count], unit: '1', data: atomCounts },
    { name: 'species', shape: [atoms], unit: '1', data: Int32Array.from(joined(({ species }) => species)) },
    { name: 'cellsA', shape: [count, 3, 3], unit: 'Å', data: Float64Array.from(joined(({ cellA }) => cellA)) },
    { name: 'positionsA', shape: [atoms, 3], unit: 'Å', data: Float64Array.from(joined((s) => s.positionsA)) },
  ];
}

export interface StructureList {
  readonly structures: readonly Structure[];
  /** Where the atoms of each begin among all; the last number is how many there are in all. */
  readonly firstAtoms: readonly number[];
}

/** @throws InputError `bad-bundle` where the bundle does not hold structures */
export function readStructureList(bundle: ArrayBundle, where: string): StructureList {
  const { elements, periodic } = elementsAndPeriodicity(bundle, where);
  const atomCounts = integers(bundle, 'atomCounts', where);
  const count = atomCounts.length;
  if (atomCounts.some((atoms) => atoms < 0)) {
    throw new InputError('bad-bundle', 'a negative number of atoms', { where });
  }
  const firstAtoms = [0];
  for (const atoms of atomCounts) firstAtoms.push(firstAtoms.at(-1)! + atoms);
  const atomsInAll = firstAtoms.at(-1)!;
  const species = integers(bundle, 'species', where, [atomsInAll]);
  requireSpecies(species, elements, where);
  const cells = doubles(bundle, 'cellsA', where, [count, 3, 3]);
  const positions = doubles(bundle, 'positionsA', where, [atomsInAll, 3]);
  const structures = Array.from(atomCounts, (_, k): Structure => {
    const [first, last] = [firstAtoms[k]!, firstAtoms[k + 1]!];
    return {
      cellA: cells.slice(9 * k, 9 * k + 9),
      periodic,
      elements,
      species: species.slice(first, last),
      positionsA: positions.slice(3 * first, 3 * last),
    };
  });
  return { structures, firstAtoms };
}
