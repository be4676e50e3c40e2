import { describe, expect, it } from 'vitest';
import { generalisedFit } from '../../src/analysis/generalised-fit.ts';
import { boundaryDiffusion } from '../../src/analysis/hart.ts';
import { meanSquareDisplacement, msdCurve } from '../../src/analysis/msd.ts';
import { excessFourthMoment, msdCovariance } from '../../src/analysis/msd-covariance.ts';
import type { Paths } from '../../src/analysis/paths.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { randomHops, randomWalk } from './walks.ts';

const TRUTH = 3e-6;
const walk = { atoms: 60, frames: 61, frameIntervalFs: 1000, diffusionCm2S: [TRUTH, TRUTH, TRUTH] } as const;
const hops = { atoms: 60, frames: 61, probability: 0.1, lengthA: 3 };
const HOPS_TRUTH = (0.1 * hops.probability * hops.lengthA ** 2) / 6 / 1000;

describe('the covariance of the MSD', () => {
  it.each([
    ['a plain walk', 0, 0],
    ['a walk with a rattle', 0.7, 0],
    ['rare jumps', 0, 0.05],
  ])('is that of many draws: %s', (_, rattleA, probability) => {
    const lags = [1, 4, 11, 20, 29];
    const [atoms, frames, draws] = [3, 31, 6000];
    const d = TRUTH;
    const sums = new Float64Array(lags.length);
    const products = new Float64Array(lags.length ** 2);
    for (let n = 0; n < draws; n++) {
      const paths =
        probability > 0
          ? randomHops({ atoms, frames, probability, lengthA: 3 }, n)
          : randomWalk({ ...walk, atoms, frames, rattleA }, n);
      const curve = msdCurve(meanSquareDisplacement(paths, { origins: 'multiple', frameIntervalFs: 1000 }), 'all');
      lags.forEach((p, a) => {
        sums[a] += curve[p] / draws;
        lags.forEach((q, b) => {
          products[a * lags.length + b] += (curve[p] * curve[q]) / draws;
        });
      });
    }
    const slope = probability > 0 ? (probability * 9) / 3 : 2 * (d / 0.1) * 1000;
    const model = {
      slopesA2: [slope, slope, slope],
      plateausA2: new Array<number>(3).fill(2 * rattleA ** 2),
      // Compound Poisson, one jump at most in a frame: ⟨r⁴⟩ − ⟨r²⟩² − 2 Σ ⟨x²⟩² of one frame.
      excessA4: probability > 0 ? probability * 81 - (probability * 9) ** 2 * (1 + 2 / 3) : 0,
    };
    const stated = msdCovariance(model, lags, { atoms, frames, origins: 'multiple' });
    lags.forEach((_, a) => {
      lags.forEach((_, b) => {
        const at = a * lags.length + b;
        const drawn = products[at] - sums[a] * sums[b];
        const scale = Math.sqrt(stated[a * (lags.length + 1)] * stated[b * (lags.length + 1)]);
        expect(Math.abs(drawn - stated[at]) / scale).toBeLessThan(0.1);
      });
    });
  });

  it('takes the excess of the fourth moment from the paths, and none from a normal walk', () => {
    const rare = randomHops({ atoms: 4000, frames: 41, probability: 0.05, lengthA: 3 }, 1);
    const planted = 0.05 * 81 - (0.05 * 9) ** 2 * (1 + 2 / 3);
    expect(excessFourthMoment(rare, 'all', 1) / planted).toBeCloseTo(1, 1);
    expect(excessFourthMoment(rare, 'all', 10) / planted).toBeCloseTo(1, 1);
    const normal = randomWalk({ ...walk, atoms: 2000 }, 1);
    expect(excessFourthMoment(normal, 'all', 1)).toBeLessThan(0.002 * planted);
  });
});

describe('generalised least squares (R2)', () => {
  it.each([
    ['a plain walk, every origin', [0.1, 1], 'multiple', (n: number) => randomWalk(walk, n), TRUTH],
    ['a plain walk, the published window', [0.6, 1], 'multiple', (n: number) => randomWalk(walk, n), TRUTH],
    ['a plain walk, one origin', [0.1, 1], 'single', (n: number) => randomWalk(walk, n), TRUTH],
    ['a rattle about each place', [0.1, 1], 'multiple', (n: number) => randomWalk({ ...walk, rattleA: 0.8 }, n), TRUTH],
    ['jumps', [0.1, 1], 'multiple', (n: number) => randomHops(hops, n), HOPS_TRUTH],
  ] as [string, [number, number], 'multiple' | 'single', (n: number) => Paths, number][])(
    'states 95 % intervals that hold the true D in 93 to 97 % of runs: %s',
    (_, window, origins, draw, truth) => {
      const seeds = 500;
      let held = 0;
      let sum = 0;
      let squares = 0;
      let stated = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const paths = draw(seed);
        const msd = meanSquareDisplacement(paths, { origins, frameIntervalFs: 1000 });
        const found = generalisedFit(msd, paths, 'all', { window })!;
        if (found.interval95Cm2S[0] <= truth && truth <= found.interval95Cm2S[1]) held += 1 / seeds;
        sum += found.diffusionCm2S / truth / seeds;
        squares += (found.diffusionCm2S / truth - 1) ** 2 / seeds;
        stated += found.standardErrorCm2S / truth / seeds;
      }
      expect(held).toBeGreaterThanOrEqual(0.93);
      expect(held).toBeLessThanOrEqual(0.97);
      expect(sum).toBeCloseTo(1, 1);
      expect(stated / Math.sqrt(squares)).toBeGreaterThan(0.9);
      expect(stated / Math.sqrt(squares)).toBeLessThan(1.1);
    },
  );

  it('finds the plateau of a rattle, and D by direction', () => {
    const paths = randomWalk({ ...walk, atoms: 400, diffusionCm2S: [4e-6, 4e-6, 1e-6], rattleA: 0.8 }, 7);
    const msd = meanSquareDisplacement(paths, { origins: 'multiple', frameIntervalFs: 1000 });
    const near = (value: number, truth: number, error: number) =>
      expect(Math.abs(value - truth) / error).toBeLessThan(3);
    for (const [direction, truth, plateauA2] of [
      ['all', 3e-6, 6 * 0.64],
      ['parallel', 4e-6, 4 * 0.64],
      ['perpendicular', 1e-6, 2 * 0.64],
    ] as const) {
      const found = generalisedFit(msd, paths, direction, { window: [0.1, 1] })!;
      near(found.diffusionCm2S, truth, found.standardErrorCm2S);
      near(found.plateauA2, plateauA2, found.plateauStandardErrorA2);
    }
  });

  it('gives nothing for atoms that do not move, and refuses a window too short', () => {
    const still = randomWalk({ ...walk, diffusionCm2S: [0, 0, 0] }, 1);
    const msd = meanSquareDisplacement(still, { origins: 'multiple', frameIntervalFs: 1000 });
    expect(generalisedFit(msd, still, 'all')).toBeNull();
    expect(() => generalisedFit(msd, still, 'all', { window: [0.99, 1] })).toThrow(/too short for the fit window/);
  });
});

describe('Hart’s equation on walks (R4)', () => {
  /**
   * Bicrystal of layers along z, a share τ of them boundary: atoms step to neighbouring layers, and along x and y by what
   * the layer they are in gives. All layers are equally likely, so Hart's equation holds for the plane exactly.
   */
  function bicrystalWalk(
    boundaryCm2S: number,
    bulkCm2S: number,
    boundaryLayers: number,
    layers: number,
    stream: number,
  ): Paths {
    const random = new RandomStream('00000000000005b2', stream);
    const atoms = 200;
    const layer = Array.from({ length: atoms }, () => random.integer(layers));
    const place = new Float64Array(3 * atoms);
    const framesA = [place.slice()];
    for (let frame = 1; frame < 61; frame++) {
      for (let i = 0; i < atoms; i++) {
        const d = layer[i] < boundaryLayers ? boundaryCm2S : bulkCm2S;
        for (let axis = 0; axis < 2; axis++) place[3 * i + axis] += Math.sqrt(2 * (d / 0.1) * 1000) * random.normal();
        const draw = random.uniform();
        const step = draw < 0.3 ? 1 : draw < 0.6 ? -1 : 0;
        layer[i] = (layer[i] + step + layers) % layers;
        place[3 * i + 2] += 2 * step;
      }
      framesA.push(place.slice());
    }
    return { atoms: Int32Array.from({ length: atoms }, (_, i) => i), framesA };
  }

  it('recovers a planted D_GB in the plane, within its stated interval', () => {
    const [planted, bulk] = [9e-6, 3e-6];
    let held = 0;
    let sum = 0;
    const seeds = 80;
    for (let seed = 0; seed < seeds; seed++) {
      const paths = bicrystalWalk(planted, bulk, 6, 20, seed);
      const msd = meanSquareDisplacement(paths, { origins: 'multiple', frameIntervalFs: 1000 });
      const effective = generalisedFit(msd, paths, 'parallel', { window: [0.1, 1] })!;
      const found = boundaryDiffusion(
        { value: effective.diffusionCm2S, standardError: effective.standardErrorCm2S },
        { value: bulk, standardError: 0 },
        { widthA: { value: 12, standardError: 0 }, spacingA: 40 },
      );
      sum += found.value / planted / seeds;
      if (Math.abs(found.value - planted) <= 1.96 * found.standardError) held += 1 / seeds;
    }
    expect(sum).toBeCloseTo(1, 1);
    expect(held).toBeGreaterThan(0.88);
  });
});
