/**
 * A moment tensor potential: V_i = species coefficient of atom i + Σ_α moment coefficient α · basis function α, with
 * basis functions of the moments of f_μ(r; z_i, z_j) = Σ_n c[z_i][z_j][μ][n] φ_n(r), φ_n as in radial-basis.ts.
 * Energies in eV, distances in Å.
 */
import { InputError } from '../numerics/input-error.ts';
import type { MtpTemplate } from './template.ts';

export interface MtpPotential {
  readonly name: string;
  readonly speciesCount: number;
  /** Lower end of the Chebyshev interval. Nearer pairs are extrapolated, not cut off. */
  readonly minDistanceA: number;
  /** Cutoff: at and beyond it φ and its derivative vanish. */
  readonly maxDistanceA: number;
  /** Number R of radial basis functions φ_n. */
  readonly radialBasisSize: number;
  /** Factor of every φ_n. */
  readonly scaling: number;
  readonly template: MtpTemplate;
  /** c[a][b][μ][n], S·S·K·R values; a is the species of the central atom, and c[a][b] ≠ c[b][a] in general. */
  readonly radialCoefficients: Float64Array;
  /** One for each species, eV. */
  readonly speciesCoefficients: Float64Array;
  /** One for each basis function, in the order of `template.scalars`. */
  readonly momentCoefficients: Float64Array;
}

/** Number of radial coefficients, S·S·K·R. */
export const radialCount = (p: MtpPotential): number =>
  p.speciesCount * p.speciesCount * p.template.radialFunctions * p.radialBasisSize;

/** Number of parameters: radial, species and moment coefficients. */
export const parameterCount = (p: MtpPotential): number => radialCount(p) + p.speciesCount + p.template.scalars.length;

/** All parameters in one vector: radial, species, moment coefficients. */
export function packParameters(p: MtpPotential): Float64Array {
  const parameters = new Float64Array(parameterCount(p));
  parameters.set(p.radialCoefficients);
  parameters.set(p.speciesCoefficients, p.radialCoefficients.length);
  parameters.set(p.momentCoefficients, p.radialCoefficients.length + p.speciesCount);
  return parameters;
}

/** The potential with the parameters of `packParameters` replaced (copied). */
export function withParameters(p: MtpPotential, parameters: Float64Array): MtpPotential {
  const radial = radialCount(p);
  return {
    ...p,
    radialCoefficients: parameters.slice(0, radial),
    speciesCoefficients: parameters.slice(radial, radial + p.speciesCount),
    momentCoefficients: parameters.slice(radial + p.speciesCount, parameterCount(p)),
  };
}

/**
 * Checks what every user of a potential relies on: array lengths, finite numbers, an interval of distances.
 * @throws InputError `bad-potential`
 */
export function checkPotential(p: MtpPotential): void {
  const demand = (fine: boolean, what: string, expected: string, found: string): void => {
    if (!fine) throw new InputError('bad-potential', what, { expected, found });
  };
  demand(
    Number.isFinite(p.maxDistanceA) && p.minDistanceA >= 0 && p.minDistanceA < p.maxDistanceA,
    'no interval of distances',
    '0 ≤ smallest < largest distance',
    `${p.minDistanceA} and ${p.maxDistanceA} Å`,
  );
  demand(Number.isFinite(p.scaling) && p.scaling > 0, 'no usable scaling', 'a positive number', String(p.scaling));
  demand(
    Number.isInteger(p.radialBasisSize) && p.radialBasisSize >= 1,
    'no radial basis',
    '≥ 1',
    `${p.radialBasisSize}`,
  );
  const lengths: [string, Float64Array, number][] = [
    ['radial coefficients', p.radialCoefficients, radialCount(p)],
    ['species coefficients', p.speciesCoefficients, p.speciesCount],
    ['moment coefficients', p.momentCoefficients, p.template.scalars.length],
  ];
  for (const [what, values, length] of lengths) {
    demand(values.length === length, `wrong number of ${what}`, String(length), String(values.length));
    const at = values.findIndex((value) => !Number.isFinite(value));
    demand(at < 0, `${what} are not all finite`, 'finite numbers', `${values[at]} at position ${at}`);
  }
}
