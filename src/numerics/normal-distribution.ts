/** The standard normal distribution: distribution function and quantile. */
import { incompleteGamma } from './incomplete-gamma.ts';
import { invertDistribution } from './quantile.ts';

export function normalProbability(z: number): number {
  const central = incompleteGamma(0.5, (z * z) / 2);
  return z < 0 ? (1 - central) / 2 : (1 + central) / 2;
}

/** @param probability in (0, 1) */
export function normalQuantile(probability: number): number {
  if (probability === 0.5) return 0;
  const central = Math.abs(2 * probability - 1);
  const z = Math.sqrt(2 * invertDistribution((x) => incompleteGamma(0.5, x), central));
  return probability < 0.5 ? -z : z;
}
