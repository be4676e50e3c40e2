/** Symmetric positive definite systems (Golub & Van Loan, Matrix Computations, §4.2). */

/**
 * A = L Lᵀ: overwrites the lower triangle of the n×n row-major matrix with L.
 * @returns false where a pivot is not positive; the matrix is then of no use
 */
export function factorCholesky(matrix: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      // Four sums in turn, so that one addition need not wait for the other.
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      let k = 0;
      for (; k + 4 <= j; k += 4) {
        s0 += matrix[row + k]! * matrix[other + k]!;
        s1 += matrix[row + k + 1]! * matrix[other + k + 1]!;
        s2 += matrix[row + k + 2]! * matrix[other + k + 2]!;
        s3 += matrix[row + k + 3]! * matrix[other + k + 3]!;
      }
      for (; k < j; k++) s0 += matrix[row + k]! * matrix[other + k]!;
      const rest = matrix[row + j]! - (s0 + s1 + (s2 + s3));
      if (i === j) {
        if (!(rest > 0)) return false;
        matrix[row + i] = Math.sqrt(rest);
      } else matrix[row + j] = rest / matrix[other + j]!;
    }
  }
  return true;
}

/** Solves L Lᵀ x = b, L from `factorCholesky`. */
export function solveCholesky(factor: Float64Array, n: number, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= factor[n * i + k]! * x[k]!;
    x[i] = sum / factor[n * i + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    x[i] = x[i]! / factor[n * i + i]!;
    for (let k = 0; k < i; k++) x[k] = x[k]! - factor[n * i + k]! * x[i]!;
  }
  return x;
}

/** The inverse, both triangles, of the matrix of which `factor` is the factor. */
export function invertCholesky(factor: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  const unit = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    unit.fill(0);
    unit[k] = 1;
    const column = solveCholesky(factor, n, unit);
    // The lower triangle alone, so that the result is symmetric to the last bit.
    for (let i = k; i < n; i++) {
      inverse[n * i + k] = column[i]!;
      inverse[n * k + i] = column[i]!;
    }
  }
  return inverse;
}
