/**
 * Eigenvalues of complex Hermitian matrices A + iB, as those of the real symmetric [[A, −B], [B, A]], in which each comes
 * twice. Where B vanishes that is A alone.
 */
import { symmetricEigen } from './symmetric-eigen.ts';

/**
 * Ascending, length n.
 * @param real, imaginary n×n row-major, of which the lower triangles are read: A symmetric, B antisymmetric
 * @throws InputError `no-eigenvalues` for numbers that are not finite
 */
export function hermitianEigenvalues(real: Float64Array, imaginary: Float64Array, n: number): Float64Array {
  let isReal = true;
  for (let i = 0; i < n && isReal; i++) for (let j = 0; j < i; j++) isReal &&= imaginary[n * i + j] === 0;
  if (isReal) return symmetricEigen(real, n).values;
  const m = 2 * n;
  const doubled = new Float64Array(m * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const a = i >= j ? real[n * i + j]! : real[n * j + i]!;
      const b = i === j ? 0 : i > j ? imaginary[n * i + j]! : -imaginary[n * j + i]!;
      doubled[m * i + j] = a;
      doubled[m * (n + i) + n + j] = a;
      doubled[m * (n + i) + j] = b;
      doubled[m * j + n + i] = b;
    }
  }
  const { values } = symmetricEigen(doubled, m);
  return Float64Array.from({ length: n }, (_, k) => 0.5 * (values[2 * k]! + values[2 * k + 1]!));
}
