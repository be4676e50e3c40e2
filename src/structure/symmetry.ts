/**
 * The space group of a structure: its name from a library (moyo), its operations proposed by the library and each checked
 * against the structure here, with the permutation of atoms that it means. What the library says and the check does not
 * bear out is left out and counted, never used.
 */
import { InputError } from '../numerics/input-error.ts';
import { AtomFinder, type AtomPermutation, fractionalPositions } from './atom-permutation.ts';
import { operationOf } from './space-group-settings.ts';
import type { Structure } from './structure.ts';
import type { SymmetryLibrary } from './symmetry-library.ts';
import { counterOf, type SymmetryOperation } from './symmetry-operation.ts';

export interface StructureSymmetry {
  /** 1 … 230. */
  readonly number: number;
  /** International (Hermann–Mauguin) symbol, e.g. `F-43m`. */
  readonly symbol: string;
  readonly hallNumber: number;
  readonly pearson: string;
  /** Of each atom. */
  readonly wyckoffs: readonly string[];
  /** Of the cell that was given, the identity among them, centring translations of a conventional cell too. */
  readonly operations: readonly CheckedOperation[];
  /** Operations that the library proposed and the check refused. */
  readonly refused: number;
  /** Cells in the library's standard setting; another orientation than that of the structure. */
  readonly primitive: Structure;
  readonly conventional: Structure;
  /** Distance below which the library takes atoms for symmetric, Å. */
  readonly symprecA: number;
  readonly library: string;
}

export interface CheckedOperation extends SymmetryOperation, AtomPermutation {}

const MAX_ATOMS = 20_000;
const MAX_SYMPREC_A = 0.5;

/**
 * @param symprecA tolerance on distances, Å, to be recorded with what is made of it
 * @throws InputError `no-symmetry` where the library finds none; `bad-structure` for one that does not repeat everywhere,
 *   or whose checked operations are no group
 */
export function structureSymmetry(structure: Structure, symprecA: number, library: SymmetryLibrary): StructureSymmetry {
  const { periodic, species } = structure;
  if (periodic.includes(false) || species.length < 1 || species.length > MAX_ATOMS) {
    throw new InputError('bad-structure', 'only structures that repeat in all directions have a space group', {
      expected: `1 to ${MAX_ATOMS} atoms, periodic in three directions`,
      found: `${species.length} atoms, periodic: ${periodic.join(', ')}`,
    });
  }
  if (!(symprecA > 0 && symprecA <= MAX_SYMPREC_A)) {
    throw new InputError('bad-structure', 'the tolerance on distances is out of range', {
      where: 'symprec',
      expected: `above 0, at most ${MAX_SYMPREC_A} Å`,
      found: String(symprecA),
    });
  }
  const found = analyse(structure, symprecA, library);
  const proposed = found.operations.map(operationOf);
  const finder = new AtomFinder(structure);
  // The library's operations are those of a structure moved by up to symprec: an atom and its image may both be off.
  const operations = proposed.flatMap((operation): CheckedOperation[] => {
    const permutation = finder.permutation(operation, 4 * symprecA);
    return permutation === undefined ? [] : [{ ...operation, ...permutation }];
  });
  requireGroup(operations);
  return {
    number: found.number,
    symbol: found.hm_symbol.replace(/[ _]/g, ''),
    hallNumber: found.hall_number,
    pearson: found.pearson_symbol,
    wyckoffs: found.wyckoffs,
    operations,
    refused: proposed.length - operations.length,
    primitive: structureOf(found.prim_std_cell, structure.elements),
    conventional: structureOf(found.std_cell, structure.elements),
    symprecA,
    library: library.name,
  };
}

function analyse(
  structure: Structure,
  symprecA: number,
  library: SymmetryLibrary,
): ReturnType<SymmetryLibrary['analyseCell']> {
  const fractional = fractionalPositions(structure);
  const cell = {
    lattice: { basis: [...structure.cellA] },
    positions: Array.from(structure.species, (_, i) => [...fractional.subarray(3 * i, 3 * i + 3)]),
    numbers: Array.from(structure.species, (species) => species + 1),
  };
  try {
    return library.analyseCell(JSON.stringify(cell), symprecA);
  } catch (error) {
    throw new InputError('no-symmetry', 'no space group can be found', {
      expected: 'atoms well apart, and a cell with a volume',
      found: String(error).slice(0, 200),
      remedy: `try another --symprec than ${symprecA}; atoms in one place have none`,
    });
  }
}

function requireGroup(operations: readonly SymmetryOperation[]): void {
  const count = counterOf(operations);
  const identity = { rotation: Int32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), translation: new Float64Array(3) };
  if (count(identity) === 1) return;
  throw new InputError('no-symmetry', 'the operations that were found are not those of the structure', {
    found: `${operations.length} that hold, the identity not among them`,
    remedy: 'try a smaller --symprec',
  });
}

interface LibraryCell {
  readonly lattice: { readonly basis: readonly number[] };
  readonly positions: readonly (readonly [number, number, number])[];
  readonly numbers: readonly number[];
}

function structureOf({ lattice, positions, numbers }: LibraryCell, elements: readonly string[]): Structure {
  const cellA = Float64Array.from(lattice.basis);
  return {
    cellA,
    periodic: [true, true, true],
    elements,
    species: Int32Array.from(numbers, (number) => number - 1),
    positionsA: Float64Array.from(
      positions.flatMap(([x, y, z]) =>
        [0, 1, 2].map((axis) => x * cellA[axis]! + y * cellA[3 + axis]! + z * cellA[6 + axis]!),
      ),
    ),
  };
}
