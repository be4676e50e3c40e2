import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveWithRidge } from '../../src/numerics/linear-solve.ts';

const entry = fc.double({ min: -1, max: 1, noNaN: true });

describe('solveWithRidge', () => {
  it('solves normal equations', () => {
    const systems = fc.integer({ min: 1, max: 12 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        rows: fc.array(fc.array(entry, { minLength: n, maxLength: n }), { minLength: n, maxLength: 3 * n }),
        x: fc.array(entry, { minLength: n, maxLength: n }),
      }),
    );
    fc.assert(
      fc.property(systems, ({ n, rows, x }) => {
        const matrix = new Float64Array(n * n);
        for (const row of rows)
          for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) matrix[n * i + j]! += row[i]! * row[j]!;
        for (let i = 0; i < n; i++) matrix[n * i + i]! += 0.1;
        const right = Float64Array.from({ length: n }, (_, i) =>
          x.reduce((sum, xj, j) => sum + matrix[n * i + j]! * xj, 0),
        );
        const { solution, ridge } = solveWithRidge(matrix, right, 1e-15);
        expect(ridge).toBe(1e-15);
        for (let i = 0; i < n; i++) expect(Math.abs(solution[i]! - x[i]!)).toBeLessThan(1e-9);
      }),
    );
  });

  it('fits as well as can be where the data leave directions open', () => {
    // Two equal columns and an empty one: x0 + x1 = 2, x2 anything.
    const { solution } = solveWithRidge(Float64Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0), Float64Array.of(2, 2, 0), 1e-13);
    expect(solution[0]! + solution[1]!).toBeCloseTo(2, 9);
    expect(solution[2]).toBe(0);
  });

  it('takes a larger ridge where rounding makes a pivot negative, and says so', () => {
    const matrix = Float64Array.of(1, 1, 1, 1 - 1e-12);
    const { solution, ridge } = solveWithRidge(matrix, Float64Array.of(1, 1), 1e-15);
    expect(ridge).toBeGreaterThan(1e-15);
    expect(solution[0]! + solution[1]!).toBeCloseTo(1, 3);
  });

  it('refuses indefinite matrices and numbers that are not finite', () => {
    expect(() => solveWithRidge(Float64Array.of(-1), Float64Array.of(1), 1e-13)).toThrow(/no usable solution/);
    expect(() => solveWithRidge(Float64Array.of(Number.NaN), Float64Array.of(1), 1e-13)).toThrow(/no usable solution/);
    expect(() => solveWithRidge(Float64Array.of(1), Float64Array.of(Number.NaN), 1e-13)).toThrow(/no usable solution/);
  });
});
