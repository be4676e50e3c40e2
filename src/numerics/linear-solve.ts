/**
 * Symmetric positive semidefinite systems, as normal equations give them: LDLᵀ without pivoting (Golub & Van Loan,
 * Matrix Computations, §4.1), with a ridge on the diagonal for directions that the data do not determine.
 */
import { InputError } from './input-error.ts';

export interface RidgedSolution {
  readonly solution: Float64Array;
  /** The ridge that was needed: A_ii became A_ii + ridge·(1 + A_ii). */
  readonly ridge: number;
}

/**
 * Solves (A + ridge·(1 + diag A)) x = b for the symmetric n×n matrix A (row-major, lower triangle read). Where rounding
 * still leaves a pivot that is not positive, the ridge grows tenfold until none is left.
 * @throws InputError `singular-system` if that does not help below 1e-3, or for numbers that are not finite
 */
export function solveWithRidge(matrix: Float64Array, rightSide: Float64Array, ridge: number): RidgedSolution {
  const { factor, ridge: used } = factoriseWithRidge(matrix, rightSide.length, ridge);
  const solution = substitute(factor, rightSide);
  if (!solution.every((value) => Number.isFinite(value))) throw unsolvable();
  return { solution, ridge: used };
}

/** The inverse of A + ridge·(1 + diag A), n×n row-major. @throws InputError as `solveWithRidge` does */
export function invertWithRidge(matrix: Float64Array, n: number, ridge: number): Float64Array {
  const { factor } = factoriseWithRidge(matrix, n, ridge);
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const unit = new Float64Array(n);
    unit[i] = 1;
    inverse.set(substitute(factor, unit), n * i);
  }
  return inverse;
}

function factoriseWithRidge(matrix: Float64Array, n: number, ridge: number): { factor: Float64Array; ridge: number } {
  for (let strength = ridge; strength < 1e-3; strength *= 10) {
    const factor = matrix.slice();
    for (let i = 0; i < n; i++) factor[n * i + i] = factor[n * i + i]! + strength * (1 + factor[n * i + i]!);
    if (factorise(factor, n)) return { factor, ridge: strength };
  }
  throw unsolvable();
}

const unsolvable = (): InputError =>
  new InputError('singular-system', 'the linear equations have no usable solution', {
    expected: 'a symmetric matrix without negative directions, of finite numbers',
  });

/** L below the diagonal, D on it, in place; false if a pivot is not positive. */
function factorise(a: Float64Array, n: number): boolean {
  const scaled = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = a[n * i + j]!;
      for (let k = 0; k < j; k++) sum -= scaled[k]! * a[n * j + k]!;
      scaled[j] = sum; // L_ij · D_j
    }
    let pivot = a[n * i + i]!;
    for (let j = 0; j < i; j++) {
      const l = scaled[j]! / a[n * j + j]!;
      pivot -= l * scaled[j]!;
      a[n * i + j] = l;
    }
    if (!(pivot > 0)) return false;
    a[n * i + i] = pivot;
  }
  return true;
}

function substitute(factor: Float64Array, rightSide: Float64Array): Float64Array {
  const n = rightSide.length;
  const x = rightSide.slice();
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= factor[n * i + k]! * x[k]!;
    x[i] = sum;
  }
  for (let i = 0; i < n; i++) x[i] = x[i]! / factor[n * i + i]!;
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i]!;
    for (let k = 0; k < i; k++) x[k] = x[k]! - factor[n * i + k]! * value;
  }
  return x;
}
