import { describe, expect, it } from 'vitest';
import { analyseDiffusion, type DiffusionEstimate, fitDiffusion } from '../../src/analysis/diffusion.ts';
import { judgeExponent } from '../../src/analysis/exponent-verdict.ts';
import { type Msd, meanSquareDisplacement } from '../../src/analysis/msd.ts';
import { quantile95 } from '../../src/numerics/student-t.ts';
import { randomWalk } from './walks.ts';

/** An MSD without noise: every group has the same curve, shared equally by x, y and z. */
function exactMsd(frames: number, frameIntervalFs: number, curveA2: (timeFs: number) => number, groups = 4): Msd {
  const timesFs = Float64Array.from({ length: frames }, (_, lag) => lag * frameIntervalFs);
  const groupMsdA2 = new Float64Array(groups * frames * 3);
  for (let g = 0; g < groups; g++) {
    for (let lag = 1; lag < frames; lag++) {
      groupMsdA2.fill(curveA2(timesFs[lag]) / 3, 3 * (g * frames + lag), 3 * (g * frames + lag) + 3);
    }
  }
  const originCounts = Int32Array.from({ length: frames }, (_, lag) => frames - lag);
  return { origins: 'multiple', timesFs, originCounts, groupSizes: new Int32Array(groups).fill(5), groupMsdA2 };
}

describe('Einstein’s equation (R2)', () => {
  it('turns Å²/fs into cm²/s, in each direction', () => {
    // MSD = 6 D t with D = 2e-6 cm²/s = 2e-5 Å²/fs.
    const msd = exactMsd(101, 1000, (timeFs) => 6 * 2e-5 * timeFs);
    for (const direction of ['all', 'parallel', 'perpendicular'] as const) {
      const estimate = fitDiffusion(msd, direction);
      expect(estimate.diffusionCm2S).toBeCloseTo(2e-6, 15);
      expect(estimate.alpha).toBeCloseTo(1, 12);
      expect(estimate.verdict).toBe('pass');
      expect(estimate.standardErrorCm2S).toBeLessThan(1e-18);
    }
  });

  it('weighs each lag by the origins that it averages over, or all alike', () => {
    const frames = 21;
    const curveA2 = (timeFs: number): number => timeFs * timeFs;
    const slope = (weight: (lag: number) => number): number => {
      let [s, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
      for (let lag = 12; lag < frames; lag++) {
        const [w, x, y] = [weight(lag), 10 * lag, curveA2(10 * lag)];
        s += w;
        sx += w * x;
        sy += w * y;
        sxx += w * x * x;
        sxy += w * x * y;
      }
      return (s * sxy - sx * sy) / (s * sxx - sx * sx);
    };
    const multiple = exactMsd(frames, 10, curveA2);
    const single: Msd = { ...multiple, origins: 'single', originCounts: new Int32Array(frames).fill(1) };
    expect(fitDiffusion(multiple, 'all').diffusionCm2S).toBeCloseTo((0.1 / 6) * slope((lag) => frames - lag), 10);
    expect(fitDiffusion(single, 'all').diffusionCm2S).toBeCloseTo((0.1 / 6) * slope(() => 1), 10);
    expect(fitDiffusion(multiple, 'all').alpha).toBeCloseTo(2, 12);
  });

  it('tells directions apart in an anisotropic walk, with both kinds of origin side by side', () => {
    const walk = { atoms: 200, frames: 101, frameIntervalFs: 500, diffusionCm2S: [4e-5, 4e-5, 1e-5] } as const;
    const { directions, runLengthFs, windowFs } = analyseDiffusion(randomWalk(walk, 3), { frameIntervalFs: 500 });
    expect(runLengthFs).toBe(50_000);
    expect(windowFs).toEqual([30_000, 50_000]);
    const within = ({ diffusionCm2S, standardErrorCm2S }: DiffusionEstimate, truth: number): void => {
      expect(Math.abs(diffusionCm2S - truth)).toBeLessThan(4 * standardErrorCm2S!);
      expect(standardErrorCm2S! / truth).toBeLessThan(0.4);
    };
    for (const origins of ['multipleOrigins', 'singleOrigin'] as const) {
      within(directions.all[origins], 3e-5);
      within(directions.parallel[origins], 4e-5);
      within(directions.perpendicular[origins], 1e-5);
    }
    expect(directions.all.multipleOrigins.standardErrorCm2S!).toBeLessThan(
      directions.all.singleOrigin.standardErrorCm2S!,
    );
  });

  it('states 95 % intervals that hold the truth about as often: multiple and single origin', () => {
    const truth = 3e-6;
    const seeds = 400;
    const held = { multipleOrigins: 0, singleOrigin: 0, alpha: 0 };
    for (let seed = 0; seed < seeds; seed++) {
      const walk = { atoms: 60, frames: 41, frameIntervalFs: 1000, diffusionCm2S: [truth, truth, truth] } as const;
      const { all } = analyseDiffusion(randomWalk(walk, seed), { frameIntervalFs: 1000 }).directions;
      for (const origins of ['multipleOrigins', 'singleOrigin'] as const) {
        const { diffusionCm2S, standardErrorCm2S, degreesOfFreedom } = all[origins];
        const half = quantile95(degreesOfFreedom) * standardErrorCm2S!;
        if (Math.abs(diffusionCm2S - truth) <= half) held[origins] += 1 / seeds;
      }
      const [low, high] = all.multipleOrigins.alphaInterval!;
      if (low <= 1 && 1 <= high) held.alpha += 1 / seeds;
    }
    for (const share of Object.values(held)) {
      expect(share).toBeGreaterThan(0.9);
      expect(share).toBeLessThan(0.99);
    }
  });

  it('flags atoms that do not move, MSDs that fall, and a single group; never gives NaN', () => {
    const still = fitDiffusion(
      exactMsd(51, 100, () => 0),
      'all',
    );
    expect(still).toMatchObject({ diffusionCm2S: 0, alpha: null, verdict: 'fail', flags: ['no-motion'] });
    const falling = fitDiffusion(
      exactMsd(51, 100, (timeFs) => 10 - timeFs / 1000),
      'all',
    );
    expect(falling.flags).toEqual(['negative-slope']);
    expect(falling).toMatchObject({ verdict: 'fail' });
    const alone = fitDiffusion(
      exactMsd(51, 100, (timeFs) => timeFs, 1),
      'all',
    );
    expect(alone).toMatchObject({
      standardErrorCm2S: null,
      alphaInterval: null,
      verdict: 'undecided',
      flags: ['no-error'],
    });
    for (const estimate of [still, falling, alone]) expect(JSON.stringify(estimate)).not.toContain('NaN');
  });

  it('refuses a trajectory too short for its window, and windows that are none', () => {
    const short = exactMsd(8, 100, (timeFs) => timeFs);
    expect(() => fitDiffusion(short, 'all')).toThrow(/too short for the fit window; expected at least 5 frames/);
    expect(fitDiffusion(short, 'all', { window: [0, 1] }).alpha).toBeCloseTo(1, 12);
    for (const window of [
      [0.6, 0.6],
      [0.9, 0.5],
      [-0.1, 1],
      [0, 1.1],
    ] as [number, number][]) {
      expect(() => fitDiffusion(short, 'all', { window })).toThrow(/two rising parts/);
    }
  });
});

describe('the verdict on α', () => {
  it('passes inside, fails outside, and is undecided where the interval only reaches in', () => {
    const verdict = (alpha: number | null, error: number | null): string => judgeExponent(alpha, error, 1e9).verdict;
    expect(verdict(1, 0.05)).toBe('pass');
    expect(verdict(1, 0.052)).toBe('undecided');
    expect(verdict(0.85, 0.02)).toBe('fail');
    expect(verdict(0.85, 0.03)).toBe('undecided');
    expect(verdict(1.2, 0.04)).toBe('fail');
    expect(verdict(0.7, 0.5)).toBe('undecided');
    expect(verdict(1, null)).toBe('undecided');
    expect(verdict(null, null)).toBe('fail');
    expect(judgeExponent(1, 0.05, 3).verdict).toBe('undecided');
  });

  // MSD = P + 6 D t with a cage plateau P of 12 Å²; D from the paper's Table V; 5 ns, fitted over 3 to 5 ns.
  it.each([
    [550, 33000e-7, 384, 0.951, 'pass'],
    [350, 9400e-7, 216, 0.934, 'pass'],
    [500, 33000e-7, 384, 0.896, 'fail'],
    [300, 9400e-7, 216, 0.811, 'fail'],
  ])('reproduces the onset of normal diffusion at %i K', (temperatureK, d0, energyMeV, alpha, verdict) => {
    const diffusion = d0 * Math.exp(-energyMeV / 1000 / (8.617333262e-5 * temperatureK));
    const msd = exactMsd(501, 10_000, (timeFs) => 12 + 6 * (diffusion / 0.1) * timeFs);
    const estimate = fitDiffusion({ ...msd, originCounts: new Int32Array(501).fill(1) }, 'all');
    expect(Math.abs(estimate.alpha! - alpha)).toBeLessThan(0.002);
    expect(estimate.verdict).toBe(verdict);
    expect(estimate.diffusionCm2S / diffusion).toBeCloseTo(1, 10);
  });

  it('sees a rattling cage in a noisy walk: α below 1 with an honest interval, D unbiased', () => {
    const truth = 1e-6;
    let alphaSum = 0;
    let diffusionSum = 0;
    for (let seed = 0; seed < 40; seed++) {
      const walk = { atoms: 80, frames: 51, frameIntervalFs: 1000, diffusionCm2S: [truth, truth, truth] } as const;
      const paths = randomWalk({ ...walk, rattleA: Math.sqrt(0.5) }, seed, '00000000000001c3');
      const estimate = fitDiffusion(
        meanSquareDisplacement(paths, { origins: 'multiple', frameIntervalFs: 1000 }),
        'all',
      );
      alphaSum += estimate.alpha! / 40;
      diffusionSum += estimate.diffusionCm2S / 40;
    }
    // P = 3 Å², 6 D t = 2.4 Å² in the middle of the window: α = 2.4/5.4.
    expect(alphaSum).toBeCloseTo(2.4 / 5.4, 1);
    expect(diffusionSum / truth).toBeCloseTo(1, 0.7);
  });
});
