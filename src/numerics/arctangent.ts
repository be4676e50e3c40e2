/**
 * The angle of a point by + − × ÷ and sqrt alone, so that it has the same bits under every runtime (docs/numerics.md,
 * rule 1). Accuracy: within a few units in the last place.
 */

/** Angle of the point (x, y) from the positive x axis, radians, for y ≥ 0: 0 to π. NaN for (0, 0). */
export function angleOf(x: number, y: number): number {
  const radius = Math.sqrt(x * x + y * y);
  // tan(θ/2) = y / (r + x) = (r − x) / y: the one that does not cancel.
  return x >= 0 ? 2 * arctangent(y / (radius + x)) : Math.PI - 2 * arctangent(y / (radius - x));
}

/** atan(t) for 0 ≤ t ≤ 1: the angle is halved three times, then summed as a series. */
function arctangent(t: number): number {
  let reduced = t;
  for (let n = 0; n < 3; n++) reduced /= 1 + Math.sqrt(1 + reduced * reduced);
  const square = reduced * reduced;
  // |reduced| ≤ tan(π/32) < 0.1: terms beyond the 19th power are below 1e-19.
  let sum = 0;
  for (let n = 19; n >= 1; n -= 2) sum = 1 / n - square * sum;
  return 8 * reduced * sum;
}
