import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hermitianEigenvalues } from '../../src/numerics/hermitian-eigen.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { symmetricEigen } from '../../src/numerics/symmetric-eigen.ts';

const bitsOf = (values: Float64Array): string =>
  createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex').slice(0, 16);

/** Symmetric, from uniform numbers. */
function randomSymmetric(n: number, random: RandomStream): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const x = 2 * random.uniform() - 1;
      matrix[n * i + j] = x;
      matrix[n * j + i] = x;
    }
  }
  return matrix;
}

describe('eigenvalues of symmetric matrices', () => {
  it('of a chain of springs are 2 − 2 cos(kπ/(n+1))', () => {
    const n = 40;
    const chain = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      chain[n * i + i] = 2;
      if (i > 0) {
        chain[n * i + i - 1] = -1;
        chain[n * (i - 1) + i] = -1;
      }
    }
    symmetricEigen(chain, n).values.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13);
    });
  });

  it('give the matrix back with their vectors, which are orthonormal', () => {
    const random = new RandomStream('00000000000000e1', 0);
    for (const n of [1, 2, 3, 7, 24, 60]) {
      const matrix = randomSymmetric(n, random);
      const { values, vectors } = symmetricEigen(matrix, n, true);
      const alone = symmetricEigen(matrix, n).values;
      for (let i = 0; i < n; i++) {
        expect(values[i]).toBeCloseTo(alone[i]!, 12);
        for (let j = 0; j < n; j++) {
          let product = 0;
          let rebuilt = 0;
          for (let k = 0; k < n; k++) {
            product += vectors[n * i + k]! * vectors[n * j + k]!;
            rebuilt += values[k]! * vectors[n * k + i]! * vectors[n * k + j]!;
          }
          expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
          expect(rebuilt).toBeCloseTo(matrix[n * i + j]!, 12);
        }
      }
    }
  });

  it('are right where they coincide, vanish or differ by orders of magnitude', () => {
    const ones = new Float64Array(25).fill(1);
    const { values } = symmetricEigen(ones, 5);
    expect(values[4]).toBeCloseTo(5, 14);
    for (let k = 0; k < 4; k++) expect(Math.abs(values[k]!)).toBeLessThan(1e-15);
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
    const graded = Float64Array.of(1e8, 1, 0, 1, 1, 1e-4, 0, 1e-4, 1e-8);
    const sum = symmetricEigen(graded, 3).values.reduce((a, b) => a + b, 0);
    expect(sum / (1e8 + 1 + 1e-8)).toBeCloseTo(1, 14);
    expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toThrow(/not finite/);
  });

  it('have the same bits everywhere', () => {
    const random = new RandomStream('00000000000000e2', 0);
    const { values, vectors } = symmetricEigen(randomSymmetric(31, random), 31, true);
    expect(bitsOf(values)).toMatchInlineSnapshot(`"09cba1c93f6ca962"`);
    expect(bitsOf(vectors)).toMatchInlineSnapshot(`"720e145fe7a6d539"`);
  });
});

describe('eigenvalues of Hermitian matrices', () => {
  it('of Pauli matrices are ±1, and of circulants a Fourier sum', () => {
    expect([...hermitianEigenvalues(Float64Array.of(0, 0, 0, 0), Float64Array.of(0, -1, 1, 0), 2)]).toEqual([
      expect.closeTo(-1, 14),
      expect.closeTo(1, 14),
    ]);
    // c₀ = 2, c₁ = i, c₋₁ = −i: λ_k = 2 − 2 sin(2πk/n)
    const n = 5;
    const real = new Float64Array(n * n);
    const imaginary = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      real[n * i + i] = 2;
      imaginary[n * i + ((i + 1) % n)] = 1;
      imaginary[n * i + ((i + n - 1) % n)] = -1;
    }
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.sin((2 * Math.PI * k) / n)).sort((a, b) => a - b);
    hermitianEigenvalues(real, imaginary, n).forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k]!, 13);
    });
  });
});
