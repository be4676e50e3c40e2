/** Supercells na × nb × nc of a crystal (S2). */
import { InputError } from '../numerics/input-error.ts';
import type { Crystal } from './crystal.ts';

/**
 * Repeats the cell along its lattice vectors. Cells follow one another in the order of (a, b, c), c fastest, each with
 * the atoms of the original in their order.
 * @throws InputError `bad-structure` for repeats that are not positive integers or more than 10⁷ atoms
 */
export function makeSupercell(crystal: Crystal, repeats: readonly [number, number, number]): Crystal {
  const { structure, siteLabels } = crystal;
  const cells = repeats[0] * repeats[1] * repeats[2];
  const atoms = structure.species.length;
  if (repeats.some((n) => !Number.isInteger(n) || n < 1) || cells * atoms > 1e7) {
    throw new InputError('bad-structure', 'a supercell needs three positive integers and at most 10⁷ atoms', {
      where: 'supercell',
      found: `${repeats.join(' × ')} of ${atoms} atoms`,
    });
  }
  const cell = structure.cellA;
  const species = new Int32Array(cells * atoms);
  const positionsA = new Float64Array(3 * cells * atoms);
  let target = 0;
  for (let a = 0; a < repeats[0]; a++) {
    for (let b = 0; b < repeats[1]; b++) {
      for (let c = 0; c < repeats[2]; c++) {
        for (let i = 0; i < atoms; i++) {
          species[target] = structure.species[i]!;
          for (let axis = 0; axis < 3; axis++) {
            const shift = a * cell[axis]! + b * cell[3 + axis]! + c * cell[6 + axis]!;
            positionsA[3 * target + axis] = structure.positionsA[3 * i + axis]! + shift;
          }
          target += 1;
        }
      }
    }
  }
  return {
    structure: {
      ...structure,
      cellA: cell.map((component, index) => component * repeats[Math.floor(index / 3) as 0 | 1 | 2]),
      species,
      positionsA,
    },
    siteLabels: Array.from({ length: cells }, () => siteLabels).flat(),
  };
}
