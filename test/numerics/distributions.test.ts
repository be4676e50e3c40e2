import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquaredProbability, chiSquaredQuantile, drawChiSquared } from '../../src/numerics/chi-squared.ts';
import { fisherProbability, fisherQuantile } from '../../src/numerics/fisher-f.ts';
import { normalProbability, normalQuantile } from '../../src/numerics/normal-distribution.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { sampleQuantile } from '../../src/numerics/quantile.ts';
import { mean, variance } from '../../src/numerics/statistics.ts';
import { centralProbability } from '../../src/numerics/student-t.ts';

describe('distributions', () => {
  it('have the tabulated quantiles (Abramowitz & Stegun, tables 26.8 and 26.9; NIST)', () => {
    expect(chiSquaredQuantile(0.975, 4)).toBeCloseTo(11.1433, 4);
    expect(chiSquaredQuantile(0.025, 4)).toBeCloseTo(0.484419, 6);
    expect(chiSquaredQuantile(0.025, 1)).toBeCloseTo(9.8207e-4, 8);
    expect(chiSquaredQuantile(0.975, 9)).toBeCloseTo(19.0228, 4);
    expect(chiSquaredQuantile(0.95, 100)).toBeCloseTo(124.342, 3);
    expect(fisherQuantile(0.975, [4, 9])).toBeCloseTo(4.7181, 4);
    expect(fisherQuantile(0.95, [1, 10])).toBeCloseTo(4.9646, 4);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 10);
    expect(normalProbability(-1)).toBeCloseTo(0.15865525393145707, 13);
  });

  it('agree with one another: χ² of 2 is exponential, F of (1, ν) is t², quantiles invert', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (p, n, m) => {
          expect(chiSquaredProbability(-2 * Math.log1p(-p), 2)).toBeCloseTo(p, 12);
          expect(chiSquaredProbability(chiSquaredQuantile(p, n), n)).toBeCloseTo(p, 10);
          expect(fisherProbability(fisherQuantile(p, [n, m]), [n, m])).toBeCloseTo(p, 9);
          const t = 3 * p;
          expect(fisherProbability(t * t, [1, m])).toBeCloseTo(centralProbability(t, m), 10);
          expect(normalProbability(normalQuantile(p))).toBeCloseTo(p, 11);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are drawn from as they are: mean ν, variance 2ν, and quantiles', () => {
    for (const nu of [1, 2, 4, 9]) {
      const random = new RandomStream('00000000000000aa', nu);
      const draws = Float64Array.from({ length: 20_000 }, () => drawChiSquared(random, nu));
      expect(Math.abs(mean(draws) - nu)).toBeLessThan(4 * Math.sqrt((2 * nu) / draws.length));
      expect(Math.abs(variance(draws) / (2 * nu) - 1)).toBeLessThan(0.15);
      const below = draws.filter((x) => x < chiSquaredQuantile(0.025, nu)).length / draws.length;
      expect(Math.abs(below - 0.025)).toBeLessThan(4 * Math.sqrt((0.025 * 0.975) / draws.length));
    }
  });

  it('takes quantiles of samples between the nearest two', () => {
    expect(sampleQuantile([1, 2, 4], 0.5)).toBe(2);
    expect(sampleQuantile([1, 2, 4], 0.75)).toBe(3);
    expect(sampleQuantile([7], 0.1)).toBe(7);
    expect(sampleQuantile([1, 2], 1)).toBe(2);
  });
});
