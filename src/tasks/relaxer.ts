/** Geometry optimisation under the potential that a task gives: settings, kernel and distance limits put together once. */
import type { z } from 'zod';
import { type Relaxation, relaxStructure } from '../dynamics/minimise/relax.ts';
import type { ConstraintOperation } from '../dynamics/minimise/symmetry-constraint.ts';
import { mtpForceField } from '../dynamics/mtp-force-field.ts';
import { cellVolumeA3, latticeLengthsA, type Structure } from '../structure/structure.ts';
import { pairLimits } from './pair-limits.ts';
import { potentialOf } from './potential-input.ts';
import type { relaxSettingsSchema } from './schemas.ts';
import type { TaskContext } from './task-kind.ts';

export interface Relaxer {
  relax(structure: Structure, onStep?: (step: number) => void): Relaxation;
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
  release(): void;
}

/**
 * @param context gives the inputs `potential` and `range`
 * @param pairDistanceFraction of the smallest distance of each pair of species in training: nearer atoms end a relaxation
 * @param symmetry operations that the structure keeps
 * @throws InputError as `readMtp` and `pairLimits`
 */
export function relaxerOf<P>(
  context: TaskContext<P>,
  settings: Omit<z.infer<typeof relaxSettingsSchema>, 'symmetry'>,
  pairDistanceFraction: number,
  elements: readonly string[],
  symmetry?: readonly ConstraintOperation[],
): Relaxer {
  const forceField = mtpForceField(potentialOf(context), context.crew);
  const pairDistanceA = pairLimits(context, forceField.cutoffA, elements, pairDistanceFraction);
  return {
    relax: (structure, onStep) =>
      relaxStructure({
        ...settings,
        ...(symmetry === undefined ? {} : { symmetry }),
        structure,
        forceField,
        pairDistanceA,
        ...(onStep === undefined ? {} : { onStep }),
      }),
    module: forceField.module,
    release: () => forceField.release(),
  };
}

/** What every task says of a structure at its minimum. */
export const minimumSummary = (structure: Structure, energyEv: number) => {
  const atoms = structure.species.length;
  return {
    atoms,
    energyEv: energyEv + 0,
    energyEvPerAtom: energyEv / atoms + 0,
    volumeA3PerAtom: cellVolumeA3(structure.cellA) / atoms + 0,
    cellLengthsA: latticeLengthsA(structure.cellA),
  };
};
