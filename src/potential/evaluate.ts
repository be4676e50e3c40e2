/**
 * Energy, forces and virial of a structure under a moment tensor potential, by one sweep forward and one back for each
 * atom. Sums run over atoms in order and over neighbours in the order of the list, so the bits depend on the structure
 * and the potential alone, not on the reach or the age of the list.
 */
import { InputError } from '../numerics/input-error.ts';
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { momentProgram, sweepBack } from './moment-program.ts';
import { checkAtoms, gatherPairs, mostNeighbours } from './pairs.ts';
import { checkPotential, type MtpPotential } from './potential.ts';
import { SiteKernel } from './site-kernel.ts';

export interface Evaluation {
  /** Sum of the site energies, eV. */
  energyEv: number;
  /** Length N, eV. */
  siteEnergiesEv: Float64Array;
  /** −∂E/∂x, N×3, eV/Å. */
  forcesEvA: Float64Array;
  /** −∂E/∂(strain), 3×3 row-major, eV: MLIP's `PlusStress`; positive when the structure presses outwards. */
  virialEv: Float64Array;
}

export interface Evaluator {
  /**
   * @param list neighbours of `structure`, with a reach of at least the cutoff; farther entries are skipped; its arrays
   *   must not change, since a list that comes again is not looked at again
   * @param out overwritten and returned if its arrays fit
   * @throws InputError `unknown-species`, `overlapping-atoms`, `non-finite-position`, and `non-finite-result`, which
   *   names the atom, where the potential gives no finite energy or force
   */
  evaluate(structure: Structure, list: NeighbourList, out?: Evaluation): Evaluation;
}

/** Keeps its scratch space between calls. @throws InputError `bad-potential` */
export function createEvaluator(potential: MtpPotential): Evaluator {
  checkPotential(potential);
  const { speciesCount, template, maxDistanceA, speciesCoefficients, momentCoefficients } = potential;
  const program = momentProgram(template);
  const kernel = new SiteKernel(program, potential.radialBasisSize, speciesCount, potential);
  const coefficients = potential.radialCoefficients.map((c) => c * potential.scaling);
  const moments = new Float64Array(program.momentCount);
  const adjoints = new Float64Array(program.momentCount);
  const gradient = new Float64Array(3);

  const siteEnergyEv = (species: number): number => {
    let energyEv = speciesCoefficients[species]!;
    for (let s = 0; s < momentCoefficients.length; s++) {
      energyEv += momentCoefficients[s]! * moments[program.scalars[s]!]!;
    }
    return energyEv;
  };

  const seedAdjoints = (): void => {
    adjoints.fill(0);
    for (let s = 0; s < momentCoefficients.length; s++) {
      const k = program.scalars[s]!;
      adjoints[k] = adjoints[k]! + momentCoefficients[s]!;
    }
  };

  const evaluate = (structure: Structure, list: NeighbourList, out?: Evaluation): Evaluation => {
    const atoms = structure.species.length;
    if (list.reachA < maxDistanceA || list.start.length !== atoms + 1) {
      throw new RangeError(`a neighbour list of reach ${list.reachA} Å does not serve a cutoff of ${maxDistanceA} Å`);
    }
    checkAtoms(structure, speciesCount);
    kernel.reserve(mostNeighbours(list));
    const pairs = kernel.pairs;
    const result = out?.siteEnergiesEv.length === atoms ? out : emptyEvaluation(atoms);
    const { siteEnergiesEv, forcesEvA, virialEv } = result;
    forcesEvA.fill(0);
    virialEv.fill(0);
    let energyEv = 0;
    for (let i = 0; i < atoms; i++) {
      const count = gatherPairs(structure, list, maxDistanceA, i, pairs, 0);
      kernel.forward(pairs, 0, count, structure.species[i]!, coefficients, moments, 0);
      siteEnergiesEv[i] = siteEnergyEv(structure.species[i]!);
      energyEv += siteEnergiesEv[i]!;
      seedAdjoints();
      sweepBack(program, moments, adjoints, 0);
      for (let p = 0; p < count; p++) {
        kernel.pairGradient(pairs, p, adjoints, 0, gradient, 0);
        const j = pairs.atom[p]!;
        for (let a = 0; a < 3; a++) {
          const d = gradient[a]!;
          forcesEvA[3 * i + a] = forcesEvA[3 * i + a]! + d;
          forcesEvA[3 * j + a] = forcesEvA[3 * j + a]! - d;
          const dr = d * pairs.rA[p]!;
          for (let b = 0; b < 3; b++) virialEv[3 * a + b] = virialEv[3 * a + b]! - dr * pairs.unit[3 * p + b]!;
        }
      }
    }
    result.energyEv = energyEv;
    checkFinite(result);
    return result;
  };
  return { evaluate };
}

export function emptyEvaluation(atoms: number): Evaluation {
  return {
    energyEv: 0,
    siteEnergiesEv: new Float64Array(atoms),
    forcesEvA: new Float64Array(3 * atoms),
    virialEv: new Float64Array(9),
  };
}

function checkFinite({ energyEv, siteEnergiesEv, forcesEvA, virialEv }: Evaluation): void {
  const fail = (what: string, where: string, found: number): never => {
    throw new InputError('non-finite-result', `the potential gives no finite ${what}`, {
      where,
      found: String(found),
      remedy: 'atoms that are much too near, or a potential far outside its training set, give such numbers',
    });
  };
  for (let i = 0; i < siteEnergiesEv.length; i++) {
    const where = `atom ${i + 1} (counted from 1)`;
    if (!Number.isFinite(siteEnergiesEv[i]!)) fail('energy', where, siteEnergiesEv[i]!);
    for (let a = 0; a < 3; a++) {
      if (!Number.isFinite(forcesEvA[3 * i + a]!)) fail('force', where, forcesEvA[3 * i + a]!);
    }
  }
  if (!Number.isFinite(energyEv)) fail('energy', 'sum over the atoms', energyEv);
  for (const component of virialEv) if (!Number.isFinite(component)) fail('virial', 'sum over the atoms', component);
}
