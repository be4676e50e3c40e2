/**
 * Radial basis of moment tensor potentials: φ_n(r) = T_n(ξ) (r − r_max)², ξ = (2r − r_min − r_max) / (r_max − r_min),
 * n = 0 … R−1, T_n the Chebyshev polynomials of the first kind. Below r_min the polynomials are simply continued.
 */
export interface RadialInterval {
  readonly minDistanceA: number;
  readonly maxDistanceA: number;
}

/**
 * Writes φ_n(r) and dφ_n/dr (Å², Å) for r in Å to `size` places of `values` and `slopes` from `at` on, size ≥ 1, without
 * the potential's scaling.
 */
export function radialBasis(
  interval: RadialInterval,
  rA: number,
  size: number,
  values: Float64Array,
  slopes: Float64Array,
  at: number,
): void {
  const { minDistanceA, maxDistanceA } = interval;
  const perXi = 2 / (maxDistanceA - minDistanceA);
  const xi = (2 * rA - (minDistanceA + maxDistanceA)) / (maxDistanceA - minDistanceA);
  const d = rA - maxDistanceA;
  const smooth = d * d;
  const smoothSlope = 2 * d;
  let before = 1; // T_{n−1}, its derivative by ξ, then T_n and its derivative
  let beforeSlope = 0;
  let now = xi;
  let nowSlope = 1;
  values[at] = smooth;
  slopes[at] = smoothSlope;
  for (let n = 1; n < size; n++) {
    values[at + n] = now * smooth;
    slopes[at + n] = nowSlope * perXi * smooth + now * smoothSlope;
    const next = 2 * xi * now - before;
    const nextSlope = 2 * (now + xi * nowSlope) - beforeSlope;
    before = now;
    beforeSlope = nowSlope;
    now = next;
    nowSlope = nextSlope;
  }
}
