/** `structure.create` (S1–S6): the structure of a recipe. */
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { writeStructure } from '../formats/structure-bundle.ts';
import type { MadeBoundary } from '../structure/boundary-recipe.ts';
import { cellVolumeA3, composition } from '../structure/structure.ts';
import { makeStructure, structureRecipeSchema } from './structure-recipe.ts';
import { defineKind } from './task-kind.ts';

export const structureCreate = defineKind({
  kind: 'structure.create',
  v: 1,
  class: 'exact',
  params: structureRecipeSchema,
  run(context) {
    const { structure, made } = makeStructure(context.params, context);
    const atoms = structure.species.length;
    return {
      outcome: { status: 'done' },
      outputs: { structure: { bytes: writeStructure(structure), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: {
        atoms,
        composition: Object.fromEntries(composition(structure).map((count, k) => [structure.elements[k]!, count])),
        volumeA3PerAtom: cellVolumeA3(structure.cellA) / atoms,
        ...(made === undefined ? {} : { boundary: describeBoundary(made) }),
      },
    };
  },
});

function describeBoundary({ boundary: { host, cell }, bicrystal, areBoundariesEqual }: MadeBoundary): JsonObject {
  const { sigma, angleDegrees } = cell.rotation;
  return {
    sigma,
    misorientationDegrees: angleDegrees,
    coincidenceCellAtoms: cell.latticePoints * host.sites.length,
    ...(bicrystal === undefined
      ? { reference: 'bulk' }
      : {
          separationA: bicrystal.separationA,
          boundaryDistanceA: bicrystal.boundaryDistanceA,
          boundaryAreaA2: bicrystal.boundaryAreaA2,
          areBoundariesEqual: areBoundariesEqual!,
        }),
  };
}
