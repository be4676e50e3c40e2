/** The task that makes one realisation of a structure of the spec, and a check of all of them before anything is written. */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { STRUCTURE_MEDIA_TYPES } from '../tasks/structure-file.ts';
import { makeStructure, structureRecipeSchema } from '../tasks/structure-recipe.ts';
import { outputOf } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec, ImportedStructure } from './spec.ts';

/** The task that takes in the file of a structure. */
export const structureImport = ({ name, sha256, bytes, format }: ImportedStructure): Task => ({
  kind: 'blob.import',
  v: 1,
  params: { name, sha256, bytes, mediaType: STRUCTURE_MEDIA_TYPES[format] },
  inputs: {},
});

/**
 * A seed is among the parameters only where something is drawn, so that equal structures are one event.
 * @param imported the event of the structure's file, for structures that come from one
 */
export function structureTask(spec: CampaignSpec, name: string, realisation: number, imported?: StoredEvent): Task {
  const { realisations: _realisations, anneal: _anneal, relax: _relax, file, ...recipe } = spec.structures[name]!;
  const random =
    recipe.vacancies !== undefined ||
    recipe.disorder !== undefined ||
    recipe.rattleA !== undefined ||
    recipe.prototype?.cationSites === '48h';
  const params = {
    ...recipe,
    ...(file === undefined ? {} : { file: { name: file.name, format: file.format } }),
    elements: spec.elements,
    ...(random ? { seed: deriveSeed(spec.seed, ['structure', name, realisation]) } : {}),
  } as JsonObject;
  const inputs: Task['inputs'] = imported === undefined ? {} : { file: outputOf(imported, 'content') };
  return { kind: 'structure.create', v: 1, params, inputs };
}

/**
 * Makes every structure once, in memory: a spec that asks for overlapping atoms is refused before the store is touched.
 * @param contentOf the bytes of an imported file, by SHA-256
 * @throws InputError that names the structure's field in the spec
 */
export function checkStructures(
  spec: CampaignSpec,
  placeOf: (path: readonly string[]) => string,
  contentOf: (sha256: string) => Uint8Array,
): void {
  for (const [name, { realisations, file }] of Object.entries(spec.structures)) {
    for (let k = 0; k < realisations; k++) {
      try {
        const recipe = structureRecipeSchema.parse(structureTask(spec, name, k).params);
        const inputs = () => (file === undefined ? [] : [{ bytes: contentOf(file.sha256), hash: file.sha256 }]);
        makeStructure(recipe, { inputs });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        const field = fieldOf(spec.structures[name]!, error);
        const place = placeOf(['structures', name, ...field]);
        const isOfFile = file !== undefined && field.length === 0;
        const where = isOfFile ? `${place}, ${error.details.where ?? file.name}` : place;
        throw new InputError(error.code, error.what, { ...error.details, where });
      }
    }
  }
}

/** The path of the recipe's field that an error names, e.g. `boundary.sigma`; empty where it names none. */
function fieldOf(recipe: object, { details: { where = '' } }: InputError): string[] {
  const path = where.split('.');
  return Object.hasOwn(recipe, path[0]!) ? path : [];
}
