/** `varve why CELL|EVENT`: the derivation of a number, from the cell down to structures, labels, seeds and code. */
import { findEvent } from '../src/audit/find-event.ts';
import { findCell, traceEvents, viewCampaign } from '../src/campaign/campaign-view.ts';
import { listCampaigns } from '../src/campaign/open-campaign.ts';
import type { Lineage } from '../src/projections/lineage.ts';
import type { Cell } from '../src/projections/table.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { Store } from '../store/store.ts';
import { renderDerivation } from './output/derivation.ts';
import { formatCell, formatPublished } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';

export function why(name: string, flags: { readonly store: string; readonly json?: boolean }): void {
  withStore(flags.store, (store) => {
    const { cell, roots, campaign, purposes } = resolveName(store, name);
    const lineage = traceEvents(store, roots);
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
  /** What each task is for, in the words of the cell's campaign; of an event, in those of any. */
  readonly purposes: ReadonlyMap<string, string>;
}

function resolveName(store: Store, name: string): Question {
  if (!name.includes('/')) {
    const views = listCampaigns(store).map((campaign) => viewCampaign(store, campaign));
    return {
      roots: [findEvent(store, name).eventId],
      purposes: new Map(views.flatMap(({ plan }) => [...plan.purposes])),
    };
  }
  const { view, cell } = findCell(store, name);
  return { cell, campaign: view.campaign.name, roots: cell.events, purposes: view.plan.purposes };
}

function describeCell(cell: Cell): string {
  const published = cell.published === null ? '' : `\npublished, not computed here: ${formatPublished(cell)}`;
  const notes = cell.notes.map((note) => `\nnote: ${escapeControl(note)}`).join('');
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
