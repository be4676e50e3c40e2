/**
 * Student's t distribution, as far as two-sided 95 % intervals need it: value ± quantile95(ν) × standard error, where ν
 * counts the degrees of freedom that the standard error itself was estimated from.
 */
import { incompleteBeta } from './incomplete-beta.ts';

/** The 97.5 % quantile of the standard normal distribution: that of t for ν → ∞. */
const NORMAL_975 = 1.959963984540054;

/** Probability of |t| ≤ `t` for ν > 0 degrees of freedom, not necessarily whole. */
export const centralProbability = (t: number, degreesOfFreedom: number): number =>
  1 - incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);

/**
 * t with central probability 0.95. By bisection below ν = 1000, by the expansion in 1/ν (Abramowitz & Stegun 26.7.5,
 * two terms, error below 1e-8 there) above; ν = Infinity gives the normal distribution's 1.96.
 */
export function quantile95(degreesOfFreedom: number): number {
  if (degreesOfFreedom >= 1000) {
    const z = NORMAL_975;
    const first = (z * z * z + z) / 4;
    const second = (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / 96;
    return z + first / degreesOfFreedom + second / degreesOfFreedom / degreesOfFreedom;
  }
  let low = 0;
  let high = 2;
  while (centralProbability(high, degreesOfFreedom) < 0.95) {
    low = high;
    high *= 2;
  }
  for (let n = 0; n < 60; n++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degreesOfFreedom) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
