/**
 * `structure.relax` (D4): the nearest minimum of E + PV under a potential, with the cell fixed, isotropic, free along z
 * alone, or free. From a structure, or from the state in which a run ended (a quench). Where it does not converge, or
 * atoms fall into each other, it stops and the outcome says so; what was reached is kept.
 */
import { z } from 'zod';
import { type Relaxation, relaxStructure } from '../dynamics/minimise/relax.ts';
import { mtpForceField } from '../dynamics/mtp-force-field.ts';
import { structureAt } from '../dynamics/state.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { readState } from '../formats/md-state-bundle.ts';
import { readStructure, writeStructure } from '../formats/structure-bundle.ts';
import { cellVolumeA3, type Structure } from '../structure/structure.ts';
import { pairLimits } from './pair-limits.ts';
import { potentialOf } from './potential-input.ts';
import { relaxSettingsSchema } from './schemas.ts';
import { blobName, defineKind, singleInput, type TaskContext } from './task-kind.ts';

const params = relaxSettingsSchema.extend({
  /** Of the smallest distance of each pair of species in training: nearer atoms end the relaxation. */
  pairDistanceFraction: z.number().positive().max(1),
});
type Params = z.infer<typeof params>;

export const structureRelax = defineKind({
  kind: 'structure.relax',
  v: 1,
  class: 'exact',
  params,
  run(context) {
    const { pairDistanceFraction, ...settings } = context.params;
    const structure = startOf(context);
    const forceField = mtpForceField(potentialOf(context), context.crew);
    const relaxed = relaxStructure({
      ...settings,
      structure,
      forceField,
      pairDistanceA: pairLimits(context, forceField.cutoffA, structure.elements, pairDistanceFraction),
      onStep: (step) => context.onProgress(step / settings.maxSteps),
    });
    forceField.release();
    return {
      outcome:
        relaxed.outcome.status === 'converged'
          ? { status: 'done' }
          : { status: 'stopped', reason: { ...relaxed.outcome.reason } as unknown as JsonObject },
      outputs: {
        structure: { bytes: writeStructure(relaxed.structure), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
        path: { bytes: writePath(relaxed), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
      },
      results: summary(relaxed),
      modules: [forceField.module],
    };
  },
});

/** The structure, at the cell and positions of a state where one is given. */
function startOf(context: TaskContext<Params>): Structure {
  const blob = singleInput(context, 'structure');
  const structure = readStructure(blob.bytes, blobName(blob));
  const [stateBlob] = context.inputs('state');
  if (stateBlob === undefined) return structure;
  return structureAt(structure, readState(stateBlob.bytes, blobName(stateBlob)).state);
}

/** E + PV along the way, and what is left of the forces and the stress at its end. */
const writePath = ({ enthalpiesEv, forcesEvA, stressGpa }: Relaxation): Uint8Array =>
  writeBundle({
    entries: [
      { name: 'enthalpiesEv', shape: [enthalpiesEv.length], unit: 'eV', data: enthalpiesEv },
      { name: 'forcesEvA', shape: [forcesEvA.length / 3, 3], unit: 'eV/Å', data: forcesEvA },
      { name: 'stressGpa', shape: [3, 3], unit: 'GPa', data: stressGpa },
    ],
    meta: {},
  });

function summary({ structure, energyEv, maxForceEvA, maxStressGpa, steps, evaluations }: Relaxation): JsonObject {
  const atoms = structure.species.length;
  const c = structure.cellA;
  return {
    atoms,
    energyEv: energyEv + 0,
    energyEvPerAtom: energyEv / atoms + 0,
    volumeA3PerAtom: cellVolumeA3(c) / atoms + 0,
    cellLengthsA: [0, 3, 6].map((k) => Math.sqrt(c[k]! * c[k]! + c[k + 1]! * c[k + 1]! + c[k + 2]! * c[k + 2]!)),
    maxForceEvA,
    maxStressGpa,
    steps,
    evaluations,
  };
}
