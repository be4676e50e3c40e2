/**
 * What a nested design would tell, given the variances: the standard error of its mean, exactly, and those of the variances
 * that it estimates, to first order (the variances of the three pivots of `nested-components.ts`, and how each solution
 * moves with those within it).
 */
import type { Variances } from './nested-components.ts';
import type { Source } from './nested-sample.ts';

/** A design by kinds of scheme runs and fits, so that a large one is a few numbers. */
export type Design = readonly SchemeKind[];

export interface SchemeKind {
  readonly count: number;
  readonly fits: readonly { readonly count: number; readonly runs: number }[];
}

/** Σw, Σw², Σw/n, Σw²/n over the fits of one scheme run, w = 1/(σ²_fit + σ²_sampling/n). */
interface FitSums {
  readonly fits: number;
  readonly runs: number;
  readonly w: number;
  readonly w2: number;
  readonly wn: number;
  readonly w2n: number;
}

function fitSums({ fits }: SchemeKind, { training, fit, sampling }: Variances): FitSums {
  const sums = { fits: 0, runs: 0, w: 0, w2: 0, wn: 0, w2n: 0 };
  // Where a design shows no scatter within fits, and variances say none between them, weights would be infinite.
  const least = 1e-12 * (training + fit + sampling);
  for (const { count, runs } of fits) {
    const w = 1 / Math.max(least, fit + sampling / runs);
    sums.fits += count;
    sums.runs += count * runs;
    sums.w += count * w;
    sums.w2 += count * w * w;
    sums.wn += (count * w) / runs;
    sums.w2n += (count * w * w) / runs;
  }
  return sums;
}

/** Of the mean over scheme runs; with a training variance of 0, of the mean of these. */
export function meanErrorVariance(design: Design, variances: Variances): number {
  let information = 0;
  for (const kind of design) information += kind.count * schemeInformation(kind, variances);
  return 1 / information;
}

/** 1/variance of what one scheme run says of the mean. */
export const schemeInformation = (kind: SchemeKind, variances: Variances): number =>
  1 / (variances.training + 1 / fitSums(kind, variances).w);

/** Variance of the estimate of a component's variance; Infinity where the design does not show it. */
export function componentErrorVariance(design: Design, variances: Variances, level: Source): number {
  const kinds = design.map((kind) => ({ count: kind.count, sums: fitSums(kind, variances) }));
  const total = (value: (sums: FitSums) => number): number =>
    kinds.reduce((sum, { count, sums }) => sum + count * value(sums), 0);
  const schemes = total(() => 1);
  const freedom = {
    sampling: total(({ runs, fits }) => runs - fits),
    fit: total(({ fits }) => fits - 1),
    training: schemes - 1,
  };
  if (freedom[level] === 0) return Number.POSITIVE_INFINITY;
  const ofSampling = freedom.sampling === 0 ? 0 : (2 * variances.sampling * variances.sampling) / freedom.sampling;
  if (level === 'sampling') return ofSampling;

  // Trace of the projection P that makes Q = yᵀPy, and of P times the variances' derivatives.
  const fitTrace = total(({ w, w2 }) => w - w2 / w);
  const fitBySampling = fitTrace === 0 ? 0 : total(({ w, wn, w2n }) => wn - w2n / w) / fitTrace;
  const ofFitAlone = freedom.fit === 0 ? 0 : (2 * freedom.fit) / (fitTrace * fitTrace);
  if (level === 'fit') return ofFitAlone + fitBySampling * fitBySampling * ofSampling;

  const weight = ({ w }: FitSums): number => 1 / (variances.training + 1 / w);
  const weights = total(weight);
  const projected = (derivative: (sums: FitSums) => number): number =>
    total((sums) => derivative(sums) * weight(sums) * (1 - weight(sums) / weights));
  const trace = projected(() => 1);
  const byFit = projected(({ w, w2 }) => w2 / (w * w)) / trace;
  const bySampling = projected(({ w, w2n }) => w2n / (w * w)) / trace - byFit * fitBySampling;
  return (2 * freedom.training) / (trace * trace) + byFit * byFit * ofFitAlone + bySampling * bySampling * ofSampling;
}
