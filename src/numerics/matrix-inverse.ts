/** Inverse of a general square matrix by Gaussian elimination with partial pivoting (Golub & Van Loan, §3.4). */
import { InputError } from './input-error.ts';

/**
 * A⁻¹ of the n×n row-major matrix, which is not changed. Of equal pivots the first is taken.
 * @throws InputError `singular-matrix` where a pivot is 0 or no number
 */
export function invertMatrix(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[n * i + i] = 1;
  for (let k = 0; k < n; k++) {
    const pivotRow = largestInColumn(a, n, k);
    const pivot = a[n * pivotRow + k]!;
    if (!(pivot !== 0 && Number.isFinite(pivot))) {
      throw new InputError('singular-matrix', 'the matrix has no inverse', { where: `column ${k}`, found: `${pivot}` });
    }
    exchange(a, n, k, pivotRow);
    exchange(inverse, n, k, pivotRow);
    for (let i = k + 1; i < n; i++) {
      const factor = a[n * i + k]! / pivot;
      if (factor === 0) continue;
      subtract(a, n * i, n * k, factor, k + 1, n);
      subtract(inverse, n * i, n * k, factor, 0, n);
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      const factor = a[n * i + k]!;
      if (factor !== 0) subtract(inverse, n * i, n * k, factor, 0, n);
    }
    const pivot = a[n * i + i]!;
    for (let l = n * i; l < n * i + n; l++) inverse[l] = inverse[l]! / pivot;
  }
  return inverse;
}

function largestInColumn(a: Float64Array, n: number, k: number): number {
  let best = k;
  for (let i = k + 1; i < n; i++) if (Math.abs(a[n * i + k]!) > Math.abs(a[n * best + k]!)) best = i;
  return best;
}

function exchange(a: Float64Array, n: number, i: number, j: number): void {
  if (i === j) return;
  const row = a.slice(n * i, n * i + n);
  a.copyWithin(n * i, n * j, n * j + n);
  a.set(row, n * j);
}

/** Row at `to` −= factor · row at `from`, columns first … last−1. */
function subtract(a: Float64Array, to: number, from: number, factor: number, first: number, last: number): void {
  for (let l = first; l < last; l++) a[to + l] = a[to + l]! - factor * a[from + l]!;
}
