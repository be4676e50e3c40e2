/** R3, R10: the published Tables V and VI of Ou et al. 2024, recomputed from their own inputs. */
import { describe, expect, it } from 'vitest';
import { carrierDensityA3, conductivityMsCm, TABLE_VI_CONSTANTS } from '../../src/analysis/conductivity.ts';

const KB_EV_K = 8.617333262e-5;

/** D₀ (1e-7 cm²/s, ± half a unit of the last digit printed), E_a (meV), D(300 K) (1e-7 cm²/s), σ(300 K) (mS/cm). */
const TABLE_V: [string, number, number, number, number, number][] = [
  ['ordered bulk', 33000, 500, 384, 0.012, 0.2],
  ['disordered bulk', 9400, 50, 216, 2.203, 29.8],
  ['Σ3(1-12) parallel', 9400, 50, 274, 0.236, 3.2],
  ['Σ3(1-12) perpendicular', 9000, 50, 275, 0.218, 2.9],
  ['Σ3(-111) parallel', 39000, 500, 360, 0.035, 0.5],
  ['Σ3(-111) perpendicular', 40000, 500, 369, 0.026, 0.3],
  ['Σ5(001) parallel', 11000, 500, 270, 0.307, 4.1],
  ['Σ5(001) perpendicular', 11000, 500, 280, 0.222, 3.0],
];

describe('Table V', () => {
  it.each(TABLE_V)('%s: D(300 K) and σ lie within the rounding', (_, d0, halfD0, energyMeV, diffusion, sigma) => {
    const at300 = (prefactor: number, meV: number): number => prefactor * Math.exp(-meV / 1000 / (KB_EV_K * 300));
    const low = at300(d0 - halfD0, energyMeV + 0.5);
    const high = at300(d0 + halfD0, energyMeV - 0.5);
    expect(high).toBeGreaterThan(diffusion - 0.0005);
    expect(low).toBeLessThan(diffusion + 0.0005);
    const sigmas = [low, high].map((d) => conductivityMsCm(d * 1e-7, 300));
    expect(sigmas[1]).toBeGreaterThan(sigma - 0.05);
    expect(sigmas[0]).toBeLessThan(sigma + 0.05);
    // And from the printed D, within its own rounding.
    expect(conductivityMsCm((diffusion - 0.0005) * 1e-7, 300)).toBeLessThan(sigma + 0.05);
    expect(conductivityMsCm((diffusion + 0.0005) * 1e-7, 300)).toBeGreaterThan(sigma - 0.05);
  });
});

/** T (K), σ (mS/cm), D (1e-7 cm²/s), Λ as printed and with CODATA constants (1e-3 Å⁻³). */
const TABLE_VI: [number, number, number, number, string][] = [
  [313, 0.0013, 0.77, 0.003, '0.003'],
  [313, 9, 0.67, 22.625, '22.614'],
  [298, 2.5, 0.387, 10.359, '10.354'],
  [298, 3.4, 0.25, 21.808, '21.798'],
];

describe('Table VI', () => {
  it.each(TABLE_VI)('%d K, %d mS/cm: Λ is exact with the paper’s rounded constants', (t, sigma, d, printed, codata) => {
    expect((1000 * carrierDensityA3(sigma, d * 1e-7, t, TABLE_VI_CONSTANTS)).toFixed(3)).toBe(printed.toFixed(3));
    expect((1000 * carrierDensityA3(sigma, d * 1e-7, t)).toFixed(3)).toBe(codata);
  });

  it('inverts: Λ and D give back σ', () => {
    expect(conductivityMsCm(0.25e-7, 298, carrierDensityA3(3.4, 0.25e-7, 298))).toBeCloseTo(3.4, 12);
  });

  it('refuses what is not positive', () => {
    expect(() => conductivityMsCm(0, 300)).toThrow(/diffusionCm2S must be positive/);
    expect(() => carrierDensityA3(1, 1e-8, -3)).toThrow(/temperatureK must be positive/);
  });
});
