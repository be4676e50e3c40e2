import { describe, expect, it } from 'vitest';
import { type ArrheniusPoint, diffusionAt, fitArrhenius } from '../../src/analysis/arrhenius.ts';
import { RandomStream } from '../../src/numerics/philox.ts';

const KB = 8.617333262e-5;
const law = (temperatureK: number): number => 3.3e-3 * Math.exp(-0.384 / (KB * temperatureK));
const exact = (temperaturesK: readonly number[], relative = 0.1): ArrheniusPoint[] =>
  temperaturesK.map((temperatureK) => ({
    temperatureK,
    diffusionCm2S: law(temperatureK),
    standardErrorCm2S: relative * law(temperatureK),
  }));

describe('Arrhenius fit (R3)', () => {
  it('gives back the planted law, and its errors by hand for two temperatures', () => {
    const fit = fitArrhenius(exact([900, 1000], 0.2));
    expect(fit.activationEnergyMeV).toBeCloseTo(384, 9);
    expect(fit.d0Cm2S.value / 3.3e-3).toBeCloseTo(1, 10);
    const span = 1 / (KB * 900) - 1 / (KB * 1000);
    expect(fit.activationEnergyStandardErrorMeV).toBeCloseTo((1000 * 0.2 * Math.SQRT2) / span, 8);
    expect(fit).toMatchObject({ reducedChiSquare: null, errorScale: 1 });
    const room = diffusionAt(fit, 300);
    expect(room.value / law(300)).toBeCloseTo(1, 9);
    const [a, b] = [1 / (KB * 900), 1 / (KB * 1000)].map((x) => (1 / (KB * 300) - x) / span);
    expect(room.lnStandardError).toBeCloseTo(0.2 * Math.sqrt(a * a + b * b), 9);
    expect(room.interval95[1] / room.value).toBeCloseTo(room.factor95, 12);
    expect(diffusionAt(fit, 900).lnStandardError).toBeCloseTo(0.2, 10);
  });

  it('equals the normal equations solved another way', () => {
    const random = new RandomStream('00000000000001e5', 0);
    const points = [600, 700, 800, 900, 1000].map((temperatureK) => ({
      temperatureK,
      diffusionCm2S: law(temperatureK) * Math.exp(0.05 * random.normal()),
      standardErrorCm2S: law(temperatureK) * (0.05 + 0.2 * random.uniform()),
    }));
    // Unknowns (ln D₀, E_a), design rows (1, −x); Cramer's rule on AᵀWA.
    let [s, sx, sxx, sy, sxy] = [0, 0, 0, 0, 0];
    for (const { temperatureK, diffusionCm2S, standardErrorCm2S } of points) {
      const w = (diffusionCm2S / standardErrorCm2S) ** 2;
      const x = -1 / (KB * temperatureK);
      const y = Math.log(diffusionCm2S);
      s += w;
      sx += w * x;
      sxx += w * x * x;
      sy += w * y;
      sxy += w * x * y;
    }
    const determinant = s * sxx - sx * sx;
    const fit = fitArrhenius(points);
    expect(Math.log(fit.d0Cm2S.value)).toBeCloseTo((sxx * sy - sx * sxy) / determinant, 8);
    expect(fit.activationEnergyMeV / 1000).toBeCloseTo((s * sxy - sx * sy) / determinant, 8);
    expect(fit.errorScale).toBe(1);
    expect(fit.covariance[0]).toBeCloseTo(sxx / determinant, 8);
    expect(fit.covariance[1]).toBeCloseTo(-sx / determinant, 8);
    expect(fit.covariance[3]).toBeCloseTo(s / determinant, 8);
    expect(fit.correlation).toBeGreaterThan(0.95);
    // D(T) from the covariance of (ln D₀, E_a) is D(T) from the fit.
    const x = 1 / (KB * 300);
    const variance = fit.covariance[0] - 2 * x * fit.covariance[1] + x * x * fit.covariance[3];
    expect(diffusionAt(fit, 300).lnStandardError).toBeCloseTo(Math.sqrt(variance), 8);
  });

  it('scales errors up, never down, where the points scatter more than their errors explain', () => {
    const points = exact([700, 800, 900, 1000], 0.05);
    const scattered = points.map((point, k) => ({
      ...point,
      diffusionCm2S: point.diffusionCm2S * (k % 2 ? 1.3 : 0.7),
    }));
    const fit = fitArrhenius(scattered);
    expect(fit.reducedChiSquare).toBeGreaterThan(5);
    expect(fit.errorScale).toBeCloseTo(Math.sqrt(fit.reducedChiSquare!), 12);
    expect(fitArrhenius(points)).toMatchObject({ errorScale: 1 });
    expect(fitArrhenius(points).reducedChiSquare).toBeLessThan(1e-15);
  });

  it.each([
    ['known errors', 3, Number.POSITIVE_INFINITY],
    ['errors from three replicas each', 2, 2],
  ])('states intervals that hold the planted D(300 K) and E_a: %s', (_, temperatures, freedom) => {
    const random = new RandomStream('00000000000001e6', temperatures);
    const held = { diffusion: 0, energy: 0, d0: 0 };
    const runs = 1000;
    for (let n = 0; n < runs; n++) {
      const points = [700, 1000, 850].slice(0, temperatures).map((temperatureK) => {
        const sigma = 0.1;
        let estimated = sigma;
        if (Number.isFinite(freedom)) {
          let squares = 0;
          for (let k = 0; k < freedom; k++) squares += random.normal() ** 2;
          estimated = sigma * Math.sqrt(squares / freedom);
        }
        const diffusionCm2S = law(temperatureK) * Math.exp(sigma * random.normal());
        return { temperatureK, diffusionCm2S, standardErrorCm2S: estimated * diffusionCm2S, degreesOfFreedom: freedom };
      });
      const fit = fitArrhenius(points);
      const [low, high] = diffusionAt(fit, 300).interval95;
      if (low <= law(300) && law(300) <= high) held.diffusion += 1 / runs;
      if (Math.abs(fit.activationEnergyMeV - 384) <= fit.activationEnergyHalfWidth95MeV) held.energy += 1 / runs;
      if (fit.d0Cm2S.interval95[0] <= 3.3e-3 && 3.3e-3 <= fit.d0Cm2S.interval95[1]) held.d0 += 1 / runs;
    }
    for (const share of Object.values(held)) {
      expect(share).toBeGreaterThan(0.93);
      expect(share).toBeLessThan(0.99);
    }
  });

  it('says 0 to infinity, and nothing that is no number, where errors are beyond all range', () => {
    const far = diffusionAt(
      fitArrhenius(exact([999, 1000], 0.9).map((point) => ({ ...point, degreesOfFreedom: 1 }))),
      10,
    );
    expect(far.interval95[0]).toBe(0);
    expect(far.interval95[1]).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses fewer than two temperatures, and what is not positive', () => {
    expect(() => fitArrhenius([])).toThrow(/at least two different temperatures/);
    expect(() => fitArrhenius([...exact([900]), ...exact([900])])).toThrow(/found 900 K, 900 K/);
    const [point] = exact([900]);
    expect(() => fitArrhenius([{ ...point, diffusionCm2S: -1e-9 }])).toThrow(/900 K: diffusionCm2S must be positive/);
    expect(() => fitArrhenius([{ ...point, standardErrorCm2S: 0 }])).toThrow(/standardErrorCm2S must be positive/);
    expect(() => fitArrhenius([{ ...point, temperatureK: 0 }])).toThrow(/temperatureK must be positive/);
  });
});
