import { describe, expect, it } from 'vitest';
import { boundaryWidth, spreadOfWidths } from '../../src/analysis/boundary-width.ts';
import { HeightProfile, wrappedGaussian } from '../../src/analysis/height-profile.ts';
import { fitPeriodicPeak } from '../../src/analysis/periodic-peak.ts';
import { RandomStream } from '../../src/numerics/philox.ts';

const HEIGHT_A = 148;
/** Skew, so that the height is not the length of the third vector. */
const CELL = Float64Array.of(50, 0, 0, 0, 50, 0, 12, 7, HEIGHT_A);

/** Atoms spread evenly, with energies that have a Gaussian of width σ at each of two boundaries half a cell apart. */
function planted(
  sigmaA: number,
  amplitudeEv: number,
  noiseEv = 0,
  segregation = 0,
  seed = 0,
  frames = 20,
): HeightProfile {
  const random = new RandomStream('00000000000008a1', seed);
  const profile = new HeightProfile(true);
  const atoms = 4000;
  const chosen = Int32Array.from({ length: atoms }, (_, i) => i);
  const bump = (z: number): number => wrappedGaussian(z - 11, sigmaA, HEIGHT_A / 2);
  for (let frame = 0; frame < frames; frame++) {
    const positionsA = new Float64Array(3 * atoms);
    const values = new Float64Array(atoms);
    for (let i = 0; i < atoms; i++) {
      let z = HEIGHT_A * random.uniform();
      while (segregation > 0 && random.uniform() * (1 + segregation) > 1 + segregation * bump(z))
        z = HEIGHT_A * random.uniform();
      positionsA[3 * i] = 50 * random.uniform();
      // Some cells away: profiles fold.
      positionsA[3 * i + 2] = z + HEIGHT_A * (random.integer(5) - 2);
      values[i] = -2.1 + amplitudeEv * bump(z) + noiseEv * random.normal();
    }
    profile.add(positionsA, CELL, chosen, values);
  }
  return profile;
}

describe('the width of a boundary (R5)', () => {
  // δ = 6σ of Table II; the second peak is a dip, as that of Σ3(-111) is.
  it.each([
    [28.8, 0.2],
    [16.7, -0.1],
    [26.5, 0.3],
  ])(
    'is the planted one under periodic boundaries, slices and smoothing taken off: δ = %d Å',
    (deltaA, amplitudeEv) => {
      const profile = planted(deltaA / 6, amplitudeEv);
      expect(profile.heightA).toBeCloseTo(HEIGHT_A, 9);
      for (const options of [{}, { sliceA: 2 }, { bandwidthA: 2 }, { bandwidthA: 4 }]) {
        const found = boundaryWidth(profile, options);
        expect(Math.abs(found.widthA / deltaA - 1)).toBeLessThan(0.03);
        expect(found.centreA).toBeCloseTo(11, 0);
        expect(Math.sign(found.amplitude)).toBe(Math.sign(amplitudeEv));
        expect(found.ground).toBeCloseTo(-2.1, 2);
        expect(found.spacingA).toBeCloseTo(HEIGHT_A / 2, 9);
        expect(found.boundaryConcentration).toBeCloseTo(1, 1);
      }
    },
  );

  it('would be too large without taking off what slices and smoothing add', () => {
    const found = boundaryWidth(planted(14.3 / 6, -0.1), { bandwidthA: 16.7 / 6 / 2 });
    expect(found.widthA).toBeLessThan(6 * found.fitted.sigma - 1.5);
    expect(found.widthA).toBeCloseTo(14.3, 0);
  });

  it('has an error that is the scatter of noisy profiles', () => {
    const found = Array.from({ length: 12 }, (_, seed) =>
      boundaryWidth(planted(4, 0.2, 0.5, 0, seed, 8), { sliceA: 3 }),
    );
    const { meanA, standardDeviationA } = spreadOfWidths(found.map(({ widthA }) => widthA));
    expect(Math.abs(meanA - 24)).toBeLessThan(3 * (standardDeviationA! / Math.sqrt(12)) + 0.2);
    const stated = found.reduce((sum, { widthStandardErrorA }) => sum + widthStandardErrorA / 12, 0);
    expect(stated / standardDeviationA!).toBeGreaterThan(0.5);
    expect(stated / standardDeviationA!).toBeLessThan(2);
  });

  it('sees segregation', () => {
    expect(boundaryWidth(planted(4, 0.2, 0, 0.5)).boundaryConcentration).toBeGreaterThan(1.1);
  });

  it('refuses boundaries as wide as their distance, peaks that are none, and slices too coarse to resolve', () => {
    expect(() => boundaryWidth(planted(14, 0.2))).toThrow(/no bulk is left|no peak that stands out/);
    expect(() => boundaryWidth(planted(1.2, 0.2), { bandwidthA: 1.5 })).not.toThrow();
    expect(() => boundaryWidth(planted(4, 0.2), { sliceA: 40 })).toThrow(/too wide or too fine for the cell/);
    const flat = new HeightProfile(false);
    flat.add(Float64Array.of(0, 0, 1), CELL, Int32Array.of(0));
    expect(() => boundaryWidth(flat)).toThrow(/no numbers of its atoms/);
    expect(() => boundaryWidth(new HeightProfile(true))).toThrow(/a profile needs atoms/);
    expect(spreadOfWidths([3])).toEqual({ meanA: 3, standardDeviationA: null });
  });
});

describe('a peak in a period', () => {
  it('is found exactly, across the border and as wide as a quarter of the period', () => {
    for (const [centre, sigma, amplitude] of [
      [3, 2, 1],
      [39.5, 1, -2],
      [0.2, 10, 0.5],
    ] as const) {
      const z = Array.from({ length: 40 }, (_, k) => k + 0.5);
      const found = fitPeriodicPeak(
        z,
        z.map((x) => 7 + amplitude * wrappedGaussian(x - centre, sigma, 40)),
        40,
      );
      expect(found.sigma).toBeCloseTo(sigma, 6);
      expect(found.centre).toBeCloseTo(centre, 6);
      expect(found.amplitude).toBeCloseTo(amplitude, 6);
    }
    expect(() => fitPeriodicPeak([1, 2, 3], [1, 2, 1], 4)).toThrow(/at least six points/);
  });
});

describe('profiles', () => {
  it('hold the mean of what is smoothed, and concentrations that are 1 on average', () => {
    const profile = planted(4, 0.2, 0, 0.5);
    for (const points of [profile.slices(5).points, profile.smoothed(3), profile.smoothed(3, 100, 2)]) {
      expect(points.reduce((sum, { concentration }) => sum + concentration / points.length, 0)).toBeCloseTo(1, 6);
    }
    expect(profile.slices(5).widthA).toBeCloseTo(5, 0);
    expect(profile.mean).toBeGreaterThan(-2.1);
    expect(() => profile.slices(5, 7)).toThrow(/cannot be folded into so many parts; .*found 7/);
    expect(() => profile.smoothed(3, 1e6)).toThrow(/too few or too many/);
    expect(() => profile.smoothed(0)).toThrow(/bandwidth must be positive; found 0 Å/);
  });
});
