/**
 * A structure: atoms in a cell. Positions are Cartesian and need not lie inside the cell (they are never wrapped
 * behind the caller's back, so trajectories stay unwrapped by construction).
 */
import { determinant3 } from '../numerics/determinant.ts';
import { InputError } from '../numerics/input-error.ts';

export interface Structure {
  /** Lattice vectors as rows, Å, 3×3 row-major: cellA[3*k + axis]. All zero where no direction is periodic. */
  readonly cellA: Float64Array;
  /** Which lattice directions repeat. */
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Element symbols; `species` indexes them. Their order is the type order of the potentials. */
  readonly elements: readonly string[];
  /** Index into `elements` for each atom, length N. */
  readonly species: Int32Array;
  /** Cartesian positions, Å, N×3 row-major. */
  readonly positionsA: Float64Array;
}

export const atomCount = (structure: Structure): number => structure.species.length;

/** Signed volume of the cell, Å³: positive for a right-handed set of lattice vectors. */
export const cellVolumeA3 = (cellA: ArrayLike<number>): number => determinant3(cellA);

/** Lengths of the three lattice vectors, Å. */
export const latticeLengthsA = (cellA: ArrayLike<number>): number[] =>
  [0, 3, 6].map((k) =>
    Math.sqrt(cellA[k]! * cellA[k]! + cellA[k + 1]! * cellA[k + 1]! + cellA[k + 2]! * cellA[k + 2]!),
  );

/**
 * Rows are the reciprocal vectors without 2π: fractional coordinate k of x is the dot product of row k with x.
 * @throws InputError `singular-cell` where the lattice vectors span no volume.
 */
export function inverseCell(cellA: ArrayLike<number>): Float64Array {
  const volumeA3 = cellVolumeA3(cellA);
  if (!(volumeA3 !== 0 && Number.isFinite(volumeA3))) {
    throw new InputError('singular-cell', 'the lattice vectors span no volume', {
      found: `a volume of ${volumeA3} Å³`,
      remedy: 'give three linearly independent lattice vectors',
    });
  }
  const inverse = new Float64Array(9);
  for (let k = 0; k < 3; k++) {
    const p = ((k + 1) % 3) * 3;
    const q = ((k + 2) % 3) * 3;
    inverse[3 * k] = (cellA[p + 1]! * cellA[q + 2]! - cellA[p + 2]! * cellA[q + 1]!) / volumeA3;
    inverse[3 * k + 1] = (cellA[p + 2]! * cellA[q]! - cellA[p]! * cellA[q + 2]!) / volumeA3;
    inverse[3 * k + 2] = (cellA[p]! * cellA[q + 1]! - cellA[p + 1]! * cellA[q]!) / volumeA3;
  }
  return inverse;
}

/** Number of atoms of each element, in the order of `elements`. */
export function composition(structure: Structure): number[] {
  const counts = new Array<number>(structure.elements.length).fill(0);
  for (const species of structure.species) counts[species]! += 1;
  return counts;
}

/**
 * The same atoms with another list of elements behind their species.
 * @throws InputError `unknown-species` where an element of the structure is not in `elements`
 */
export function withElements(structure: Structure, elements: readonly string[]): Structure {
  const index = structure.elements.map((element) => {
    const found = elements.indexOf(element);
    if (found >= 0) return found;
    throw new InputError('unknown-species', `element ${element} is not among the campaign's`, {
      expected: `one of ${elements.join(', ')}`,
      found: element,
      remedy: 'add it to `elements` in the spec, or correct it where it is used',
    });
  });
  return { ...structure, elements, species: structure.species.map((species) => index[species]!) };
}
