/**
 * How the energy of each atom changes with the potential's parameters: ∂V_i/∂θ, θ in the order of `packParameters`.
 * With the moments' adjoints g_b = ∂V_i/∂M_b and Q_μ(j) = Σ_b g_b P_b(u_ij) over the basic moments of label μ,
 *   ∂V_i/∂c[z_i][z_j][μ][n] = Σ_j s φ_n(r_ij) Q_μ(j);   by the species coefficient of z_i: 1;   by ξ_α: B_α(i),
 * s the potential's scaling. All else is 0: a row is the gradient of a model that is linear near its parameters, and rows
 * are what D-optimality works on (Podryabinkin & Shapeev, Comput. Mater. Sci. 140, 171 (2017)).
 * `createPlainRows` is the plain reference; compiled-rows.ts does the same in a kernel.
 */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { momentProgram, sweepBack } from './moment-program.ts';
import { checkAtoms, gatherPairs, mostNeighbours } from './pairs.ts';
import { checkPotential, type MtpPotential, parameterCount, radialCount } from './potential.ts';
import { SiteKernel } from './site-kernel.ts';

export interface ParameterRows {
  /** Number of parameters m. */
  readonly length: number;
  /**
   * Calls `use` for the atoms first … first+count−1, in order; `rows` holds count×m numbers and is overwritten after.
   * @param list neighbours of `structure`, with a reach of at least the cutoff
   * @throws InputError `unknown-species`, `overlapping-atoms`, `non-finite-position`
   */
  visit(
    structure: Structure,
    list: NeighbourList,
    use: (first: number, count: number, rows: Float64Array) => void,
  ): void;
  /** ∂E/∂θ, the sum over the atoms. @throws InputError as `visit` does */
  energyRow(structure: Structure, list: NeighbourList): Float64Array;
}

/** One row of each atom, N×m. @throws InputError as `visit` does */
export function siteRows(source: ParameterRows, structure: Structure, list: NeighbourList): Float64Array {
  const all = new Float64Array(structure.species.length * source.length);
  source.visit(structure, list, (first, count, rows) => {
    all.set(rows.subarray(0, count * source.length), first * source.length);
  });
  return all;
}

/** Keeps its scratch space between calls. @throws InputError `bad-potential` */
export function createPlainRows(potential: MtpPotential): ParameterRows {
  checkPotential(potential);
  const { speciesCount, maxDistanceA, scaling, radialBasisSize: size, momentCoefficients } = potential;
  const program = momentProgram(potential.template);
  const { radialFunctions, basicCount, basicMu, basicMonomial, monomialCount, scalars } = program;
  const kernel = new SiteKernel(program, size, speciesCount, potential);
  const coefficients = potential.radialCoefficients.map((c) => c * scaling);
  const speciesAt = radialCount(potential);
  const momentsAt = speciesAt + speciesCount;
  const moments = new Float64Array(program.momentCount);
  const adjoints = new Float64Array(program.momentCount);
  const byLabel = new Float64Array(radialFunctions);
  const row = new Float64Array(parameterCount(potential));

  const addPair = (central: number, p: number): void => {
    byLabel.fill(0);
    for (let b = 0; b < basicCount; b++) {
      const mu = basicMu[b]!;
      byLabel[mu] = byLabel[mu]! + adjoints[b]! * kernel.monomials[p * monomialCount + basicMonomial[b]!]!;
    }
    const pair = central * speciesCount + kernel.pairs.species[p]!;
    for (let mu = 0; mu < radialFunctions; mu++) {
      const c = (pair * radialFunctions + mu) * size;
      for (let n = 0; n < size; n++) {
        row[c + n] = row[c + n]! + scaling * kernel.basis[p * size + n]! * byLabel[mu]!;
      }
    }
  };

  const visit: ParameterRows['visit'] = (structure, list, use) => {
    checkAtoms(structure, speciesCount);
    kernel.reserve(mostNeighbours(list));
    for (const [i, central] of structure.species.entries()) {
      const count = gatherPairs(structure, list, maxDistanceA, i, kernel.pairs, 0);
      kernel.forward(kernel.pairs, 0, count, central, coefficients, moments, 0);
      adjoints.fill(0);
      for (const [s, moment] of scalars.entries()) adjoints[moment] = adjoints[moment]! + momentCoefficients[s]!;
      sweepBack(program, moments, adjoints, 0);
      row.fill(0);
      for (let p = 0; p < count; p++) addPair(central, p);
      row[speciesAt + central] = 1;
      for (const [s, moment] of scalars.entries()) row[momentsAt + s] = moments[moment]!;
      use(i, 1, row);
    }
  };
  const energyRow: ParameterRows['energyRow'] = (structure, list) => {
    const sum = new Float64Array(row.length);
    visit(structure, list, () => {
      for (let k = 0; k < row.length; k++) sum[k] = sum[k]! + row[k]!;
    });
    return sum;
  };
  return { length: row.length, visit, energyRow };
}
