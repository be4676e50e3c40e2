/** The γ-surface of a bicrystal under one fit (S8): a task for each row of the mesh, and one that takes the lowest of all. */
import type { StoredEvent } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import type { CampaignSpec } from './spec.ts';

/** The mesh that the runs of a structure start from the lowest point of; undefined for structures without one. */
export const gammaSurfaceOf = ({ boundaries }: CampaignSpec, structure: string) =>
  Object.values(boundaries ?? {}).find(({ boundary }) => boundary === structure)?.gammaSurface;

export interface GammaPlan {
  /** Of the lowest point. */
  readonly start: Slot;
  readonly events: readonly StoredEvent[];
  readonly planned: number;
}

/** @param name of the structure under its fit, in the campaign's own words */
export function planGammaSurface(
  spec: CampaignSpec,
  structure: string,
  name: string,
  made: StoredEvent,
  fit: StoredEvent,
  planner: Planner,
): GammaPlan {
  const { mesh, relax } = gammaSurfaceOf(spec, structure)!;
  const { file } = made.core.task.inputs;
  const rows = Array.from({ length: mesh[0] }, (_, row) =>
    planner.ask(
      {
        kind: 'structure.search-shifts',
        v: 1,
        params: {
          recipe: made.core.task.params,
          mesh,
          row,
          relax: relax as JsonObject,
          pairDistanceFraction: spec.dynamics.watch.pairDistanceFraction,
        },
        inputs: {
          potential: outputOf(fit, 'potential'),
          range: outputOf(fit, 'range'),
          ...(file === undefined ? {} : { file }),
        },
      },
      `${name}, γ-surface, row ${row + 1} of ${mesh[0]}`,
    ),
  );
  const planned = mesh[0] + 1;
  const done = rows.flatMap((slot) => eventIn(slot) ?? []);
  const lost = rows.find((slot) => withdrawalIn(slot) !== undefined);
  if (lost !== undefined || done.length < rows.length) return { start: lost, events: done, planned };
  const chosen = planner.ask(
    {
      kind: 'structure.choose-shift',
      v: 1,
      params: {},
      inputs: {
        rows: done.map((event) => outputOf(event, 'row')),
        structures: done
          .filter(({ core }) => core.outputs.structure !== undefined)
          .map((event) => outputOf(event, 'structure')),
      },
    },
    `${name}, lowest point of the γ-surface`,
  );
  const event = eventIn(chosen);
  return { start: chosen, events: event === undefined ? done : [...done, event], planned };
}
