/** `varve why CELL|EVENT`: the derivation of a number, from the cell down to structures, labels, seeds and code. */
import { findCell, traceEvents, viewCampaign } from '../src/campaign/campaign-view.ts';
import { listCampaigns } from '../src/campaign/open-campaign.ts';
import type { Lineage } from '../src/projections/lineage.ts';
import type { Cell } from '../src/projections/table.ts';
import type { Store } from '../store/store.ts';
import { renderDerivation } from './output/derivation.ts';
import { formatCell, formatPublished } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';
import { findEvent } from './show.ts';

export function why(name: string, flags: { readonly store: string; readonly json?: boolean }): void {
  withStore(flags.store, (store) => {
    const { cell, roots, campaign } = resolveName(store, name);
    const lineage = traceEvents(store, roots);
    const purposes = purposesOf(store, campaign);
    if (flags.json) {
      printJson({ cell: cell ?? null, campaign: campaign ?? null, ...graphOf(lineage, purposes) });
      return;
    }
    if (cell !== undefined) process.stdout.write(`${describeCell(cell)}\n`);
    process.stdout.write(renderDerivation(lineage, purposes));
  });
}

interface Question {
  readonly cell?: Cell;
  readonly campaign?: string;
  readonly roots: readonly string[];
}

function resolveName(store: Store, name: string): Question {
  if (!name.includes('/')) return { roots: [findEvent(store, name).eventId] };
  const { view, cell } = findCell(store, name);
  return { cell, campaign: view.campaign.name, roots: cell.events };
}

/** What each task is for, by the words of the campaign that the cell belongs to, else of any. */
function purposesOf(store: Store, campaign: string | undefined): ReadonlyMap<string, string> {
  if (campaign !== undefined) return viewCampaign(store, campaign).plan.purposes;
  return new Map(listCampaigns(store).flatMap(({ eventId }) => [...viewCampaign(store, eventId).plan.purposes]));
}

function describeCell(cell: Cell): string {
  const published = cell.published === null ? '' : `\npublished, not computed here: ${formatPublished(cell)}`;
  const notes = cell.notes.map((note) => `\nnote: ${note}`).join('');
  return `${cell.name} = ${formatCell(cell)}${cell.interval95 === null ? '' : ' (95 % interval in brackets)'}${published}${notes}\n`;
}

/** The same graph as the text shows, for programs. */
const graphOf = (lineage: Lineage, purposes: ReadonlyMap<string, string>) => ({
  roots: lineage.roots,
  nodes: lineage.nodes.map(({ seq, eventId, taskId, core, attestation, obs }) => ({
    seq,
    eventId,
    taskId,
    purpose: purposes.get(taskId) ?? null,
    kind: core.task.kind,
    v: core.task.v,
    class: core.class,
    params: core.task.params,
    outcome: core.outcome,
    results: core.results,
    outputs: core.outputs,
    attestation,
    obs,
  })),
  edges: lineage.edges,
});
