/**
 * Regularised incomplete gamma function P(a, x) = γ(a, x)/Γ(a), a > 0, x ≥ 0: by its series below x = a + 1, by its
 * continued fraction above (Abramowitz & Stegun 6.5.29 and 6.5.31, the latter by the modified Lentz algorithm).
 * Accurate to about 1e-13 for a up to some thousands.
 */
import { exp, log } from './elementary.ts';
import { logGamma } from './log-gamma.ts';

const ENOUGH = 1e-16;
const MOST_TERMS = 10_000;

export function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = exp(a * log(x) - x - logGamma(a));
  return x < a + 1 ? front * series(a, x) : 1 - front * fraction(a, x);
}

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > ENOUGH * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < ENOUGH) break;
  }
  return value;
}
