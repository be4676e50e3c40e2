import { describe, expect, it } from 'vitest';
import { type ArrheniusPoint, diffusionAt, fitArrhenius } from '../../src/analysis/arrhenius.ts';
import { boundaryDiffusionByWidth, boundaryLine } from '../../src/analysis/boundary-line.ts';
import { boundaryDiffusion, boundaryFraction, effectiveDiffusion, widthSensitivity } from '../../src/analysis/hart.ts';
import { RandomStream } from '../../src/numerics/philox.ts';

const KB = 8.617333262e-5;
const line = (d0: number, meV: number) => (temperatureK: number) =>
  d0 * 1e-7 * Math.exp(-meV / 1000 / (KB * temperatureK));
const ordered = line(33000, 384);
const disordered = line(9400, 216);

/** Table II and Table V: δ and cell height (Å), D∥ and D⟂. */
const BOUNDARIES = [
  {
    name: 'Σ3(1-12)',
    widthA: 28.8,
    heightA: 148,
    parallel: line(9400, 274),
    perpendicular: line(9000, 275),
    at800: 1.16,
  },
  {
    name: 'Σ3(-111)',
    widthA: 16.7,
    heightA: 133,
    parallel: line(39000, 360),
    perpendicular: line(40000, 369),
    at800: 1.17,
  },
  {
    name: 'Σ5(001)',
    widthA: 26.5,
    heightA: 139,
    parallel: line(11000, 270),
    perpendicular: line(11000, 280),
    at800: 1.28,
  },
] as const;

const exact = (value: number) => ({ value, standardError: 0 });
const geometry = (widthA: number, spacingA: number, standardError = 0) => ({
  widthA: { value: widthA, standardError },
  spacingA,
});

describe('Hart’s equation (R4)', () => {
  it.each(BOUNDARIES)(
    'gives the published τ, and D_eff/D_bulk at 800 K: $name',
    ({ widthA, heightA, parallel, at800 }) => {
      const cell = geometry(widthA, heightA / 2);
      const tau = boundaryFraction(cell).value;
      expect(tau).toBeGreaterThan(0.25);
      expect(tau).toBeLessThan(0.39);
      const effective = effectiveDiffusion(exact(ordered(800)), exact(parallel(800)), cell);
      expect((effective.value / ordered(800)).toFixed(2)).toBe(at800.toFixed(2));
    },
  );

  it('goes both ways, and amplifies errors by 1/τ', () => {
    const cell = geometry(15, 60, 2);
    const bulk = { value: 2, standardError: 0.1 };
    const boundary = boundaryDiffusion({ value: 3, standardError: 0.2 }, bulk, cell);
    expect(boundary.value).toBeCloseTo(6, 12);
    // σ² = (0.2/τ)² + (0.1 (1−τ)/τ)² + ((3 − 2)/τ² · 2/60)², τ = 0.25.
    expect(boundary.standardError).toBeCloseTo(Math.sqrt(0.8 ** 2 + 0.3 ** 2 + (16 / 30) ** 2), 12);
    expect(effectiveDiffusion(exact(2), exact(boundary.value), cell).value).toBeCloseTo(3, 12);
    // By differences: how D_GB changes with δ.
    const at = (widthA: number): number => boundaryDiffusion(exact(3), exact(2), geometry(widthA, 60)).value;
    expect((Math.log(at(15.001)) - Math.log(at(14.999))) / (0.002 / 15)).toBeCloseTo(widthSensitivity(2, 6), 6);
  });

  it('states errors that are the scatter of many draws', () => {
    const random = new RandomStream('00000000000004a1', 0);
    const draws = Array.from({ length: 4000 }, () =>
      boundaryDiffusion(
        exact(3 + 0.2 * random.normal()),
        exact(2 + 0.1 * random.normal()),
        geometry(15 + 0.3 * random.normal(), 60),
      ),
    ).map(({ value }) => value);
    const centre = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const scatter = Math.sqrt(draws.reduce((sum, value) => sum + (value - centre) ** 2, 0) / draws.length);
    const stated = boundaryDiffusion(
      { value: 3, standardError: 0.2 },
      { value: 2, standardError: 0.1 },
      geometry(15, 60, 0.3),
    );
    expect(scatter / stated.standardError).toBeGreaterThan(0.95);
    expect(scatter / stated.standardError).toBeLessThan(1.05);
  });

  it('refuses boundaries as wide as their distance, and what is not positive', () => {
    expect(() => boundaryFraction(geometry(60, 60))).toThrow(
      /no bulk is left; expected δ below l = 60 Å; found δ = 60 Å/,
    );
    expect(() => boundaryFraction(geometry(0, 60))).toThrow(/must be positive; found δ = 0 ± 0 Å, l = 60 Å/);
    expect(() => boundaryFraction(geometry(Number.NaN, 60))).toThrow(/must be positive/);
  });
});

describe('boundary diffusion at room temperature (Table V, Fig. 12)', () => {
  const temperatures = [400, 450, 500, 550, 600, 650, 700, 750, 800];
  const points = (law: (temperatureK: number) => number, relative: number): ArrheniusPoint[] =>
    temperatures.map((temperatureK) => ({
      temperatureK,
      diffusionCm2S: law(temperatureK),
      standardErrorCm2S: relative * law(temperatureK),
    }));
  const bulk = fitArrhenius(points(ordered, 0.03).filter(({ temperatureK }) => temperatureK >= 550));
  const cases = BOUNDARIES.flatMap((boundary) =>
    (['parallel', 'perpendicular'] as const).map((direction) => ({
      ...boundary,
      direction,
      law: boundary[direction],
      effective: points(
        (t) =>
          effectiveDiffusion(
            exact(ordered(t)),
            exact(boundary[direction](t)),
            geometry(boundary.widthA, boundary.heightA / 2),
          ).value,
        0.03,
      ),
    })),
  );

  it.each(cases)('recovers the planted line: $name $direction', ({ widthA, heightA, law, effective }) => {
    const found = boundaryLine(effective, bulk, geometry(widthA, heightA / 2), 300);
    expect(found.diffusion.value / law(300)).toBeCloseTo(1, 6);
    expect(found.withoutBoundaryK).toEqual([]);
    expect(found.diffusion.lnStandardError).toBeGreaterThan(diffusionAt(found.fit, 300).lnStandardError);
  });

  it.each(cases)('lies between the two bulks from a width of 7 Å on: $name $direction', ({ heightA, effective }) => {
    const widthsA = [7, 10, 15, 20, 25, 30];
    const found = boundaryDiffusionByWidth(effective, bulk, { widthsA, spacingA: heightA / 2 }, 300);
    for (const { diffusion } of found) {
      expect(diffusion.value).toBeGreaterThan(ordered(300));
      expect(diffusion.value).toBeLessThan(disordered(300));
    }
    const values = found.map(({ diffusion }) => diffusion.value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  it('carries the bulk line’s error, common to all temperatures, into D_GB', () => {
    // Draws of whole campaigns: D_eff independent, the bulk's line drawn from its own covariance.
    const random = new RandomStream('00000000000004a2', 0);
    const { widthA, heightA, parallel } = BOUNDARIES[1];
    const cell = geometry(widthA, heightA / 2);
    let held = 0;
    const runs = 600;
    for (let n = 0; n < runs; n++) {
      const noisy = (law: (t: number) => number): ArrheniusPoint[] =>
        points(law, 0.03).map((point) => ({
          ...point,
          diffusionCm2S: point.diffusionCm2S * Math.exp(0.03 * random.normal()),
        }));
      const drawn = fitArrhenius(noisy(ordered).filter(({ temperatureK }) => temperatureK >= 550));
      const effective = noisy((t) => effectiveDiffusion(exact(ordered(t)), exact(parallel(t)), cell).value);
      const [low, high] = boundaryLine(effective, drawn, cell, 300).diffusion.interval95;
      if (low <= parallel(300) && parallel(300) <= high) held += 1 / runs;
    }
    expect(held).toBeGreaterThan(0.92);
    expect(held).toBeLessThan(0.99);
  });

  it('names the temperatures at which there is no boundary diffusion', () => {
    const low = points((t) => (t === 400 ? 0.1 : 1.2) * ordered(t), 0.03);
    expect(boundaryLine(low, bulk, geometry(20, 60), 300).withoutBoundaryK).toEqual([400]);
    expect(() => boundaryDiffusionByWidth(low, bulk, { widthsA: [], spacingA: 60 }, 300)).toThrow(/no width/);
  });
});
