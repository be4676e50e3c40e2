/**
 * The first inverse Hessian of a refinement: the inverse of the Gauss–Newton matrix, damped on its diagonal just enough to
 * be invertible. In this metric the long, bent valleys of the loss are round, and BFGS learns what the matrix leaves out.
 */
import { factorCholesky, invertCholesky } from '../numerics/cholesky.ts';

/** Part of each diagonal element that is added to it; grows where that does not suffice. */
const FIRST_DAMPING = 1e-9;
const DAMPING_GROWTH = 100;
/** Of the largest element of the diagonal: what the damping of a direction that nothing determines is a part of. */
const LEAST_DIAGONAL = 1e-10;

/**
 * @param matrix n×n, symmetric, positive semidefinite
 * @returns its damped inverse, n×n; undefined where there is none: a matrix without a positive, finite diagonal
 */
export function gaussNewtonMetric(matrix: Float64Array, n: number): Float64Array | undefined {
  let largest = 0;
  for (let k = 0; k < n; k++) largest = Math.max(largest, matrix[n * k + k]!);
  if (!(largest > 0) || !matrix.every(Number.isFinite)) return undefined;
  for (let damping = FIRST_DAMPING; damping <= 1; damping *= DAMPING_GROWTH) {
    const damped = matrix.slice();
    for (let k = 0; k < n; k++) {
      const diagonal = matrix[n * k + k]!;
      damped[n * k + k] = diagonal + damping * Math.max(diagonal, LEAST_DIAGONAL * largest);
    }
    if (!factorCholesky(damped, n)) continue;
    const inverse = invertCholesky(damped, n);
    if (inverse.every(Number.isFinite)) return inverse;
  }
  return undefined;
}
