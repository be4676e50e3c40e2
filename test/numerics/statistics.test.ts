import { describe, expect, it } from 'vitest';
import { incompleteBeta } from '../../src/numerics/incomplete-beta.ts';
import { jackknifeStandardError } from '../../src/numerics/jackknife.ts';
import { fitLine } from '../../src/numerics/line-fit.ts';
import { logGamma } from '../../src/numerics/log-gamma.ts';
import { mean, standardDeviation, variance } from '../../src/numerics/statistics.ts';
import { centralProbability, quantile95 } from '../../src/numerics/student-t.ts';

describe('statistics', () => {
  it('has mean, variance and standard deviation', () => {
    expect(mean([1, 2, 3, 6])).toBe(3);
    expect(variance([1, 2, 3, 6])).toBeCloseTo(14 / 3, 14);
    expect(standardDeviation([5])).toBe(0);
  });

  it('fits the line through weighted points', () => {
    const fit = fitLine([0, 1, 2, 4], [1, 3, 5, 9], [1, 2, 3, 4])!;
    expect(fit.slope).toBeCloseTo(2, 14);
    expect(fit.intercept).toBeCloseTo(1, 14);
    // A point of weight 3 is three points.
    const heavy = fitLine([0, 1, 3], [1, 0, 2], [1, 3, 1])!;
    const repeated = fitLine([0, 1, 1, 1, 3], [1, 0, 0, 0, 2])!;
    expect(heavy.slope).toBeCloseTo(repeated.slope, 14);
    expect(heavy.spread).toBeCloseTo(repeated.spread, 14);
    expect(fitLine([2, 2], [1, 5])).toBeNull();
  });

  it('has ln Γ and the incomplete beta function', () => {
    expect(logGamma(1)).toBeCloseTo(0, 13);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 12);
    // I_x(2, 3) = 6x² − 8x³ + 3x⁴
    for (const x of [0, 0.1, 0.4, 0.9, 1]) {
      expect(incompleteBeta(x, 2, 3)).toBeCloseTo(6 * x ** 2 - 8 * x ** 3 + 3 * x ** 4, 13);
    }
  });

  it('has the tabulated quantiles of Student’s t', () => {
    const table: [number, number][] = [
      [1, 12.7062047362],
      [2, 4.3026527297],
      [3, 3.1824463053],
      [10, 2.228138852],
      [19, 2.0930240544],
      [100, 1.9839715184],
      [1000, 1.9623390808],
      [Number.POSITIVE_INFINITY, 1.9599639845],
    ];
    for (const [freedom, t] of table) expect(quantile95(freedom)).toBeCloseTo(t, 8);
    expect(quantile95(999.999)).toBeCloseTo(quantile95(1000), 7);
    expect(quantile95(2.5)).toBeGreaterThan(quantile95(3));
    expect(centralProbability(1, 1)).toBeCloseTo(0.5, 13);
  });

  it('jackknifes a mean to its textbook standard error', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const without = values.map((_, g) => mean(values.filter((__, k) => k !== g)));
    const error = jackknifeStandardError(new Array(8).fill(1), mean(values), without);
    expect(error).toBeCloseTo(standardDeviation(values) / Math.sqrt(8), 13);
  });
});
