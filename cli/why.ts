/** `varve why CELL|EVENT`: the derivation of a number, from the cell down to structures, labels, seeds and code. */
import { readQuestion } from '../src/audit/question.ts';
import { traceEvents } from '../src/campaign/campaign-view.ts';
import type { Lineage } from '../src/projections/lineage.ts';
import type { Cell } from '../src/projections/table.ts';
import { renderDerivation } from './output/derivation.ts';
import { formatCell, formatPublished } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';

export function why(name: string, flags: { readonly store: string; readonly json?: boolean }): void {
  withStore(flags.store, (store) => {
    const question = readQuestion(store, name);
    const { asked, roots, purposes } = question;
    const lineage = traceEvents(store, roots);
    if (flags.json) {
      printJson({
        cell: asked?.cell ?? null,
        campaign: asked?.view.campaign.name ?? null,
        ...graphOf(lineage, purposes),
      });
      return;
    }
    if (asked !== undefined) process.stdout.write(`${describeCell(asked.cell)}\n`);
    process.stdout.write(renderDerivation(lineage, purposes));
  });
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
