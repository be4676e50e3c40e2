import { describe, expect, it } from 'vitest';
import { diffusionAt, fitArrhenius } from '../../src/analysis/arrhenius.ts';
import { conductivityEstimate, conductivityMsCm } from '../../src/analysis/conductivity.ts';
import {
  type BoundaryKind,
  boundaryVolumeFraction,
  isotropicBoundaryDiffusion,
  isRegimeA,
  polycrystalBounds,
  smallestGrainSizeA,
} from '../../src/analysis/polycrystal.ts';
import { fractionAtBound, wienerBounds } from '../../src/analysis/wiener.ts';

const ORDERED = 0.012e-7;
const DISORDERED = 2.203e-7;
const KINDS: readonly BoundaryKind[] = [
  { name: 'Σ3(1-12)', widthA: 28.8, parallelCm2S: 0.236e-7, perpendicularCm2S: 0.218e-7 },
  { name: 'Σ3(-111)', widthA: 16.7, parallelCm2S: 0.035e-7, perpendicularCm2S: 0.026e-7 },
  { name: 'Σ5(001)', widthA: 26.5, parallelCm2S: 0.307e-7, perpendicularCm2S: 0.222e-7 },
];

describe('Wiener’s bounds (R11, Eqs. C1 to C3)', () => {
  it('are the arithmetic and the harmonic mean, and coincide for a pure component', () => {
    const half = wienerBounds([
      { name: 'a', fraction: 0.5, diffusionCm2S: 1 },
      { name: 'b', fraction: 0.5, diffusionCm2S: 3 },
    ]);
    expect(half).toEqual({ upperCm2S: 2, lowerCm2S: 1.5, contrast: 3, lowContrast: true });
    const pure = wienerBounds([
      { name: 'a', fraction: 1, diffusionCm2S: ORDERED },
      { name: 'b', fraction: 0, diffusionCm2S: DISORDERED },
    ]);
    expect(pure.upperCm2S).toBeCloseTo(pure.lowerCm2S, 20);
    expect(pure.contrast).toBe(1);
  });

  it('say that ordered and disordered argyrodite are not of low contrast (184)', () => {
    const mixed = wienerBounds([
      { name: 'ordered', fraction: 0.5, diffusionCm2S: ORDERED },
      { name: 'disordered', fraction: 0.5, diffusionCm2S: DISORDERED },
    ]);
    expect(Math.round(mixed.contrast)).toBe(184);
    expect(mixed.lowContrast).toBe(false);
  });

  it('meet the measured 0.25e-7 cm²/s at 10.9 % (upper) and 95.7 % (lower) of disordered bulk (Fig. 13b)', () => {
    expect((100 * fractionAtBound('upper', ORDERED, DISORDERED, 0.25e-7)).toFixed(1)).toBe('10.9');
    expect((100 * fractionAtBound('lower', ORDERED, DISORDERED, 0.25e-7)).toFixed(1)).toBe('95.7');
    expect(() => fractionAtBound('upper', ORDERED, DISORDERED, 3e-7)).toThrow(/no mixture of the two/);
  });

  it('refuse fractions that do not add up to 1, and what is not positive', () => {
    const of = (fraction: number, diffusionCm2S: number) => () =>
      wienerBounds([
        { name: 'a', fraction, diffusionCm2S },
        { name: 'b', fraction: 0.5, diffusionCm2S: 1 },
      ]);
    expect(of(0.4, 1)).toThrow(/must add up to 1; found 0.9/);
    expect(of(-0.5, 1)).toThrow(/a: a fraction lies between 0 and 1/);
    expect(of(0.5, 0)).toThrow(/a: D must be positive; found 0 cm²\/s/);
    expect(() => wienerBounds([])).toThrow(/must add up to 1/);
  });
});

describe('polycrystals (R11, Eqs. C4, C5, Fig. 13a)', () => {
  it('are all boundary at 7.0 nm, and refused below', () => {
    expect((smallestGrainSizeA(KINDS) / 10).toFixed(1)).toBe('7.0');
    expect(() => polycrystalBounds(ORDERED, KINDS, 69)).toThrow(/grains of at least 69.9 Å; found 69 Å/);
    expect(polycrystalBounds(ORDERED, KINDS, 70).boundaryFraction).toBeCloseTo(0.998, 3);
  });

  it('hardly feel their boundaries above 1 000 nm', () => {
    const at = (grainNm: number, bulk: number) => polycrystalBounds(bulk, KINDS, 10 * grainNm);
    expect(at(1000, ORDERED).upperCm2S / ORDERED).toBeLessThan(1.12);
    expect(at(1000, ORDERED).lowerCm2S / ORDERED).toBeLessThan(1.01);
    expect(at(1000, DISORDERED).lowerCm2S / DISORDERED).toBeGreaterThan(0.8);
    expect(at(10, ORDERED).upperCm2S / ORDERED).toBeGreaterThan(5);
    for (const grainNm of [8, 20, 100, 1500]) {
      const { upperCm2S, lowerCm2S, boundaryFraction } = at(grainNm, ORDERED);
      expect(lowerCm2S).toBeLessThan(upperCm2S);
      expect(boundaryFraction).toBeCloseTo((2.9105 * 24) / (10 * grainNm), 10);
    }
  });

  it('weigh kinds by their probabilities, alike where none is given', () => {
    const weighted = KINDS.map((kind, k) => ({ ...kind, probability: [0.5, 0.25, 0.25][k] }));
    const fraction = (2.9105 * (0.5 * 28.8 + 0.25 * 16.7 + 0.25 * 26.5)) / 500;
    expect(polycrystalBounds(ORDERED, weighted, 500).boundaryFraction).toBeCloseTo(fraction, 12);
    expect(boundaryVolumeFraction(24, 240, 1)).toBeCloseTo(0.29105, 12);
    expect(isotropicBoundaryDiffusion(3, 6)).toBe(4);
    expect(() => polycrystalBounds(ORDERED, weighted.slice(1), 500)).toThrow(/add up to 1; found 0.5/);
    expect(() => polycrystalBounds(ORDERED, [weighted[0], KINDS[1]], 500)).toThrow(/some kinds .* found 1 of 2/);
    expect(() => polycrystalBounds(ORDERED, KINDS, Number.NaN)).toThrow(/grainSizeA must be positive/);
  });

  it('are in regime A where the diffusion length exceeds three grains', () => {
    // √(1e-8 cm²/s · 1 s) = 1e-4 cm = 1 µm.
    expect(isRegimeA(1e-8, 1, 3000)).toBe(true);
    expect(isRegimeA(1e-8, 1, 3400)).toBe(false);
  });
});

describe('conductivity with the interval of D (R10)', () => {
  it('has the factor of D, and the covariance of ln D₀ and E_a in it', () => {
    const points = [700, 850, 1000].map((temperatureK) => ({
      temperatureK,
      diffusionCm2S: 3.3e-3 * Math.exp(-0.384 / (8.617333262e-5 * temperatureK)),
      standardErrorCm2S: 1e-7,
    }));
    const diffusion = diffusionAt(fitArrhenius(points), 300);
    const sigma = conductivityEstimate(diffusion, 300);
    expect(sigma.value).toBe(conductivityMsCm(diffusion.value, 300));
    expect(sigma.interval95[1] / sigma.value).toBeCloseTo(diffusion.factor95, 9);
    expect(sigma.value / sigma.interval95[0]).toBeCloseTo(diffusion.factor95, 9);
    expect(sigma.factor95).toBe(diffusion.factor95);
  });
});
