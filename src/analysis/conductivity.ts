/**
 * Ionic conductivity from a self-diffusion coefficient, σ = Λ D e² / (kB T), as the argyrodite paper has it.
 *
 * Λ is an effective carrier density, n_Li/H_R, calibrated on a measured pair (σ, D): the Haven ratio is already in
 * it and must not be applied again. (n_Li of Li6PS5Cl is 22.3e-3 Å⁻³ at a = 10.25 Å.)
 */
import { InputError } from '../numerics/input-error.ts';
import { BOLTZMANN_J_K, ELEMENTARY_CHARGE_C } from '../numerics/physical-constants.ts';
import type { LogEstimate } from './arrhenius.ts';

/** Å⁻³: Schlenker et al. 2020, 298 K, the paper's choice. */
export const DEFAULT_CARRIER_DENSITY_A3 = 21.808e-3;

export interface ConductivityConstants {
  readonly boltzmannJK: number;
  readonly chargeC: number;
}

export const EXACT_CONSTANTS: ConductivityConstants = { boltzmannJK: BOLTZMANN_J_K, chargeC: ELEMENTARY_CHARGE_C };

/** The rounded constants with which the paper's Table VI is computed; for comparison with it, nowhere else. */
export const TABLE_VI_CONSTANTS: ConductivityConstants = { boltzmannJK: 1.381e-23, chargeC: 1.602e-19 };

/**
 * σ per Λ·D in mS/cm for Å⁻³ and cm²/s: 1 Å⁻³ = 10³⁰ m⁻³, 1 cm²/s = 10⁻⁴ m²/s, 1 S/m = 10 mS/cm, together 10²⁷.
 */
function conversion(temperatureK: number, constants: ConductivityConstants): number {
  return (1e27 * constants.chargeC * constants.chargeC) / (constants.boltzmannJK * temperatureK);
}

/**
 * σ in mS/cm. It is proportional to D, so D's relative error, or its factor, is σ's.
 * @throws InputError `bad-conductivity-input` for anything not positive
 */
export function conductivityMsCm(
  diffusionCm2S: number,
  temperatureK: number,
  carrierDensityA3 = DEFAULT_CARRIER_DENSITY_A3,
  constants = EXACT_CONSTANTS,
): number {
  requirePositive({ diffusionCm2S, temperatureK, carrierDensityA3 });
  return carrierDensityA3 * diffusionCm2S * conversion(temperatureK, constants);
}

/**
 * σ in mS/cm with the interval of D: it is proportional to D, so the factor is the same. The uncertainty of Λ, which for
 * Li6PS5Cl is a factor of two between measurements, is not in it.
 * @throws InputError `bad-conductivity-input` for a D that is not positive and finite
 */
export function conductivityEstimate(
  diffusion: LogEstimate,
  temperatureK: number,
  carrierDensityA3 = DEFAULT_CARRIER_DENSITY_A3,
): LogEstimate {
  const value = conductivityMsCm(diffusion.value, temperatureK, carrierDensityA3);
  const [low, high] = diffusion.interval95;
  const perDiffusion = carrierDensityA3 * conversion(temperatureK, EXACT_CONSTANTS);
  return { ...diffusion, value, interval95: [low * perDiffusion, high * perDiffusion] };
}

/**
 * Λ in Å⁻³ from a measured conductivity and diffusion coefficient.
 * @throws InputError `bad-conductivity-input` for anything not positive
 */
export function carrierDensityA3(
  conductivity: number,
  diffusionCm2S: number,
  temperatureK: number,
  constants = EXACT_CONSTANTS,
): number {
  requirePositive({ conductivity, diffusionCm2S, temperatureK });
  return conductivity / (diffusionCm2S * conversion(temperatureK, constants));
}

function requirePositive(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new InputError('bad-conductivity-input', `${name} must be positive and finite`, { found: String(value) });
  }
}
