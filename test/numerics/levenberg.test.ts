import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factorCholesky, solveCholesky } from '../../src/numerics/cholesky.ts';
import { type LeastSquares, startLevenberg, stepLevenberg } from '../../src/numerics/levenberg.ts';
import { RandomStream } from '../../src/numerics/philox.ts';

describe('Cholesky', () => {
  it('solves positive definite systems, and refuses others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 23 }), fc.nat(65535), (n, seed) => {
        const random = new RandomStream('00000000c0de0021', seed);
        const rows = Array.from({ length: n }, () => Float64Array.from({ length: n + 2 }, () => random.normal()));
        const matrix = Float64Array.from({ length: n * n }, (_, k) => {
          const [i, j] = [Math.floor(k / n), k % n];
          return rows[i]!.reduce((sum, a, r) => sum + a * rows[j]![r]!, i === j ? 0.1 : 0);
        });
        const x = Float64Array.from({ length: n }, () => random.normal());
        const b = x.map((_, i) => x.reduce((sum, value, j) => sum + matrix[n * i + j]! * value, 0));
        const factor = matrix.slice();
        expect(factorCholesky(factor, n)).toBe(true);
        const found = solveCholesky(factor, n, b);
        for (const [k, value] of x.entries()) expect(Math.abs(found[k]! - value)).toBeLessThan(1e-8);
        const indefinite = matrix.slice();
        indefinite[n * n - 1] = -1;
        expect(factorCholesky(indefinite, n)).toBe(false);
      }),
    );
  });
});

/** Residuals 10 (x₁ − x₀²), 1 − x₀: Rosenbrock's valley as a sum of squares. */
const valley: LeastSquares = {
  evaluate: (x, gradient) => {
    const [a, b] = [10 * (x[1]! - x[0]! * x[0]!), 1 - x[0]!];
    gradient?.set([-40 * x[0]! * a - 2 * b, 20 * a]);
    return a * a + b * b;
  },
  gaussNewton: (x) => {
    const [j0, j1] = [-20 * x[0]!, 10];
    return Float64Array.of(2 * (j0 * j0 + 1), 2 * j0 * j1, 2 * j0 * j1, 2 * j1 * j1);
  },
};

describe('Levenberg and Marquardt', () => {
  it('finds the end of a curved valley in few steps, every one downhill', () => {
    const state = startLevenberg(Float64Array.of(-1.2, 1), valley);
    let before = state.value;
    let steps = 0;
    while (stepLevenberg(state, valley)) {
      expect(state.value).toBeLessThan(before);
      before = state.value;
      steps += 1;
    }
    expect(steps).toBeLessThan(40);
    for (const x of state.x) expect(x).toBeCloseTo(1, 8);
  });

  it('leaves alone what nothing determines', () => {
    const flat: LeastSquares = {
      evaluate: (x, gradient) => {
        gradient?.set([2 * (x[0]! - 3), 0]);
        return (x[0]! - 3) ** 2;
      },
      gaussNewton: () => Float64Array.of(2, 0, 0, 0),
    };
    const state = startLevenberg(Float64Array.of(0, 7), flat);
    while (stepLevenberg(state, flat));
    expect(state.x[0]).toBeCloseTo(3, 8);
    expect(state.x[1]).toBe(7);
  });

  it('steps less far where a trial gives no number, and stays where none is lower', () => {
    const wall: LeastSquares = {
      ...valley,
      evaluate: (x, gradient) => (x[0]! > -1 ? Number.NaN : valley.evaluate(x, gradient)),
    };
    const state = startLevenberg(Float64Array.of(-1.2, 1), wall);
    for (let n = 0; n < 50 && stepLevenberg(state, wall); n++) expect(state.x[0]).toBeLessThanOrEqual(-1);
    const still = startLevenberg(Float64Array.of(1, 1), valley);
    expect(stepLevenberg(still, valley)).toBe(false);
    expect([...still.x]).toEqual([1, 1]);
  });
});
