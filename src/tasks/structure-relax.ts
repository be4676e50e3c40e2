/**
 * `structure.relax` (D4): the nearest minimum of E + PV under a potential, with the cell fixed, isotropic, free along z
 * alone, or free, and with the symmetry of the structure kept or not. From a structure, or from the state in which a run ended (a quench). Where it does not converge, or
 * atoms fall into each other, it stops and the outcome says so; what was reached is kept.
 */
import { z } from 'zod';
import type { Relaxation } from '../dynamics/minimise/relax.ts';
import type { ConstraintOperation } from '../dynamics/minimise/symmetry-constraint.ts';
import { structureAt } from '../dynamics/state.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { readState } from '../formats/md-state-bundle.ts';
import { readStructure, writeStructure } from '../formats/structure-bundle.ts';
import { findOperations } from '../structure/find-operations.ts';
import type { Structure } from '../structure/structure.ts';
import type { CheckedOperation } from '../structure/symmetry.ts';
import { minimumSummary, relaxerOf } from './relaxer.ts';
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
    const { pairDistanceFraction, symmetry, ...settings } = context.params;
    const structure = startOf(context);
    const kept = symmetry === undefined ? undefined : findOperations(structure, symmetry.toleranceA);
    const relaxer = relaxerOf(context, settings, pairDistanceFraction, structure.elements, kept?.map(constraintOf));
    const relaxed = relaxer.relax(structure, (step) => context.onProgress(step / settings.maxSteps));
    relaxer.release();
    return {
      outcome:
        relaxed.outcome.status === 'converged'
          ? { status: 'done' }
          : { status: 'stopped', reason: { ...relaxed.outcome.reason } as unknown as JsonObject },
      outputs: {
        structure: { bytes: writeStructure(relaxed.structure), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
        path: { bytes: writePath(relaxed), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
      },
      results: { ...summary(relaxed), ...(kept === undefined ? {} : { operationsKept: kept.length }) },
      modules: [relaxer.module],
    };
  },
});

const constraintOf = ({ rotation, translation, atoms }: CheckedOperation): ConstraintOperation => ({
  rotation,
  translation,
  permutation: atoms,
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

const summary = ({ structure, energyEv, maxForceEvA, maxStressGpa, steps, evaluations }: Relaxation): JsonObject => ({
  ...minimumSummary(structure, energyEv),
  maxForceEvA,
  maxStressGpa,
  steps,
  evaluations,
});
