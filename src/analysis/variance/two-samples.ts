/**
 * Two sets of independent values beside each other: the difference of their means by Welch's t (Biometrika 34, 28 (1947)),
 * the ratio of their variances by Fisher's F; for positive values both of the logarithms too, which is the ratio of their
 * (geometric) means and the ratio of their relative variances. All hold for normal values, the F more strictly than the t.
 */
import { exp, log } from '../../numerics/elementary.ts';
import { fisherProbability, fisherQuantile } from '../../numerics/fisher-f.ts';
import { mean, variance } from '../../numerics/statistics.ts';
import { centralProbability, quantile95 } from '../../numerics/student-t.ts';
import type { Interval } from './nested-components.ts';

export interface Estimate {
  readonly value: number;
  /** null where a set has a single value. */
  readonly interval95: Interval | null;
  /** Probability of a deviation from equality as large as this one or larger, if there is none. */
  readonly pValue: number | null;
}

export interface Contrast {
  /** First less second. */
  readonly differenceOfMeans: Estimate;
  /** First over second. null where a variance is 0 or a set has a single value. */
  readonly ratioOfVariances: Estimate | null;
}

export interface Comparison {
  readonly counts: readonly [number, number];
  readonly means: readonly [number, number];
  readonly plain: Contrast;
  /** Of geometric means, and of the variances of the logarithms; null unless all values are positive. */
  readonly relative: { readonly ratioOfMeans: Estimate; readonly ratioOfVariances: Estimate | null } | null;
}

/** @param a, b at least one value each */
export function compareSamples(a: readonly number[], b: readonly number[]): Comparison {
  const positive = [...a, ...b].every((value) => value > 0);
  const logs = positive ? contrast(a.map(log), b.map(log)) : undefined;
  return {
    counts: [a.length, b.length],
    means: [mean(a), mean(b)],
    plain: contrast(a, b),
    relative:
      logs === undefined
        ? null
        : { ratioOfMeans: exponential(logs.differenceOfMeans), ratioOfVariances: logs.ratioOfVariances },
  };
}

const exponential = ({ value, interval95, pValue }: Estimate): Estimate => ({
  value: exp(value),
  interval95: interval95 === null ? null : [exp(interval95[0]), exp(interval95[1])],
  pValue,
});

const contrast = (a: readonly number[], b: readonly number[]): Contrast => ({
  differenceOfMeans: differenceOfMeans(a, b),
  ratioOfVariances: ratioOfVariances(a, b),
});

function differenceOfMeans(a: readonly number[], b: readonly number[]): Estimate {
  const value = mean(a) - mean(b);
  if (a.length < 2 || b.length < 2) return { value, interval95: null, pValue: null };
  const [va, vb] = [variance(a) / a.length, variance(b) / b.length];
  const squared = va + vb;
  if (!(squared > 0)) return { value, interval95: [value, value], pValue: null };
  const freedom = (squared * squared) / ((va * va) / (a.length - 1) + (vb * vb) / (b.length - 1));
  const error = Math.sqrt(squared);
  const half = quantile95(freedom) * error;
  return {
    value,
    interval95: [value - half, value + half],
    pValue: 1 - centralProbability(Math.abs(value) / error, freedom),
  };
}

function ratioOfVariances(a: readonly number[], b: readonly number[]): Estimate | null {
  const [va, vb] = [variance(a), variance(b)];
  if (a.length < 2 || b.length < 2 || !(va > 0) || !(vb > 0)) return null;
  const value = va / vb;
  const freedoms = [a.length - 1, b.length - 1] as const;
  const below = fisherProbability(value, freedoms);
  return {
    value,
    interval95: [value / fisherQuantile(0.975, freedoms), value / fisherQuantile(0.025, freedoms)],
    pValue: Math.min(1, 2 * Math.min(below, 1 - below)),
  };
}
