/** The χ² distribution with ν > 0 degrees of freedom, not necessarily whole: distribution function, quantile, draws. */
import { exp, log } from './elementary.ts';
import { incompleteGamma } from './incomplete-gamma.ts';
import type { RandomStream } from './philox.ts';
import { invertDistribution } from './quantile.ts';

export const chiSquaredProbability = (x: number, degreesOfFreedom: number): number =>
  incompleteGamma(degreesOfFreedom / 2, x / 2);

export const chiSquaredQuantile = (probability: number, degreesOfFreedom: number): number =>
  invertDistribution((x) => chiSquaredProbability(x, degreesOfFreedom), probability);

/** One draw: twice a gamma variate by Marsaglia and Tsang, ACM Trans. Math. Softw. 26, 363 (2000). */
export function drawChiSquared(random: RandomStream, degreesOfFreedom: number): number {
  const shape = degreesOfFreedom / 2;
  if (shape >= 1) return 2 * drawGamma(random, shape);
  const boosted = drawGamma(random, shape + 1);
  return 2 * boosted * exp(log(1 - random.uniform()) / shape);
}

/** Shape ≥ 1, scale 1. */
function drawGamma(random: RandomStream, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = random.normal();
    const root = 1 + c * normal;
    if (root <= 0) continue;
    const cube = root * root * root;
    // 1 − uniform is never 0, so that its logarithm is there. The first test spares most logarithms.
    const uniform = 1 - random.uniform();
    const square = normal * normal;
    if (uniform < 1 - 0.0331 * square * square) return d * cube;
    if (log(uniform) < 0.5 * square + d - d * cube + d * log(cube)) return d * cube;
  }
}
