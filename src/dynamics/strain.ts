/** Affine deformations: where a change of the cell alone takes the atoms. Row vectors, r' = r + r·e. */
import { inverseCell } from '../structure/structure.ts';

/** e between two cells, 3×3; a column that is the same in both cells is exactly 0. @throws InputError `singular-cell` */
export function strainBetween(thenA: Float64Array, nowA: Float64Array): Float64Array {
  const inverse = inverseCell(thenA);
  const strain = new Float64Array(9);
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      for (let k = 0; k < 3; k++) strain[3 * a + b] += inverse[3 * k + a] * (nowA[3 * k + b] - thenA[3 * k + b]);
    }
  }
  return strain;
}

/** N×3 vectors under e, copied; an axis whose column of e is 0 keeps its bits. */
export function strained(vectorsA: Float64Array, e: Float64Array): Float64Array {
  const moved = vectorsA.slice();
  for (let k = 0; k < moved.length; k += 3) {
    for (let b = 0; b < 3; b++) {
      moved[k + b] += vectorsA[k] * e[b] + vectorsA[k + 1] * e[3 + b] + vectorsA[k + 2] * e[6 + b];
    }
  }
  return moved;
}

/** A state brought to another cell, its atoms strained with it: how a run begins in the mean cell of the one before. */
export const atMeanCell = (
  { positionsA, cellA }: { readonly positionsA: Float64Array; readonly cellA: Float64Array },
  meanCellA: Float64Array,
): { positionsA: Float64Array; cellA: Float64Array } => ({
  positionsA: strained(positionsA, strainBetween(cellA, meanCellA)),
  cellA: meanCellA,
});
