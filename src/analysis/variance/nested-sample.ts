/**
 * Values in a nested design: scheme runs, in each some fits, of each some MD runs; as many as there are, not the same
 * number everywhere. Everything that the decomposition needs of them: for each fit how many, their mean, their scatter.
 */
import { InputError } from '../../numerics/input-error.ts';
import { mean } from '../../numerics/statistics.ts';

/** Sources of variance, from the outermost: which scheme run (training set), which fit, which MD run. */
export const SOURCES = ['training', 'fit', 'sampling'] as const;
export type Source = (typeof SOURCES)[number];

/** Values by scheme run and fit; each list holds at least one item. */
export type NestedValues = readonly (readonly (readonly number[])[])[];

export interface FitCell {
  readonly runs: number;
  readonly mean: number;
}

export interface NestedSample {
  readonly schemes: readonly (readonly FitCell[])[];
  /** Of MD runs within fits, fits within scheme runs, scheme runs. */
  readonly degreesOfFreedom: { readonly [source in Source]: number };
  /** Σ (y − mean of its fit)². */
  readonly squaresWithinFits: number;
}

/**
 * A variance that the design shows. Where no fit has two runs, the scatter between fits holds that of runs too, and the two
 * cannot be told apart: such a term has both sources.
 */
export interface Term {
  /** The level at which it is seen. */
  readonly level: Source;
  readonly sources: readonly Source[];
}

/** How many of each there are, without the values: what a design is. `counts[scheme][fit]` runs. */
export type NestedCounts = readonly (readonly number[])[];

export const countsOf = (values: readonly (readonly (readonly unknown[])[])[]): number[][] =>
  values.map((fits) => fits.map((runs) => runs.length));

/** @throws InputError `no-values` where there is none, or a scheme run or fit is empty; `bad-value` for one that is not finite */
export function nestedSample(values: NestedValues): NestedSample {
  if (values.length === 0 || values.some((fits) => fits.length === 0 || fits.some((runs) => runs.length === 0))) {
    throw new InputError('no-values', 'a nested design needs a value of every fit of every scheme run', {
      expected: 'at least one value each',
    });
  }
  if (values.some((fits) => fits.some((runs) => runs.some((value) => !Number.isFinite(value))))) {
    throw new InputError('bad-value', 'a value is not a finite number');
  }
  let squaresWithinFits = 0;
  const schemes = values.map((fits) =>
    fits.map((runs) => {
      const centre = mean(runs);
      for (const value of runs) squaresWithinFits += (value - centre) * (value - centre);
      return { runs: runs.length, mean: centre };
    }),
  );
  return { schemes, degreesOfFreedom: degreesOfFreedom(countsOf(values)), squaresWithinFits };
}

export function degreesOfFreedom(counts: NestedCounts): { [source in Source]: number } {
  const fits = counts.reduce((sum, of) => sum + of.length, 0);
  const runs = counts.reduce((sum, of) => sum + of.reduce((all, n) => all + n, 0), 0);
  return { training: counts.length - 1, fit: fits - counts.length, sampling: runs - fits };
}

/**
 * The variances that a design shows, outermost first. A source without replicates of its own is seen in the next level
 * above that has some; one above which there is none (a single scheme run) is not seen at all.
 */
export function termsOf(freedom: NestedSample['degreesOfFreedom']): Term[] {
  const terms: Term[] = [];
  let unseen: Source[] = [];
  for (const level of [...SOURCES].reverse()) {
    unseen = [level, ...unseen];
    if (freedom[level] === 0) continue;
    terms.unshift({ level, sources: unseen });
    unseen = [];
  }
  return terms;
}
