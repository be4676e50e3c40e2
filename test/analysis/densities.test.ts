import { describe, expect, it } from 'vitest';
import { type DisplacementDistribution, DisplacementSum } from '../../src/analysis/displacements.ts';
import type { Paths } from '../../src/analysis/paths.ts';
import { TrajectoryDensity } from '../../src/analysis/trajectory-density.ts';
import { randomWalk } from './walks.ts';

type Options = ConstructorParameters<typeof DisplacementSum>[1];

function displacementDistribution({ framesA }: Paths, lag: number, options: Options): DisplacementDistribution {
  const sum = new DisplacementSum(lag, options);
  for (const frameA of framesA) sum.add(frameA);
  return sum.result();
}

/** As the definition says, one displacement after another. */
function counted({ framesA }: Paths, lag: number, binA: number): { counts: number[]; samples: number } {
  const counts: number[] = [];
  let samples = 0;
  for (let origin = 0; origin + lag < framesA.length; origin++) {
    for (let k = 0; k < framesA[origin]!.length; k += 3) {
      const moved = [0, 1, 2].map((axis) => framesA[origin + lag]![k + axis]! - framesA[origin]![k + axis]!);
      const bin = Math.floor(Math.sqrt(moved[0]! ** 2 + moved[1]! ** 2 + moved[2]! ** 2) / binA);
      counts[bin] = (counts[bin] ?? 0) + 1;
      samples += 1;
    }
  }
  return { counts: Array.from(counts, (count) => count ?? 0), samples };
}

describe('the distribution of displacements (R7)', () => {
  it.each([1, 3, 7, 20])(
    'over all origins counts every pair of frames %i apart, though it keeps no more than a lag',
    (lag) => {
      const walk = { atoms: 30, frames: 21, frameIntervalFs: 1000, diffusionCm2S: [3e-6, 3e-6, 3e-6] } as const;
      const paths = randomWalk(walk, 2);
      const { counts, samples } = counted(paths, lag, 0.2);
      const found = displacementDistribution(paths, lag, { binA: 0.2, origins: 'multiple' });
      expect(found.samples).toBe(samples);
      expect([...found.densityPerA]).toEqual(counts.map((count) => count / samples / 0.2));
    },
  );

  it('is Maxwell’s for a random walk', () => {
    const walk = { atoms: 4000, frames: 11, frameIntervalFs: 1000, diffusionCm2S: [3e-6, 3e-6, 3e-6] } as const;
    const paths = randomWalk(walk, 1);
    const found = displacementDistribution(paths, 10, { binA: 0.1, origins: 'single' });
    const sigmaA = Math.sqrt(2 * 3e-5 * 10_000);
    expect(found.meanA / (sigmaA * Math.sqrt(8 / Math.PI))).toBeCloseTo(1, 1);
    expect(found.densityPerA.reduce((sum, part) => sum + 0.1 * part, 0)).toBeCloseTo(1, 10);
    const at = (r: number): number => found.densityPerA[Math.floor(r / 0.1)]!;
    const maxwell = (r: number): number =>
      (Math.sqrt(2 / Math.PI) * r * r * Math.exp((-r * r) / 2 / sigmaA ** 2)) / sigmaA ** 3;
    expect(at(sigmaA * Math.SQRT2) / maxwell(sigmaA * Math.SQRT2)).toBeCloseTo(1, 0);
    expect(displacementDistribution(paths, 5, { binA: 0.1, origins: 'multiple' }).samples).toBe(6 * 4000);
    const across = displacementDistribution(paths, 10, { binA: 0.1, origins: 'single', direction: 'perpendicular' });
    expect(across.meanA / (sigmaA * Math.sqrt(2 / Math.PI))).toBeCloseTo(1, 1);
    expect(() => displacementDistribution(paths, 11, { binA: 0.1, origins: 'single' })).toThrow(
      /expected 1 to 10 frames; found 11/,
    );
    expect(() => displacementDistribution(paths, 1, { binA: 0, origins: 'single' })).toThrow(/above 0; found 0 Å/);
  });
});

describe('displacements over all origins', () => {
  it('are refused where the frames between do not fit into memory; over one origin they do', () => {
    const frame = new Float64Array(3000);
    const add = (origins: 'single' | 'multiple') => () => new DisplacementSum(30_000, { binA: 1, origins }).add(frame);
    expect(add('multiple')).toThrow(expect.objectContaining({ code: 'too-many-frames' }));
    expect(add('single')).not.toThrow();
  });
});

describe('the density of trajectories (R7)', () => {
  it('integrates to 1, is a Gaussian around each place, and knows no border', () => {
    const cellA = Float64Array.of(6, 0, 0, 2, 7, 0, -1, 1, 8);
    const shape = [24, 28, 32] as const;
    const density = new TrajectoryDensity(cellA, shape, 0.8);
    density.add(Float64Array.of(0, 0, 0, 6, 0, 0, 1, 8, 8)); // one place, three cells
    const found = density.densityPerA3();
    const pointA3 = (6 * 7 * 8) / found.length;
    expect(found.reduce((sum, value) => sum + value * pointA3, 0)).toBeCloseTo(1, 10);
    const height = (2 * Math.PI * 0.64) ** -1.5;
    expect(found[0]! / height).toBeCloseTo(1, 3);
    expect(found[1]! / (height * Math.exp(-(1 / 16 + 1 / 1024 + 1 / 1024) / 1.28))).toBeCloseTo(1, 3);
    // The neighbour across the border is as near as the one within.
    expect(found[31]! / found[1]!).toBeCloseTo(1, 10);
  });

  it('refuses grids and bandwidths that are none', () => {
    const cellA = Float64Array.of(6, 0, 0, 0, 6, 0, 0, 0, 6);
    expect(() => new TrajectoryDensity(cellA, [1000, 1000, 1000], 1)).toThrow(/found 1000 × 1000 × 1000/);
    expect(() => new TrajectoryDensity(cellA, [4, 4, 4], -1)).toThrow(/found -1 Å/);
    expect(() => new TrajectoryDensity(cellA, [4, 4, 4], 1).densityPerA3()).toThrow(/needs places/);
  });
});
