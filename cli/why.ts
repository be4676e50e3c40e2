/** `varve why CELL|SERIES|EVENT`: the derivation of a number, from the cell down to structures, labels, seeds and code. */
import { type Explanation, explain } from '../src/audit/explain/explanation.ts';
import { readQuestion } from '../src/audit/explain/question.ts';
import type { Purposes } from '../src/campaign/campaign-events.ts';
import { foldEvents, traceEvents } from '../src/campaign/campaign-view.ts';
import type { Lineage } from '../src/projections/lineage.ts';
import { readStandings, type Standings } from '../src/projections/standing.ts';
import type { Cell } from '../src/projections/table.ts';
import { escapeControl } from '../store/escape-control.ts';
import { sha256Hex } from '../store/hash.ts';
import { renderDerivation } from './output/derivation.ts';
import { formatCell, formatPublished } from './output/numbers.ts';
import { renderPage } from './output/page/page.ts';
import { writePage } from './output/page-file.ts';
import { describeSeries } from './output/series-text.ts';
import { renderStages, stagesForPrograms } from './output/stages.ts';
import { correctionFields, withdrawalLines } from './output/standing.ts';
import { printJson, withStore } from './output/store-access.ts';

interface WhyFlags {
  readonly store: string;
  readonly html?: string;
  readonly stages?: boolean;
  readonly json?: boolean;
}

export function why(name: string, flags: WhyFlags): void {
  withStore(flags.store, (store) => {
    const standings = readStandings(store);
    const question = readQuestion(store, name, standings);
    if (flags.html !== undefined) return writeExplanation(explain(store, question), flags.html, flags.json);
    if (flags.stages) return printStages(explain(store, question), flags.json);
    const { asked, roots, purposes } = question;
    if (flags.json) {
      const lineage = traceEvents(store, roots);
      printJson({
        cell: asked?.type === 'cell' ? asked.cell : null,
        series: asked?.type === 'series' ? asked.series : null,
        campaign: asked?.view.campaign.name ?? null,
        ...graphOf(lineage, purposes, standings),
      });
      return;
    }
    if (asked !== undefined) {
      const described = asked.type === 'cell' ? describeCell(asked.cell) : describeSeries(asked);
      process.stdout.write(`${described}\n`);
      if (asked.type === 'series' && asked.series.source === 'published') return;
    }
    const lineage = asked === undefined ? traceEvents(store, roots) : foldEvents(store, asked.view, roots);
    const withdrawn = asked === undefined ? withdrawalLines(lineage.nodes[0]!, standings) : [];
    process.stdout.write(withdrawn.map((line) => `${escapeControl(line)}\n`).join(''));
    process.stdout.write(renderDerivation(lineage, purposes, standings));
  });
}

function writeExplanation(explanation: Explanation, file: string, json = false): void {
  const page = renderPage(explanation);
  writePage(file, page);
  const { lineage, staged } = explanation;
  const written = { file, bytes: Buffer.byteLength(page), sha256: sha256Hex(page) };
  if (json) {
    printJson({ ...written, events: lineage.nodes.length, stages: staged.stages.length });
    return;
  }
  process.stdout.write(
    `${escapeControl(file)}: ${lineage.nodes.length} events in ${staged.stages.length} stages, ${written.bytes} bytes, SHA-256 ${written.sha256}\n`,
  );
}

function printStages(explanation: Explanation, json = false): void {
  const { cell, series } = explanation;
  if (json) {
    printJson(stagesForPrograms(explanation));
    return;
  }
  if (cell !== null) process.stdout.write(`${describeCell(cell.cell)}\n`);
  if (series !== null) process.stdout.write(`${describeSeries(series)}\n`);
  if (series?.series.source !== 'published') process.stdout.write(renderStages(explanation));
}

function describeCell(cell: Cell): string {
  const published = cell.published === null ? '' : `\npublished, not computed here: ${formatPublished(cell)}`;
  const notes = cell.notes.map((note) => `\nnote: ${escapeControl(note)}`).join('');
  return `${cell.name} = ${formatCell(cell)}${cell.interval95 === null ? '' : ' (95 % interval in brackets)'}${published}${notes}\n`;
}

/** The same graph as the text shows, for programs. */
const graphOf = (lineage: Lineage, purposes: Purposes, standings: Standings) => ({
  roots: lineage.roots,
  nodes: lineage.nodes.map((event) => {
    const { seq, eventId, taskId, core, attestation, obs } = event;
    return {
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
      ...correctionFields(event, standings),
    };
  }),
  edges: lineage.edges,
});
