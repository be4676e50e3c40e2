/**
 * Mean and standard deviation of one set of independent values, with 95 % intervals: Student's t for the mean, χ² and a
 * bootstrap for the standard deviation. The first two hold for normal values; the bootstrap needs no distribution, but many
 * values (docs/decisions/0013 has what was measured).
 */
import { chiSquaredQuantile } from '../../numerics/chi-squared.ts';
import { mean, standardDeviation } from '../../numerics/statistics.ts';
import { quantile95 } from '../../numerics/student-t.ts';
import { deviationByBootstrap } from './bootstrap.ts';
import type { Interval } from './nested-components.ts';

export interface Scatter {
  readonly count: number;
  readonly mean: number;
  readonly mean95: Interval | null;
  /** Of single values, n − 1 in the denominator; null for one value. */
  readonly deviation: number | null;
  readonly chiSquared95: Interval | null;
  /** null below `FEWEST_RESAMPLED` values, and where all are equal. */
  readonly bootstrap95: Interval | null;
}

/** @param values at least one; @param seed 16 hexadecimal digits, of the bootstrap */
export function describeScatter(values: readonly number[], seed: string): Scatter {
  const count = values.length;
  const centre = mean(values);
  if (count < 2) {
    return { count, mean: centre, mean95: null, deviation: null, chiSquared95: null, bootstrap95: null };
  }
  const deviation = standardDeviation(values);
  const half = (quantile95(count - 1) * deviation) / Math.sqrt(count);
  return {
    count,
    mean: centre,
    mean95: [centre - half, centre + half],
    deviation,
    chiSquared95: deviationInterval(deviation, count - 1),
    bootstrap95: deviationByBootstrap(values, seed),
  };
}

/** s √(ν/χ²): of a standard deviation with ν degrees of freedom, for normal values. */
export const deviationInterval = (deviation: number, degreesOfFreedom: number): Interval => [
  deviation * Math.sqrt(degreesOfFreedom / chiSquaredQuantile(0.975, degreesOfFreedom)),
  deviation * Math.sqrt(degreesOfFreedom / chiSquaredQuantile(0.025, degreesOfFreedom)),
];
