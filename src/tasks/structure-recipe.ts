/**
 * Structures by recipe (S1–S6): prototype, explicit cell or imported file → supercell, or bicrystal → vacancies → exchange
 * disorder → random displacements. The one way in which every task makes a structure.
 */
import { z } from 'zod';
import { InputError } from '../numerics/input-error.ts';
import { type MadeBoundary, makeBoundary } from '../structure/boundary-recipe.ts';
import { refuseOverlaps } from '../structure/closest-pair.ts';
import type { Crystal } from '../structure/crystal.ts';
import { exchangeSites, rattle } from '../structure/disorder.ts';
import { explicitCrystal } from '../structure/explicit-cell.ts';
import { prototypes } from '../structure/prototype.ts';
import { type Structure, withElements } from '../structure/structure.ts';
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
import { singleInput, type TaskContext } from './task-kind.ts';

export const structureRecipeSchema = z
  .strictObject({ ...structureRecipeShape, seed: seedSchema.optional() })
  .refine(hasOneSource, oneSourceMessage)
  .refine(isEvenlyDivided, evenlyDividedIssue);

export type StructureRecipe = z.infer<typeof structureRecipeSchema>;

/**
 * @param context gives the input `file`, where the recipe says that the crystal comes from one
 * @throws InputError `bad-structure`, `overlapping-atoms`, and what the parts of the recipe throw
 */
export function makeStructure(
  recipe: StructureRecipe,
  context: Pick<TaskContext<unknown>, 'inputs'>,
): { readonly structure: Structure; readonly made: MadeBoundary | undefined } {
  const made =
    recipe.boundary === undefined
      ? undefined
      : makeBoundary(
          unitCell(recipe, context),
          recipe.boundary,
          recipe.supercell,
          recipe.minimumDistanceA,
          rattleMarginA(recipe),
        );
  let crystal = made?.crystal ?? makeSupercell(unitCell(recipe, context), recipe.supercell);
  if (recipe.vacancies !== undefined) crystal = makeVacancies(crystal, recipe.vacancies, seedOf(recipe));
  if (recipe.disorder !== undefined) crystal = exchangeSites(crystal, recipe.disorder, seedOf(recipe));
  const structure =
    recipe.rattleA === undefined ? crystal.structure : rattle(crystal.structure, recipe.rattleA, seedOf(recipe));
  refuseOverlaps(structure, recipe.minimumDistanceA, 'structure.create');
  return { structure, made };
}

/**
 * What random displacements may take from the distance of two atoms (Å): it changes by √2 standard deviations, and four of
 * those are enough for all pairs at a boundary.
 */
const rattleMarginA = ({ rattleA = 0 }: StructureRecipe): number => 4 * Math.SQRT2 * rattleA;

function seedOf({ seed }: StructureRecipe): string {
  if (seed !== undefined) return seed;
  throw new InputError('bad-structure', 'disorder and displacements need a seed', { where: 'seed' });
}

/** The crystal before it is repeated or cut. */
export function unitCell(recipe: StructureRecipe, context: Pick<TaskContext<unknown>, 'inputs'>): Crystal {
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
