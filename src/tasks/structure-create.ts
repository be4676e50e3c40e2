/**
 * `structure.create` (S1–S6): prototype, explicit cell or imported file → supercell, or bicrystal → vacancies → exchange
 * disorder → random displacements.
 */
import { z } from 'zod';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { writeStructure } from '../formats/structure-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { type MadeBoundary, makeBoundary } from '../structure/boundary-recipe.ts';
import { refuseOverlaps } from '../structure/closest-pair.ts';
import type { Crystal } from '../structure/crystal.ts';
import { exchangeSites, rattle } from '../structure/disorder.ts';
import { explicitCrystal } from '../structure/explicit-cell.ts';
import { prototypes } from '../structure/prototype.ts';
import { cellVolumeA3, composition, withElements } from '../structure/structure.ts';
import { makeSupercell } from '../structure/supercell.ts';
import { makeVacancies } from '../structure/vacancies.ts';
import {
  evenlyDividedIssue,
  hasOneSource,
  isEvenlyDivided,
  oneSourceMessage,
  seedSchema,
  structureRecipeShape,
} from './schemas.ts';
import { crystalInFile } from './structure-file.ts';
import { defineKind, singleInput, type TaskContext } from './task-kind.ts';

const params = z
  .strictObject({ ...structureRecipeShape, seed: seedSchema.optional() })
  .refine(hasOneSource, oneSourceMessage)
  .refine(isEvenlyDivided, evenlyDividedIssue);

export const structureCreate = defineKind({
  kind: 'structure.create',
  v: 1,
  class: 'exact',
  params,
  run(context) {
    const recipe = context.params;
    const made =
      recipe.boundary === undefined
        ? undefined
        : makeBoundary(
            unitCell(context),
            recipe.boundary,
            recipe.supercell,
            recipe.minimumDistanceA,
            rattleMarginA(recipe),
          );
    let crystal = made?.crystal ?? makeSupercell(unitCell(context), recipe.supercell);
    if (recipe.vacancies !== undefined) crystal = makeVacancies(crystal, recipe.vacancies, seedOf(recipe));
    if (recipe.disorder !== undefined) crystal = exchangeSites(crystal, recipe.disorder, seedOf(recipe));
    const structure =
      recipe.rattleA === undefined ? crystal.structure : rattle(crystal.structure, recipe.rattleA, seedOf(recipe));
    refuseOverlaps(structure, recipe.minimumDistanceA, 'structure.create');
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

/**
 * What random displacements may take from the distance of two atoms (Å): it changes by √2 standard deviations, and four of
 * those are enough for all pairs at a boundary.
 */
const rattleMarginA = ({ rattleA = 0 }: z.infer<typeof params>): number => 4 * Math.SQRT2 * rattleA;

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

function seedOf({ seed }: z.infer<typeof params>): string {
  if (seed !== undefined) return seed;
  throw new InputError('bad-structure', 'disorder and displacements need a seed', { where: 'seed' });
}

function unitCell(context: TaskContext<z.infer<typeof params>>): Crystal {
  const recipe = context.params;
  if (recipe.file !== undefined) {
    return crystalInFile(singleInput(context, 'file').bytes, recipe.file, recipe.elements);
  }
  if (recipe.cell !== undefined) return explicitCrystal(recipe.cell, recipe.elements);
  const { name, latticeConstantA, elements = recipe.elements, anionX, cationSites } = recipe.prototype!;
  if (elements.length !== 4) {
    throw new InputError('bad-structure', `prototype ${name} needs four elements`, {
      where: 'prototype.elements',
      expected: 'the symbols on its sites A, B, X, Y',
      found: elements.join(', '),
    });
  }
  const crystal = prototypes[name](
    {
      latticeConstantA,
      elements: elements as [string, string, string, string],
      ...(anionX === undefined ? {} : { anionX }),
      ...(cationSites === undefined ? {} : { cationSites }),
    },
    recipe.seed,
  );
  return { ...crystal, structure: withElements(crystal.structure, recipe.elements) };
}
