/**
 * The decomposition finds a planted variance in the right component on synthetic data, with intervals that cover at their
 * stated rate (V-A, V-B, V-C).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Decomposition,
  decomposeVariance,
  solveVariances,
  type Variances,
} from '../../../src/analysis/variance/nested-components.ts';
import {
  countsOf,
  type NestedCounts,
  nestedSample,
  SOURCES,
  termsOf,
} from '../../../src/analysis/variance/nested-sample.ts';
import { RandomStream } from '../../../src/numerics/philox.ts';
import { drawNested, PAPER, THREES, UNEVEN } from './planted.ts';

const seedOf = (n: number): string => n.toString(16).padStart(16, '0');

const decompose = (counts: NestedCounts, planted: Variances, n: number, draws = 300): Decomposition =>
  decomposeVariance(nestedSample(drawNested(counts, planted, new RandomStream(seedOf(n), 1), 3)), seedOf(n), draws)!;

/** Share of samples whose interval holds the planted standard deviation, or the planted mean. */
function coverage(counts: NestedCounts, planted: Variances, samples: number): { [name: string]: number } {
  const held: { [name: string]: number } = {};
  const count = (name: string, [low, high]: readonly [number, number], truth: number): void => {
    held[name] = (held[name] ?? 0) + (low <= truth && truth <= high ? 1 / samples : 0);
  };
  for (let n = 0; n < samples; n++) {
    const found = decompose(counts, planted, n);
    for (const { level, deviation95 } of found.components) count(level, deviation95, Math.sqrt(planted[level]));
    count('mean', found.mean95, 3);
  }
  return held;
}

const SAMPLES = 120;
/** Four standard errors of a share of 0.95, and what 300 draws leave undecided. */
const LEAST = 0.95 - 4 * Math.sqrt((0.95 * 0.05) / SAMPLES) - 0.005;

describe('the nested decomposition', () => {
  it.each([
    ['3 × 3 × 3', THREES],
    ['5, 10 and 10 as in the paper', PAPER],
    ['an uneven design', UNEVEN],
  ])('has intervals that cover at their stated rate, also of variances that are 0: %s', (_, counts) => {
    for (const planted of [
      { training: 1, fit: 1, sampling: 1 },
      { training: 0, fit: 0.3, sampling: 1 },
      { training: 0.3, fit: 0, sampling: 1 },
      { training: 4, fit: 0.1, sampling: 0.1 },
    ]) {
      for (const [name, share] of Object.entries(coverage(counts, planted, SAMPLES))) {
        expect(share, `${name} of ${JSON.stringify(planted)}`).toBeGreaterThan(LEAST);
      }
    }
  });

  it('does not cover by being vague: with positive variances it misses as often as it says', () => {
    const held = coverage(
      Array.from({ length: 8 }, () => [3, 3, 3]),
      { training: 1, fit: 1, sampling: 1 },
      800,
    );
    for (const [name, share] of Object.entries(held)) {
      expect(share, name).toBeGreaterThan(0.915);
      expect(share, name).toBeLessThan(0.985);
    }
  });

  it('puts a planted variance where it is, and none where there is none', () => {
    const large: NestedCounts = Array.from({ length: 30 }, () => [3, 3, 2, 1]);
    for (const source of SOURCES) {
      const planted = { training: 0, fit: 0, sampling: 0.01, [source]: 1 };
      const { components } = decompose(large, planted, 5);
      for (const { level, deviation, share } of components) {
        if (level === source) {
          expect(deviation, source).toBeGreaterThan(0.7);
          expect(deviation, source).toBeLessThan(1.35);
          expect(share, source).toBeGreaterThan(0.8);
        } else {
          expect(share, source).toBeLessThan(0.2);
        }
      }
    }
  });

  it('is the analysis of variance for balanced designs, 0 where that is negative', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (n) => {
        const values = drawNested(THREES, { training: 0.5, fit: 0.5, sampling: 1 }, new RandomStream(seedOf(n), 2));
        const found = solveVariances(nestedSample(values), { training: 2, fit: 6, sampling: 18 });
        const expected = analysisOfVariance(values);
        expect(found.sampling).toBeCloseTo(expected.sampling, 10);
        expect(found.fit).toBeCloseTo(Math.max(0, expected.fit), 9);
        if (expected.fit > 0) expect(found.training).toBeCloseTo(Math.max(0, expected.training), 9);
      }),
    );
  });

  it('solves for the variances at which each quadratic form has its value, in any design', () => {
    const design = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(design, fc.integer({ min: 0, max: 1000 }), (counts, n) => {
        const values = drawNested(counts, { training: 1, fit: 1, sampling: 1 }, new RandomStream(seedOf(n), 3));
        const sample = nestedSample(values);
        const found = solveVariances(sample, sample.degreesOfFreedom);
        const forms = quadraticForms(values, found);
        const { degreesOfFreedom: freedom } = sample;
        if (freedom.fit > 0) {
          if (found.fit > 0) expect(forms.fit).toBeCloseTo(freedom.fit, 6);
          else expect(forms.fit).toBeLessThanOrEqual(freedom.fit * (1 + 1e-9));
        }
        if (found.training > 0) expect(forms.training).toBeCloseTo(freedom.training, 6);
        else expect(forms.training).toBeLessThanOrEqual(freedom.training * (1 + 1e-9));
      }),
    );
  });

  it('says which sources a design cannot tell apart, or does not show', () => {
    const terms = (counts: NestedCounts) =>
      termsOf(
        nestedSample(drawNested(counts, { training: 1, fit: 1, sampling: 1 }, new RandomStream(seedOf(1), 0)))
          .degreesOfFreedom,
      );
    expect(terms([[1], [1], [1]])).toEqual([{ level: 'training', sources: ['training', 'fit', 'sampling'] }]);
    expect(terms([[1, 1, 1]])).toEqual([{ level: 'fit', sources: ['fit', 'sampling'] }]);
    expect(terms([[3]])).toEqual([{ level: 'sampling', sources: ['sampling'] }]);
    expect(terms([[2], [2]])).toEqual([
      { level: 'training', sources: ['training', 'fit'] },
      { level: 'sampling', sources: ['sampling'] },
    ]);
    expect(decomposeVariance(nestedSample([[[1]]]), seedOf(1))).toBeUndefined();
    expect(decompose([[1, 1, 1]], { training: 0, fit: 1, sampling: 1 }, 3).meanOver).toBe('fits of one scheme run');
    expect(() => nestedSample([[[]]])).toThrow(/at least one value/);
    expect(() => nestedSample([[[Number.NaN]]])).toThrow(/not a finite number/);
  });

  it('keeps to its value when all are the same, and to its units when they are scaled', () => {
    const same = decomposeVariance(nestedSample([[[2, 2], [2]], [[2]]]), seedOf(1), 200)!;
    expect(same.components.map(({ deviation95 }) => deviation95)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(same.mean).toBe(2);
    const values = drawNested(UNEVEN, { training: 1, fit: 1, sampling: 1 }, new RandomStream(seedOf(9), 0));
    const scaled = values.map((fits) => fits.map((runs) => runs.map((value) => 1024 * value)));
    const [plain, large] = [values, scaled].map((of) => decomposeVariance(nestedSample(of), seedOf(2), 200)!);
    for (const [k, component] of plain!.components.entries()) {
      expect(large!.components[k]!.deviation / component.deviation).toBeCloseTo(1024, 6);
      expect(large!.components[k]!.share95[1]).toBeCloseTo(component.share95[1], 9);
    }
    expect(countsOf(values)).toEqual(UNEVEN);
  });
});

/** Mean squares and their expectations, for equal numbers of runs and fits. */
function analysisOfVariance(values: number[][][]): Variances {
  const [schemes, fits, runs] = [values.length, values[0]!.length, values[0]![0]!.length];
  const average = (of: number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
  const squares = (of: number[]): number => of.reduce((sum, value) => sum + (value - average(of)) ** 2, 0);
  const fitMeans = values.map((of) => of.map(average));
  const within = values.flat().reduce((sum, of) => sum + squares(of), 0) / (schemes * fits * (runs - 1));
  const ofFits = (runs * fitMeans.reduce((sum, of) => sum + squares(of), 0)) / (schemes * (fits - 1));
  const ofSchemes = (runs * fits * squares(fitMeans.map(average))) / (schemes - 1);
  return { sampling: within, fit: (ofFits - within) / runs, training: (ofSchemes - ofFits) / (runs * fits) };
}

/** Σ w (y − ȳ_w)² at each level, straight from the definition. */
function quadraticForms(
  values: number[][][],
  { training, fit, sampling }: Variances,
): { fit: number; training: number } {
  const weighted = (items: { value: number; variance: number }[]) => {
    const weights = items.map(({ variance }) => 1 / variance);
    const total = weights.reduce((a, b) => a + b, 0);
    const centre = items.reduce((sum, { value }, k) => sum + (weights[k]! * value) / total, 0);
    const form = items.reduce((sum, { value }, k) => sum + weights[k]! * (value - centre) ** 2, 0);
    return { value: centre, variance: 1 / total, form };
  };
  const schemes = values.map((fits) =>
    weighted(
      fits.map((runs) => ({
        value: runs.reduce((a, b) => a + b, 0) / runs.length,
        variance: Math.max(1e-12, fit + sampling / runs.length),
      })),
    ),
  );
  return {
    fit: schemes.reduce((sum, { form }) => sum + form, 0),
    training: weighted(schemes.map(({ value, variance }) => ({ value, variance: variance + training }))).form,
  };
}
