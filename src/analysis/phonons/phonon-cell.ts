/**
 * A crystal cell and its supercell for finite displacements: which atom of the supercell is which atom of which cell, and how
 * operations of the space group permute them. Cells follow one another in the order of (a, b, c), c fastest.
 */
import { InputError } from '../../numerics/input-error.ts';
import { fractionalPositions } from '../../structure/atom-permutation.ts';
import type { Structure } from '../../structure/structure.ts';
import { makeSupercell } from '../../structure/supercell.ts';
import type { CheckedOperation } from '../../structure/symmetry.ts';
import { applyTo, cartesianRotation } from '../../structure/symmetry-operation.ts';

export type Triple = readonly [number, number, number];

export interface PhononCell {
  readonly unit: Structure;
  readonly repeats: Triple;
  /** Atoms: cell by cell, each in the order of `unit`. */
  readonly supercell: Structure;
  /** Number of cells. */
  readonly cells: number;
}

/** An operation that carries the supercell onto itself. */
export interface SupercellOperation {
  /** Atom i of the cell at the origin goes to atom `atoms[i]` of the cell at `shift[3i …]`. */
  readonly atoms: Int32Array;
  readonly shift: Int32Array;
  /** Rotation in lattice coordinates, 3×3 row-major. */
  readonly rotation: Int32Array;
  /** Rotation of Cartesian vectors, 3×3 row-major. */
  readonly cartesian: Float64Array;
}

const MAX_ATOMS = 20_000;
/** An operation by which atoms are farther off than this, Å, is none of the forces. */
const MAX_DEVIATION_A = 1e-3;

/** @throws InputError `bad-structure` for one that does not repeat everywhere, or a supercell that is none or too large */
export function phononCell(unit: Structure, repeats: Triple): PhononCell {
  const cells = repeats[0] * repeats[1] * repeats[2];
  const atoms = unit.species.length;
  if (unit.periodic.includes(false) || !(cells * atoms >= 1 && cells * atoms <= MAX_ATOMS)) {
    throw new InputError('bad-structure', 'phonons need a crystal and a supercell of it', {
      where: 'supercell',
      expected: `periodic in three directions, at most ${MAX_ATOMS} atoms`,
      found: `periodic: ${unit.periodic.join(', ')}; ${repeats.join(' × ')} of ${atoms} atoms`,
    });
  }
  return { unit, repeats, cells, supercell: makeSupercell({ structure: unit, siteLabels: [] }, repeats).structure };
}

/** Index in the supercell of an atom of a cell, which is counted modulo the repeats. */
export function atomInSupercell({ repeats, unit }: PhononCell, atom: number, a: number, b: number, c: number): number {
  const [na, nb, nc] = repeats;
  return ((modulo(a, na) * nb + modulo(b, nb)) * nc + modulo(c, nc)) * unit.species.length + atom;
}

/** The cell that an atom of the supercell is in. */
export function cellOf({ repeats, unit }: PhononCell, index: number): [number, number, number] {
  const cell = Math.floor(index / unit.species.length);
  const [, nb, nc] = repeats;
  return [Math.floor(cell / (nb * nc)), Math.floor(cell / nc) % nb, cell % nc];
}

/**
 * Those operations of the crystal that are operations of the supercell too (a 1×1×3 supercell of a cube has fewer) and that
 * hold to 0.001 Å, whatever tolerance they were found with.
 */
export function supercellOperations(cell: PhononCell, operations: readonly CheckedOperation[]): SupercellOperation[] {
  const { unit, repeats } = cell;
  const fractional = fractionalPositions(unit);
  return operations
    .filter(
      ({ rotation, deviationA }) =>
        deviationA <= MAX_DEVIATION_A &&
        rotation.every((w, k) => (w * repeats[(k % 3) as 0]) % repeats[Math.floor(k / 3) as 0] === 0),
    )
    .map((operation) => {
      const { atoms, rotation } = operation;
      const shift = new Int32Array(3 * atoms.length);
      atoms.forEach((to, from) => {
        const image = applyTo(operation, fractional.subarray(3 * from, 3 * from + 3));
        for (let k = 0; k < 3; k++) shift[3 * from + k] = Math.round(image[k]! - fractional[3 * to + k]!);
      });
      return { atoms, shift, rotation, cartesian: cartesianRotation(operation, unit.cellA) };
    });
}

/**
 * Where the operation, followed by the lattice translation that brings the image of `fixed` into the cell at the origin,
 * carries each atom of the supercell.
 */
export function permutationAbout(
  cell: PhononCell,
  { atoms, shift, rotation }: SupercellOperation,
  fixed: number,
): Int32Array {
  const n = cell.unit.species.length;
  return Int32Array.from({ length: n * cell.cells }, (_, index) => {
    const atom = index % n;
    const at = cellOf(cell, index);
    const [a, b, c] = [0, 1, 2].map(
      (k) =>
        rotation[3 * k]! * at[0] +
        rotation[3 * k + 1]! * at[1] +
        rotation[3 * k + 2]! * at[2] +
        shift[3 * atom + k]! -
        shift[3 * fixed + k]!,
    ) as [number, number, number];
    return atomInSupercell(cell, atoms[atom]!, a, b, c);
  });
}

const modulo = (a: number, n: number): number => ((a % n) + n) % n;
