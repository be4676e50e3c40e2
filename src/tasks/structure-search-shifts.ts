/**
 * `structure.search-shifts` (S8): one row of the mesh of a γ-surface. Grain B is shifted to each point of the row that no
 * translation of the crystals turns into an earlier point, the structure is made by its recipe, and relaxed. A mesh is as
 * many events as it has rows, in any order; `structure.choose-shift` takes the lowest of all.
 */
import { z } from 'zod';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../formats/json-document.ts';
import { writeStructure } from '../formats/structure-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { boundaryOf } from '../structure/boundary-recipe.ts';
import {
  type GammaPoint,
  type MakeShifted,
  type RelaxStructure,
  searchGammaSurface,
  shiftMesh,
} from '../structure/gamma-surface.ts';
import { relaxerOf } from './relaxer.ts';
import { relaxSettingsSchema } from './schemas.ts';
import { makeStructure, type StructureRecipe, structureRecipeSchema, unitCell } from './structure-recipe.ts';
import { defineKind, type TaskContext } from './task-kind.ts';

const meshSide = z.int().min(1).max(1000);
export const shiftMeshSchema = z.tuple([meshSide, meshSide]);

const params = z.strictObject({
  /** A bicrystal; the shifts are added to the one that it has. */
  recipe: structureRecipeSchema,
  /** Points along x and y of the coincidence cell. */
  mesh: shiftMeshSchema,
  /** Of the points along x, from 0. */
  row: z.int().min(0),
  relax: relaxSettingsSchema,
  pairDistanceFraction: z.number().positive().max(1),
});

export const structureSearchShifts = defineKind({
  kind: 'structure.search-shifts',
  v: 1,
  class: 'exact',
  params,
  run(context) {
    const { recipe, mesh, row, relax, pairDistanceFraction } = context.params;
    const points = pointsOfRow(context, mesh, row);
    const relaxer = relaxerOf(context, relax, pairDistanceFraction, recipe.elements);
    let steps = 0;
    const toMinimum: RelaxStructure = (start) => {
      const relaxed = relaxer.relax(start);
      steps += relaxed.steps;
      const { structure, energyEv, outcome } = relaxed;
      return { structure, energyEv, fault: outcome.status === 'converged' ? undefined : outcome.reason.message };
    };
    const surface = searchGammaSurface(points, shifted(recipe, context), toMinimum, context.onProgress);
    relaxer.release();
    return {
      outcome: { status: 'done' },
      outputs: {
        row: {
          bytes: writeJsonDocument({ mesh, row, points: surface.points.map(document) }),
          mediaType: JSON_MEDIA_TYPE,
        },
        ...(surface.lowest === null
          ? {}
          : { structure: { bytes: writeStructure(surface.lowest.structure), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } }),
      },
      results: {
        points: points.length,
        converged: surface.points.filter(({ fault }) => fault === null).length,
        steps,
        lowestEnergyEv: surface.lowest === null ? null : surface.lowest.point.energyEv,
      },
      modules: [relaxer.module],
    };
  },
});

function pointsOfRow(context: TaskContext<z.infer<typeof params>>, mesh: [number, number], row: number) {
  const { recipe } = context.params;
  if (recipe.boundary === undefined || recipe.boundary.reference !== undefined) {
    throw new InputError('no-boundary', 'a γ-surface belongs to a bicrystal', {
      where: 'recipe.boundary',
      expected: 'a boundary without `reference: bulk`',
    });
  }
  if (row >= mesh[0]) {
    throw new InputError('bad-mesh', 'the mesh has no such row', {
      expected: `0 to ${mesh[0] - 1}`,
      found: String(row),
    });
  }
  const { cell } = boundaryOf(unitCell(recipe, context), recipe.boundary);
  return shiftMesh(cell, mesh).filter(({ members }) => members[0]![0] === row);
}

const shifted =
  (recipe: StructureRecipe, context: Pick<TaskContext<unknown>, 'inputs'>): MakeShifted =>
  ([alongX, alongY]) => {
    const boundary = recipe.boundary!;
    const shift: [number, number] = [alongX + (boundary.shift?.[0] ?? 0), alongY + (boundary.shift?.[1] ?? 0)];
    const { structure, made } = makeStructure({ ...recipe, boundary: { ...boundary, shift } }, context);
    return {
      structure,
      separationA: made!.bicrystal!.separationA,
      areBoundariesEqual: made!.areBoundariesEqual!,
    };
  };

const document = ({ shift, members, separationA, energyEv, areBoundariesEqual, fault }: GammaPoint): JsonObject => ({
  shift: [...shift],
  members: members.map((member) => [...member]),
  separationA,
  energyEv,
  areBoundariesEqual,
  fault,
});
