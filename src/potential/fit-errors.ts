/** How far a potential is from labels, in the units in which such errors are published. */
import { GPA_PER_EV_A3 } from '../numerics/physical-constants.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import { cellVolumeA3 } from '../structure/structure.ts';
import { createCompiledEvaluator } from './compiled-evaluate.ts';
import type { MtpPotential } from './potential.ts';
import type { LabelledConfiguration } from './training-set.ts';

export interface FitErrors {
  readonly configurations: number;
  readonly atoms: number;
  /** Of E/N over the configurations. */
  readonly energyRmseMevAtom: number;
  readonly energyMaeMevAtom: number;
  readonly energyMaxMevAtom: number;
  /** √ of the mean over atoms of |ΔF|², the difference as a vector: what MLIP-2 prints. */
  readonly forceRmseEvA: number;
  /** √ of the mean over the three components of all atoms: forceRmseEvA / √3. */
  readonly forceComponentRmseEvA: number;
  /** Mean over components of |ΔF|. */
  readonly forceComponentMaeEvA: number;
  /** Largest |ΔF| of an atom. */
  readonly forceMaxEvA: number;
  /** √ of the mean over the nine components of all configurations with a virial and a volume; null if there is none. */
  readonly stressRmseGpa: number | null;
}

/** @throws InputError as `Evaluator.evaluate` does */
export function fitErrors(potential: MtpPotential, configurations: readonly LabelledConfiguration[]): FitErrors {
  const evaluator = createCompiledEvaluator(potential);
  const sums = {
    atoms: 0,
    energy2: 0,
    energy: 0,
    energyMax: 0,
    force2: 0,
    force: 0,
    forceMax2: 0,
    stress2: 0,
    stresses: 0,
  };
  for (const { structure, energyEv, forcesEvA, virialEv } of configurations) {
    const atoms = structure.species.length;
    const predicted = evaluator.evaluate(structure, buildNeighbourList(structure, potential.maxDistanceA));
    const energyError = Math.abs(predicted.energyEv - energyEv) / atoms;
    sums.atoms += atoms;
    sums.energy2 += energyError * energyError;
    sums.energy += energyError;
    sums.energyMax = Math.max(sums.energyMax, energyError);
    for (let i = 0; i < atoms; i++) {
      let error2 = 0;
      for (let a = 3 * i; a < 3 * i + 3; a++) {
        const error = predicted.forcesEvA[a]! - forcesEvA[a]!;
        error2 += error * error;
        sums.force += Math.abs(error);
      }
      sums.force2 += error2;
      sums.forceMax2 = Math.max(sums.forceMax2, error2);
    }
    if (virialEv === null || !structure.periodic.every((repeats) => repeats)) continue;
    const gpa = GPA_PER_EV_A3 / Math.abs(cellVolumeA3(structure.cellA));
    sums.stresses += 1;
    for (let ab = 0; ab < 9; ab++) {
      const error = (predicted.virialEv[ab]! - virialEv[ab]!) * gpa;
      sums.stress2 += error * error;
    }
  }
  const count = Math.max(1, configurations.length);
  const atoms = Math.max(1, sums.atoms);
  return {
    configurations: configurations.length,
    atoms: sums.atoms,
    energyRmseMevAtom: 1000 * Math.sqrt(sums.energy2 / count),
    energyMaeMevAtom: (1000 * sums.energy) / count,
    energyMaxMevAtom: 1000 * sums.energyMax,
    forceRmseEvA: Math.sqrt(sums.force2 / atoms),
    forceComponentRmseEvA: Math.sqrt(sums.force2 / (3 * atoms)),
    forceComponentMaeEvA: sums.force / (3 * atoms),
    forceMaxEvA: Math.sqrt(sums.forceMax2),
    stressRmseGpa: sums.stresses === 0 ? null : Math.sqrt(sums.stress2 / (9 * sums.stresses)),
  };
}
