/** Which further runs halve an error: the formulas against simulation, the search against trying everything. */
import { describe, expect, it } from 'vitest';
import { componentErrorVariance, meanErrorVariance } from '../../../src/analysis/variance/design-error.ts';
import { compact, furtherRuns } from '../../../src/analysis/variance/further-runs.ts';
import { solveVariances } from '../../../src/analysis/variance/nested-components.ts';
import { type NestedCounts, nestedSample } from '../../../src/analysis/variance/nested-sample.ts';
import { RandomStream } from '../../../src/numerics/philox.ts';
import { variance } from '../../../src/numerics/statistics.ts';
import { drawNested } from './planted.ts';

const large: NestedCounts = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? [3, 2, 2] : [1, 4]));
const variances = { training: 1, fit: 0.5, sampling: 1.5 };

describe('the error that a design would have', () => {
  it('is that of estimates from simulated values, for the mean and every component', () => {
    const estimates = { training: [] as number[], fit: [] as number[], sampling: [] as number[] };
    for (let n = 0; n < 600; n++) {
      const sample = nestedSample(drawNested(large, variances, new RandomStream('0123456789abcdef', n)));
      const found = solveVariances(sample, sample.degreesOfFreedom);
      for (const level of ['training', 'fit', 'sampling'] as const) estimates[level].push(found[level]);
    }
    for (const level of ['training', 'fit', 'sampling'] as const) {
      const simulated = Math.sqrt(variance(estimates[level]));
      const predicted = Math.sqrt(componentErrorVariance(compact(large), variances, level));
      expect(Math.abs(simulated / predicted - 1), level).toBeLessThan(0.15);
    }
  });

  it('is the textbook’s for balanced designs', () => {
    const balanced = compact(Array.from({ length: 5 }, () => [3, 3]));
    expect(meanErrorVariance(balanced, variances)).toBeCloseTo(1 / 5 + 0.5 / 10 + 1.5 / 30, 12);
    // The mean square between fits has the expectation 3σ²_fit + σ²_sampling and 5 degrees of freedom, that within 20.
    const between = 3 * 0.5 + 1.5;
    expect(componentErrorVariance(balanced, variances, 'fit')).toBeCloseTo(
      ((2 * between * between) / 5 + (2 * 1.5 * 1.5) / 20) / 9,
      10,
    );
    const schemes = 6 * 1 + between;
    expect(componentErrorVariance(balanced, variances, 'training')).toBeCloseTo(
      ((2 * schemes * schemes) / 4 + (2 * between * between) / 5) / 36,
      10,
    );
    expect(componentErrorVariance(compact([[2, 2]]), variances, 'training')).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('further runs', () => {
  const decomposition = (of: typeof variances) => ({ variances: of, draws: Array.from({ length: 60 }, () => of) });

  it('asks for runs where sampling scatters, for scheme runs where training sets do', () => {
    const counts = [[2], [2], [2], [2]];
    const costs = { scheme: 100, fit: 10, run: 1 };
    const bySampling = furtherRuns(counts, decomposition({ training: 0, fit: 0, sampling: 10 }), costs, 'mean')!;
    expect(bySampling.cheapest).toMatchObject({
      runsOfEachFit: 8,
      newSchemes: 0,
      added: { schemes: 0, fits: 0, runs: 24 },
    });
    const byTraining = furtherRuns(counts, decomposition({ training: 10, fit: 0, sampling: 0 }), costs, 'mean')!;
    expect(byTraining.cheapest).toMatchObject({ newSchemes: 12, fitsOfNewSchemes: 1, runsOfNewSchemes: 1 });
    expect(byTraining.cheapest.cost).toBe(12 * 101);
  });

  it('reaches what it promises, with nothing cheaper among all small designs', () => {
    const counts = [[2, 1], [1], [1]];
    const costs = { scheme: 7, fit: 3, run: 1 };
    const { cheapest, suffices, cost95 } = furtherRuns(counts, decomposition(variances), costs, 'mean', 0.8)!;
    expect(cheapest.ratio).toBeLessThanOrEqual(0.8 + 1e-9);
    expect(suffices).toBe(1);
    expect(cost95).toEqual([cheapest.cost, cheapest.cost]);
    const goal = 0.64 * meanErrorVariance(compact(counts), variances);
    for (let schemes = 0; schemes <= 4; schemes++) {
      for (let fits = 1; fits <= 3; fits++) {
        for (let runs = 1; runs <= 3; runs++) {
          const added = Array.from({ length: schemes }, () => Array.from({ length: fits }, () => runs));
          if (meanErrorVariance(compact([...counts, ...added]), variances) > goal) continue;
          expect(schemes * (7 + 3 * (fits - 1) + fits * runs)).toBeGreaterThanOrEqual(cheapest.cost);
        }
      }
    }
  });

  it('adds no scheme runs for the mean of a single one, and says when nothing is enough', () => {
    const one = { training: 0, fit: 1, sampling: 1 };
    const found = furtherRuns(
      [[2, 2]],
      decomposition(one),
      { scheme: Number.POSITIVE_INFINITY, fit: 1, run: 1 },
      'mean',
    )!;
    expect(found.cheapest.newSchemes).toBe(0);
    expect(Number.isFinite(found.cheapest.cost)).toBe(true);
    expect(furtherRuns([[2]], decomposition(one), { scheme: 1, fit: 1, run: 1 }, 'fit')).toBeUndefined();
  });

  it('says how sure it is: other variances that are as likely make it dearer or insufficient', () => {
    const draws = Array.from({ length: 60 }, (_, n) => ({ training: 0.1 + n / 10, fit: 0.1, sampling: 1 }));
    const answer = furtherRuns(
      [[2], [2], [2]],
      { variances: draws[30]!, draws },
      { scheme: 50, fit: 5, run: 1 },
      'training',
    )!;
    expect(answer.cost95[0]).toBeLessThan(answer.cost95[1]);
    expect(answer.suffices).toBeGreaterThan(0.2);
    expect(answer.suffices).toBeLessThan(0.9);
  });
});
