/**
 * The nested random-effects decomposition y = μ + scheme run + fit within scheme run + MD run within fit, for designs of
 * any shape, with 95 % intervals by generalised pivots (Weerahandi, J. Am. Stat. Assoc. 88, 899 (1993); for unequal
 * variances Iyer, Wang & Mathew, ibid. 99, 1060 (2004); here with one level more). At the true variances
 *
 *   SS within fits / σ²_sampling,  Q_fit(σ²_fit; σ²_sampling),  Q_training(σ²_training; σ²_fit, σ²_sampling)
 *
 * are independent χ² (`random-effects.ts`). Drawing these three and solving for the variances, innermost first, gives a
 * distribution of each variance, of their shares, and of μ; its quantiles are the intervals. Estimates are the solutions
 * with each χ² at its mean: in balanced designs those of the analysis of variance, and 0 where that would be negative.
 * docs/decisions/0013 has what was measured.
 */
import { drawChiSquared } from '../../numerics/chi-squared.ts';
import { RandomStream } from '../../numerics/philox.ts';
import { sampleQuantile } from '../../numerics/quantile.ts';
import { type NestedSample, type Source, type Term, termsOf } from './nested-sample.ts';
import { type Effects, solveEffectVariance, weightedMean } from './random-effects.ts';

export type Interval = readonly [number, number];

/** Variances by the level at which they are seen, in the square of the values' unit; 0 where a level shows none. */
export type Variances = { readonly [source in Source]: number };

export interface Component extends Term {
  readonly degreesOfFreedom: number;
  /** Standard deviation, in the values' unit. */
  readonly deviation: number;
  readonly deviation95: Interval;
  /** Part of the variance of one new value. */
  readonly share: number;
  readonly share95: Interval;
}

export interface Decomposition {
  /** Outermost first; empty where there is a single value. */
  readonly components: readonly Component[];
  /** Weighted by what the components say. */
  readonly mean: number;
  readonly meanStandardError: number;
  readonly mean95: Interval;
  /** What the mean is of: of all scheme runs there could be, or of the one training set or fit that there is. */
  readonly meanOver: 'scheme runs' | 'fits of one scheme run' | 'runs of one fit';
  readonly variances: Variances;
  /** Equally likely variances, given the values: what `furtherRuns` carries to its answer. */
  readonly draws: readonly Variances[];
}

/** Enough that the ends of an interval are good to a few hundredths of its width. */
const DRAWS = 2000;

/** @param seed 16 hexadecimal digits; @param drawCount how many draws the intervals come from */
export function decomposeVariance(sample: NestedSample, seed: string, drawCount = DRAWS): Decomposition | undefined {
  const { degreesOfFreedom: freedom } = sample;
  const terms = termsOf(freedom);
  if (terms.length === 0) return undefined;
  const estimate = solveVariances(sample, freedom);
  const random = new RandomStream(seed, 0);
  const draw = (level: Source): number => (freedom[level] === 0 ? 0 : drawChiSquared(random, freedom[level]));
  const draws: Variances[] = [];
  const means: number[] = [];
  for (let n = 0; n < drawCount; n++) {
    const variances = solveVariances(sample, {
      training: draw('training'),
      fit: draw('fit'),
      sampling: draw('sampling'),
    });
    const centre = grandMean(sample, variances);
    draws.push(variances);
    means.push(centre.mean + Math.sqrt(centre.variance) * random.normal());
  }
  const centre = grandMean(sample, estimate);
  return {
    components: terms.map((term) => componentOf(term, freedom[term.level], estimate, draws)),
    mean: centre.mean,
    meanStandardError: Math.sqrt(centre.variance),
    mean95: interval95(means),
    meanOver: freedom.training > 0 ? 'scheme runs' : freedom.fit > 0 ? 'fits of one scheme run' : 'runs of one fit',
    variances: estimate,
    draws,
  };
}

function componentOf(term: Term, freedom: number, estimate: Variances, draws: readonly Variances[]): Component {
  const share = (variances: Variances): number => {
    const total = totalVariance(variances);
    return total > 0 ? variances[term.level] / total : 0;
  };
  return {
    ...term,
    degreesOfFreedom: freedom,
    deviation: Math.sqrt(estimate[term.level]),
    deviation95: interval95(draws.map((variances) => Math.sqrt(variances[term.level]))),
    share: share(estimate),
    share95: interval95(draws.map(share)),
  };
}

export const totalVariance = ({ training, fit, sampling }: Variances): number => training + fit + sampling;

function interval95(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  return [sampleQuantile(sorted, 0.025), sampleQuantile(sorted, 0.975)];
}

/** The variances at which the three quantities have the values `targets`; 0 at a level without degrees of freedom. */
export function solveVariances(sample: NestedSample, targets: { readonly [source in Source]: number }): Variances {
  const { degreesOfFreedom: freedom } = sample;
  const sampling = freedom.sampling === 0 ? 0 : sample.squaresWithinFits / targets.sampling;
  const fits = fitEffects(sample, sampling);
  const fit = freedom.fit === 0 ? 0 : solveEffectVariance(fits, targets.fit);
  const training = freedom.training === 0 ? 0 : solveEffectVariance([schemeEffects(fits, fit)], targets.training);
  return { training, fit, sampling };
}

const fitEffects = ({ schemes }: NestedSample, samplingVariance: number): Effects[] =>
  schemes.map((fits) => ({
    values: fits.map(({ mean }) => mean),
    variances: fits.map(({ runs }) => samplingVariance / runs),
  }));

function schemeEffects(fits: readonly Effects[], fitVariance: number): Effects {
  const means = fits.map((group) => weightedMean(group, fitVariance));
  return { values: means.map(({ mean }) => mean), variances: means.map(({ variance }) => variance) };
}

function grandMean(sample: NestedSample, variances: Variances): { mean: number; variance: number } {
  return weightedMean(schemeEffects(fitEffects(sample, variances.sampling), variances.fit), variances.training);
}
