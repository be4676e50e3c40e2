/** Standard deviations of one set, and two sets beside each other. */
import { describe, expect, it } from 'vitest';
import { describeGroups } from '../../../src/analysis/variance/grouped-scatter.ts';
import { differenceInterval } from '../../../src/analysis/variance/interval-difference.ts';
import { describeScatter } from '../../../src/analysis/variance/sample-scatter.ts';
import { compareSamples } from '../../../src/analysis/variance/two-samples.ts';
import { RandomStream } from '../../../src/numerics/philox.ts';

const seedOf = (n: number): string => n.toString(16).padStart(16, '0');
const normals = (count: number, n: number, centre = 0, deviation = 1): number[] => {
  const random = new RandomStream(seedOf(n), 5);
  return Array.from({ length: count }, () => centre + deviation * random.normal());
};
const holds = (interval: readonly [number, number] | null, truth: number): number =>
  interval !== null && interval[0] <= truth && truth <= interval[1] ? 1 : 0;

describe('the scatter of one set', () => {
  it('has the textbook’s intervals', () => {
    const { deviation, chiSquared95, mean95 } = describeScatter([2, 4, 4, 4, 5, 5, 7, 9], seedOf(1));
    expect(deviation).toBeCloseTo(2.13809, 5);
    expect(chiSquared95![0]).toBeCloseTo(1.41365, 4);
    expect(chiSquared95![1]).toBeCloseTo(4.35159, 4);
    expect(mean95![0]).toBeCloseTo(3.21251, 4);
    expect(describeScatter([3], seedOf(1))).toMatchObject({ count: 1, mean: 3, deviation: null, chiSquared95: null });
  });

  it('covers at 95 % by χ² for five and ten normal values; the bootstrap comes near', () => {
    for (const count of [5, 10]) {
      const samples = 150;
      let [chi, boot, mean] = [0, 0, 0];
      for (let n = 0; n < samples; n++) {
        const found = describeScatter(normals(count, n), seedOf(n));
        chi += holds(found.chiSquared95, 1) / samples;
        boot += holds(found.bootstrap95, 1) / samples;
        mean += holds(found.mean95, 0) / samples;
      }
      expect(chi, `χ², ${count}`).toBeGreaterThan(0.88);
      expect(mean, `mean, ${count}`).toBeGreaterThan(0.88);
      expect(boot, `bootstrap, ${count}`).toBeGreaterThan(0.83);
    }
  });

  it('pools groups about their own means', () => {
    const pooled = describeGroups(
      [
        [1, 3],
        [10, 12, 14],
      ],
      seedOf(1),
    );
    expect(pooled).toMatchObject({ values: 5, groups: 2, degreesOfFreedom: 3, bootstrap95: null });
    expect(pooled.deviation).toBeCloseTo(Math.sqrt((2 + 8) / 3), 12);
    expect(describeGroups([[1, 2, 3, 4, 7]], seedOf(1)).bootstrap95).not.toBeNull();
    expect(describeGroups([[2, 2, 2, 2, 2]], seedOf(1))).toMatchObject({ deviation: 0, bootstrap95: null });
  });
});

describe('two sets', () => {
  it('have Welch’s and Fisher’s intervals (scipy 1.x: ttest_ind with unequal variances, f.ppf)', () => {
    const a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
    const b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4];
    const { plain, relative } = compareSamples(a, b);
    expect(plain.differenceOfMeans.value).toBeCloseTo(-2.83333, 5);
    expect(plain.differenceOfMeans.interval95![0]).toBeCloseTo(-4.868023, 5);
    expect(plain.differenceOfMeans.interval95![1]).toBeCloseTo(-0.798644, 5);
    expect(plain.differenceOfMeans.pValue).toBeCloseTo(0.0080719, 6);
    expect(plain.ratioOfVariances!.value).toBeCloseTo(1.135771, 5);
    expect(plain.ratioOfVariances!.interval95![0]).toBeCloseTo(0.381312, 5);
    expect(plain.ratioOfVariances!.interval95![1]).toBeCloseTo(3.382992, 5);
    expect(plain.ratioOfVariances!.pValue).toBeCloseTo(0.815072, 5);
    expect(relative!.ratioOfMeans.value).toBeCloseTo(0.87774, 5);
    expect(relative!.ratioOfMeans.interval95![0]).toBeCloseTo(0.802429, 5);
    expect(relative!.ratioOfMeans.interval95![1]).toBeCloseTo(0.960119, 5);
  });

  it('cover at 95 %, and p is uniform, for sets of five and ten of unequal scatter', () => {
    const samples = 400;
    let [difference, ratio, small] = [0, 0, 0];
    for (let n = 0; n < samples; n++) {
      const { plain } = compareSamples(normals(5, 2 * n, 3, 1), normals(10, 2 * n + 1, 1, 2));
      difference += holds(plain.differenceOfMeans.interval95, 2) / samples;
      ratio += holds(plain.ratioOfVariances!.interval95, 0.25) / samples;
      const same = compareSamples(normals(6, 2 * n, 1), normals(6, 2 * n + 1, 1)).plain;
      small += same.ratioOfVariances!.pValue! < 0.1 ? 1 / samples : 0;
    }
    expect(difference).toBeGreaterThan(0.905);
    expect(ratio).toBeGreaterThan(0.905);
    expect(small).toBeGreaterThan(0.04);
    expect(small).toBeLessThan(0.16);
  });

  it('of which one is a single value have no interval, and of which one is negative no ratio', () => {
    const single = compareSamples([2], [1, 3]);
    expect(single.plain.differenceOfMeans).toEqual({ value: 0, interval95: null, pValue: null });
    expect(single.plain.ratioOfVariances).toBeNull();
    expect(single.relative!.ratioOfVariances).toBeNull();
    expect(compareSamples([2, -1], [1, 3]).relative).toBeNull();
    expect(compareSamples([2, 2], [1, 1]).plain.differenceOfMeans.interval95).toEqual([1, 1]);
  });

  it('known by intervals alone: the sum of squares for symmetric ones, asymmetry kept', () => {
    expect(differenceInterval({ value: 5, interval95: [2, 8] }, { value: 1, interval95: [-3, 5] })).toEqual([-1, 9]);
    const [low, high] = differenceInterval({ value: 1, interval95: [0.5, 10] }, { value: 0, interval95: [0, 0] })!;
    expect([low, high]).toEqual([0.5, 10]);
    expect(differenceInterval({ value: 1, interval95: [0, null] }, { value: 0, interval95: [0, 0] })).toBeNull();
    expect(differenceInterval({ value: 1, interval95: null }, { value: 0, interval95: [0, 0] })).toBeNull();
  });
});
