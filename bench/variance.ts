/**
 * How often 95 % intervals hold the truth, and how wide they are: of variance components by several methods, and of the
 * standard deviation of one set by χ² and bootstraps. What docs/decisions/0013 rests on. Widths are medians, of the
 * standard deviation, in units of that by sampling.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/variance.js [samples]
 */
import { componentErrorVariance } from '../src/analysis/variance/design-error.ts';
import { compact } from '../src/analysis/variance/further-runs.ts';
import {
  decomposeVariance,
  type Interval,
  solveVariances,
  type Variances,
} from '../src/analysis/variance/nested-components.ts';
import {
  type NestedCounts,
  type NestedSample,
  nestedSample,
  SOURCES,
  type Source,
} from '../src/analysis/variance/nested-sample.ts';
import { describeScatter } from '../src/analysis/variance/sample-scatter.ts';
import { chiSquaredQuantile } from '../src/numerics/chi-squared.ts';
import { normalProbability, normalQuantile } from '../src/numerics/normal-distribution.ts';
import { RandomStream } from '../src/numerics/philox.ts';
import { sampleQuantile } from '../src/numerics/quantile.ts';
import { mean, standardDeviation } from '../src/numerics/statistics.ts';
import { drawNested, PAPER, THREES, UNEVEN } from '../test/analysis/variance/planted.ts';

type Intervals = { readonly [source in Source]: Interval };
type Method = (sample: NestedSample, counts: NestedCounts, seed: string) => Intervals;

const ofSources = (of: (source: Source) => Interval): Intervals => ({
  training: of('training'),
  fit: of('fit'),
  sampling: of('sampling'),
});

const pivots: Method = (sample, _counts, seed) => {
  const { components } = decomposeVariance(sample, seed, 1000)!;
  return ofSources((source) => components.find(({ level }) => level === source)!.deviation95);
};

/** χ² with the degrees of freedom that give the estimate's variance. */
const satterthwaite: Method = (sample, counts) => {
  const found = solveVariances(sample, sample.degreesOfFreedom);
  return ofSources((source) => {
    const nu = (2 * found[source] * found[source]) / componentErrorVariance(compact(counts), found, source);
    if (!(nu > 1e-3)) return [0, 0];
    return [
      Math.sqrt((nu * found[source]) / chiSquaredQuantile(0.975, nu)),
      Math.sqrt((nu * found[source]) / Math.max(1e-12, chiSquaredQuantile(0.025, nu))),
    ];
  });
};

const parametricBootstrap: Method = (sample, counts, seed) => {
  const found = solveVariances(sample, sample.degreesOfFreedom);
  const random = new RandomStream(seed, 77);
  const estimates = Array.from({ length: 400 }, () => {
    const resample = nestedSample(drawNested(counts, found, random));
    return solveVariances(resample, resample.degreesOfFreedom);
  });
  return ofSources((source) => {
    const sorted = Float64Array.from(estimates, (each) => Math.sqrt(each[source])).sort();
    return [sampleQuantile(sorted, 0.025), sampleQuantile(sorted, 0.975)];
  });
};

/** Where −2 ln of the restricted likelihood, lowest over the other two variances, is within 3.84 of its minimum; on a grid. */
const GRID = [0, ...Array.from({ length: 22 }, (_, k) => 1e-3 * 2 ** k)];
const likelihood: Method = (sample) => {
  const profiles = {
    training: new Map<number, number>(),
    fit: new Map<number, number>(),
    sampling: new Map<number, number>(),
  };
  for (const training of GRID) {
    for (const fit of GRID) {
      for (const sampling of GRID.slice(1)) {
        const variances = { training, fit, sampling };
        const value = deviance(sample, variances);
        for (const source of SOURCES) {
          const known = profiles[source].get(variances[source]) ?? Number.POSITIVE_INFINITY;
          if (value < known) profiles[source].set(variances[source], value);
        }
      }
    }
  }
  return ofSources((source) => {
    const points = [...profiles[source]].sort(([a], [b]) => a - b);
    const limit = Math.min(...points.map(([, value]) => value)) + 3.841;
    const inside = points.flatMap(([, value], k) => (value <= limit ? [k] : []));
    const [first, last] = [inside[0]!, inside.at(-1)!];
    const between = (out: number, into: number): number => {
      const [[a, fa], [b, fb]] = [points[out]!, points[into]!];
      return b + ((a - b) * (limit - fb)) / (fa - fb);
    };
    return [
      Math.sqrt(first === 0 ? points[0]![0] : between(first - 1, first)),
      Math.sqrt(last === points.length - 1 ? points[last]![0] : between(last + 1, last)),
    ];
  });
};

function deviance(
  { schemes, degreesOfFreedom, squaresWithinFits }: NestedSample,
  { training, fit, sampling }: Variances,
): number {
  let value = degreesOfFreedom.sampling * Math.log(sampling) + squaresWithinFits / sampling;
  const means: { value: number; variance: number }[] = [];
  for (const fits of schemes) {
    let [weight, sum, form] = [0, 0, 0];
    for (const { runs, mean: centre } of fits) {
      const variance = fit + sampling / runs;
      weight += 1 / variance;
      sum += centre / variance;
      value += Math.log(variance);
    }
    for (const { runs, mean: centre } of fits) form += (centre - sum / weight) ** 2 / (fit + sampling / runs);
    value += Math.log(weight) + form;
    means.push({ value: sum / weight, variance: training + 1 / weight });
  }
  let [weight, sum] = [0, 0];
  for (const { value: centre, variance } of means) {
    weight += 1 / variance;
    sum += centre / variance;
    value += Math.log(variance);
  }
  value += Math.log(weight);
  for (const { value: centre, variance } of means) value += (centre - sum / weight) ** 2 / variance;
  return value;
}

const seedOf = (n: number): string => n.toString(16).padStart(16, '0');
const holds = ([low, high]: Interval, truth: number): boolean => low <= truth && truth <= high;
const samples = Number(process.argv[2] ?? 500);

console.log(`components, ${samples} samples each: share of intervals that hold the truth / median width`);
const designs: { readonly [name: string]: NestedCounts } = {
  '3 × 3 × 3': THREES,
  'A 5, B 10, C 10': PAPER,
  uneven: UNEVEN,
};
for (const [name, counts] of Object.entries(designs)) {
  for (const planted of [
    { training: 1, fit: 1, sampling: 1 },
    { training: 0.1, fit: 0.1, sampling: 1 },
    { training: 0, fit: 0, sampling: 1 },
  ]) {
    console.log(`${name}; variances ${SOURCES.map((source) => `${source} ${planted[source]}`).join(', ')}`);
    for (const [method, intervals] of Object.entries({ pivots, satterthwaite, parametricBootstrap, likelihood })) {
      const held = { training: 0, fit: 0, sampling: 0 };
      const widths = { training: [] as number[], fit: [] as number[], sampling: [] as number[] };
      for (let n = 0; n < samples; n++) {
        const sample = nestedSample(drawNested(counts, planted, new RandomStream(seedOf(n), 11)));
        const found = intervals(sample, counts, seedOf(n));
        for (const source of SOURCES) {
          if (holds(found[source], Math.sqrt(planted[source]))) held[source] += 1 / samples;
          widths[source].push(found[source][1] - found[source][0]);
        }
      }
      const said = SOURCES.map(
        (source) =>
          `${source} ${held[source].toFixed(3)} / ${sampleQuantile(Float64Array.from(widths[source]).sort(), 0.5).toFixed(2)}`,
      );
      console.log(`  ${method.padEnd(20)} ${said.join('   ')}`);
    }
  }
}

/** Plain percentiles of resampled s, and the same with bias and acceleration corrected (Efron 1987). */
function percentileIntervals(values: readonly number[], seed: string): { percentile: Interval; bca: Interval } {
  const n = values.length;
  const random = new RandomStream(seed, 0);
  const resampled = Float64Array.from({ length: 2000 }, () =>
    standardDeviation(Array.from({ length: n }, () => values[random.integer(n)]!)),
  ).sort();
  const whole = standardDeviation(values);
  const left = values.map((_, k) => standardDeviation(values.filter((_value, i) => i !== k)));
  const centre = mean(left);
  const [cubes, squares] = [3, 2].map((power) => left.reduce((sum, value) => sum + (centre - value) ** power, 0));
  const acceleration = cubes! / (6 * squares! ** 1.5);
  const below = resampled.filter((value) => value < whole).length / resampled.length;
  const bias = normalQuantile(Math.min(0.9995, Math.max(0.0005, below)));
  const corrected = (z: number): number => normalProbability(bias + (bias + z) / (1 - acceleration * (bias + z)));
  return {
    percentile: [sampleQuantile(resampled, 0.025), sampleQuantile(resampled, 0.975)],
    bca: [sampleQuantile(resampled, corrected(-1.96)), sampleQuantile(resampled, corrected(1.96))],
  };
}

const shapes: { readonly [name: string]: (random: RandomStream) => number } = {
  normal: (random) => random.normal(),
  't with 5 degrees of freedom': (random) => {
    let squares = 0;
    for (let k = 0; k < 5; k++) squares += random.normal() ** 2;
    return random.normal() / Math.sqrt(squares / 3);
  },
  uniform: (random) => (random.uniform() - 0.5) * Math.sqrt(12),
};
console.log('standard deviation of one set: share of intervals that hold it / median width in standard deviations');
for (const [shape, draw] of Object.entries(shapes)) {
  for (const count of [5, 10]) {
    const held: { [method: string]: number } = {};
    const widths: { [method: string]: number[] } = {};
    for (let n = 0; n < samples; n++) {
      const random = new RandomStream(seedOf(n), 13);
      const values = Array.from({ length: count }, () => draw(random));
      const { chiSquared95, bootstrap95 } = describeScatter(values, seedOf(n));
      const all = { chiSquared: chiSquared95!, studentised: bootstrap95!, ...percentileIntervals(values, seedOf(n)) };
      for (const [method, interval] of Object.entries(all)) {
        held[method] = (held[method] ?? 0) + (holds(interval, 1) ? 1 / samples : 0);
        widths[method] = [...(widths[method] ?? []), interval[1] - interval[0]];
      }
    }
    const said = Object.keys(held).map(
      (method) =>
        `${method} ${held[method]!.toFixed(3)} / ${sampleQuantile(Float64Array.from(widths[method]!).sort(), 0.5).toFixed(2)}`,
    );
    console.log(`  ${shape}, n = ${count}: ${said.join('   ')}`);
  }
}
