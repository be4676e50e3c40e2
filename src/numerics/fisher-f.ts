/** Fisher's F distribution, that of a ratio of two mean squares: distribution function and quantile. */
import { incompleteBeta } from './incomplete-beta.ts';
import { invertDistribution } from './quantile.ts';

/** Degrees of freedom of the numerator and of the denominator, both > 0. */
export type Freedoms = readonly [number, number];

export const fisherProbability = (x: number, [n, m]: Freedoms): number =>
  x <= 0 ? 0 : incompleteBeta((n * x) / (n * x + m), n / 2, m / 2);

export const fisherQuantile = (probability: number, freedoms: Freedoms): number =>
  invertDistribution((x) => fisherProbability(x, freedoms), probability);
