/** ln Γ(x) for x > 0: Stirling's series from x ≥ 15 on (Abramowitz & Stegun 6.1.41), the recurrence below. */
import { log } from './elementary.ts';

/** ½ ln 2π. */
const HALF_LOG_TWO_PI = 0.9189385332046728;

export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 15) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const inverse2 = inverse * inverse;
  const series = inverse * (1 / 12 - inverse2 * (1 / 360 - inverse2 * (1 / 1260 - inverse2 * (1 / 1680))));
  return (shifted - 0.5) * log(shifted) - shifted + HALF_LOG_TWO_PI + series - log(product);
}
