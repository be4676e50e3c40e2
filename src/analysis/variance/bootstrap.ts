/**
 * Bootstrap interval of a standard deviation: ln s studentised by its jackknife error (bootstrap-t, Efron & Tibshirani, An
 * Introduction to the Bootstrap, 1993, §12.5; the logarithm stabilises the variance, §12.6).
 */
import { exp, log } from '../../numerics/elementary.ts';
import { RandomStream } from '../../numerics/philox.ts';
import { sampleQuantile } from '../../numerics/quantile.ts';
import { variance } from '../../numerics/statistics.ts';
import type { Interval } from './nested-components.ts';

const RESAMPLES = 2000;
/** Fewer values have too few different resamples. */
export const FEWEST_RESAMPLED = 5;

/** @returns null below `FEWEST_RESAMPLED` values, and where their jackknife finds no error of s */
export function deviationByBootstrap(values: readonly number[], seed: string): Interval | null {
  const n = values.length;
  if (n < FEWEST_RESAMPLED) return null;
  const whole = logDeviation(values);
  if (whole === undefined) return null;
  const random = new RandomStream(seed, 0);
  const studentised: number[] = [];
  for (let k = 0; k < RESAMPLES; k++) {
    const resample = Array.from({ length: n }, () => values[random.integer(n)]!);
    // One whose scatter is that of a single value says nothing of s.
    const found = logDeviation(resample);
    if (found !== undefined) studentised.push((found.value - whole.value) / found.error);
  }
  const sorted = Float64Array.from(studentised).sort();
  return [
    exp(whole.value - sampleQuantile(sorted, 0.975) * whole.error),
    exp(whole.value - sampleQuantile(sorted, 0.025) * whole.error),
  ];
}

/** ln s and its jackknife error; undefined where s, or s without one value, is 0, or the error is. */
function logDeviation(values: readonly number[]): { value: number; error: number } | undefined {
  const n = values.length;
  const squares = variance(values) * (n - 1);
  if (!(squares > 0)) return undefined;
  let sum = 0;
  for (const value of values) sum += value;
  const left: number[] = [];
  for (const value of values) {
    // Squares about the mean of the others, from those about the mean of all.
    const apart = value - sum / n;
    const others = squares - (n / (n - 1)) * apart * apart;
    if (!(others > 1e-12 * squares)) return undefined;
    left.push(log(others / (n - 2)) / 2);
  }
  const error = Math.sqrt((variance(left) * (n - 1) * (n - 1)) / n);
  return error > 0 ? { value: log(squares / (n - 1)) / 2, error } : undefined;
}
