/** Quantiles: of a distribution by bisection of its distribution function, and of samples. */

/**
 * The x ≥ 0 at which an increasing distribution function on [0, ∞) reaches `probability`, to the last few bits.
 * @param probability in (0, 1)
 */
export function invertDistribution(distribution: (x: number) => number, probability: number): number {
  let low = 0;
  let high = 1;
  while (distribution(high) < probability) {
    low = high;
    high *= 2;
  }
  // Small quantiles need a bound of their own order: halving an interval from 0 on has an absolute error.
  while (low === 0 && high > 1e-300 && distribution(high / 2) >= probability) high /= 2;
  for (let n = 0; n < 60; n++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Quantile of samples by linear interpolation between the nearest two (Hyndman & Fan 1996, definition 7).
 * @param sorted ascending, not empty
 */
export function sampleQuantile(sorted: ArrayLike<number>, probability: number): number {
  const place = probability * (sorted.length - 1);
  const below = Math.min(sorted.length - 1, Math.max(0, Math.floor(place)));
  const above = Math.min(sorted.length - 1, below + 1);
  const share = place - below;
  return share > 0 ? sorted[below]! + share * (sorted[above]! - sorted[below]!) : sorted[below]!;
}
