/** The task that makes one realisation of a structure of the spec, and a check of all of them before anything is written. */
import type { Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { structureCreate } from '../tasks/structure-create.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';

/** A seed is among the parameters only where something is drawn, so that equal structures are one event. */
export function structureTask(spec: CampaignSpec, name: string, realisation: number): Task {
  const { realisations: _realisations, anneal: _anneal, relax: _relax, ...recipe } = spec.structures[name]!;
  const random =
    recipe.disorder !== undefined || recipe.rattleA !== undefined || recipe.prototype?.cationSites === '48h';
  const params = {
    ...recipe,
    elements: spec.elements,
    ...(random ? { seed: deriveSeed(spec.seed, ['structure', name, realisation]) } : {}),
  } as JsonObject;
  return { kind: 'structure.create', v: 1, params, inputs: {} };
}

/**
 * Makes every structure once, in memory: a spec that asks for overlapping atoms is refused before the store is touched.
 * @throws InputError that names the structure's field in the spec
 */
export function checkStructures(spec: CampaignSpec, placeOf: (path: readonly string[]) => string): void {
  for (const [name, { realisations }] of Object.entries(spec.structures)) {
    for (let k = 0; k < realisations; k++) {
      try {
        const params = structureCreate.params.parse(structureTask(spec, name, k).params);
        structureCreate.run({ params, inputs: () => [], onProgress: () => undefined });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError(error.code, error.what, { ...error.details, where: placeOf(['structures', name]) });
      }
    }
  }
}
