/**
 * `analysis.boundary-energy` (R6): formation energy γ and excess volume of a boundary, from the relaxed bicrystal and its
 * relaxed bulk. Both energies are computed here, under the one potential that the task names: what is of another potential,
 * another composition or other lattice vectors in the plane cannot be compared by mistake.
 */
import { z } from 'zod';
import { boundaryEnergy } from '../analysis/boundary-energy.ts';
import { mtpForceField } from '../dynamics/mtp-force-field.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../formats/json-document.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import { latticeLengthsA } from '../structure/structure.ts';
import { potentialOf } from './potential-input.ts';
import { blobName, defineKind, singleInput } from './task-kind.ts';

export const analysisBoundaryEnergy = defineKind({
  kind: 'analysis.boundary-energy',
  v: 1,
  class: 'exact',
  params: z.strictObject({}),
  /** Inputs: `boundary`, `bulk` (structures, both relaxed in the same way), `potential`. */
  run(context) {
    const forceField = mtpForceField(potentialOf(context), context.crew);
    const cellOf = (name: string) => {
      const blob = singleInput(context, name);
      const structure = readStructure(blob.bytes, blobName(blob));
      const { energyEv, forcesEvA } = forceField.evaluate(structure, buildNeighbourList(structure, forceField.cutoffA));
      let largest2 = 0;
      for (let k = 0; k < forcesEvA.length; k += 3) {
        const [x, y, z] = [forcesEvA[k]!, forcesEvA[k + 1]!, forcesEvA[k + 2]!];
        largest2 = Math.max(largest2, x * x + y * y + z * z);
      }
      return { structure, energyEv, maxForceEvA: Math.sqrt(largest2) };
    };
    const [boundary, bulk] = [cellOf('boundary'), cellOf('bulk')];
    forceField.release();
    const found = boundaryEnergy(boundary, bulk);
    const atoms = boundary.structure.species.length;
    const results: JsonObject = {
      atoms,
      formationEnergyMevA2: found.formationEnergyMevA2 + 0,
      excessVolumeA: found.excessVolumeA + 0,
      totalAreaA2: found.totalAreaA2,
      boundaryEnergyEvPerAtom: boundary.energyEv / atoms + 0,
      bulkEnergyEvPerAtom: bulk.energyEv / atoms + 0,
      /** What a difference of 1 meV/atom between the protocols of the two would make of γ. */
      mevA2PerMevPerAtom: atoms / found.totalAreaA2,
      maxForceEvA: Math.max(boundary.maxForceEvA, bulk.maxForceEvA),
      cellLengthsA: latticeLengthsA(boundary.structure.cellA),
    };
    return {
      outcome: { status: 'done' },
      outputs: { energy: { bytes: writeJsonDocument(results), mediaType: JSON_MEDIA_TYPE } },
      results,
      modules: [forceField.module],
    };
  },
});
