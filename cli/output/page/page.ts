/**
 * The explain-it page: one HTML file that says how a number came about, from the value down to files, seeds and code.
 * The same store gives the same bytes: there is no clock in it.
 */
import type { Explanation } from '../../../src/audit/explain/explanation.ts';
import { html, type Markup } from '../../../src/projections/drawing/markup.ts';
import { checkSections } from './checks.ts';
import { documentBeginning, renderDocument } from './document.ts';
import { type PageContext, pageContext, purposeOf } from './page-context.ts';
import { SCRIPT } from './script.ts';
import { seriesSubject } from './series.ts';
import { sourceSections } from './sources.ts';
import { type MapResult, stageMap } from './stage-map.ts';
import { stageSection } from './stage-section.ts';
import { cellHeader, eventHeader, valueText } from './value.ts';

/** The bytes that every page begins with, and by which one is known. */
export const PAGE_BEGINNING = documentBeginning('varve why');

export function renderPage(explanation: Explanation): string {
  const context = pageContext(explanation);
  const { title, header, result } = subject(context);
  const main = html`${header}
${derivation(context, result)}
${sourceSections(context)}
${checkSections(context)}`;
  return renderDocument({ beginning: PAGE_BEGINNING, title, main, script: SCRIPT });
}

function subject(context: PageContext): { title: string; header: Markup; result: MapResult } {
  const { cell, series, lineage } = context.explanation;
  if (series !== null) return seriesSubject(context, series);
  if (cell !== null) {
    const name = cell.quantity?.name ?? cell.column;
    const value = valueText(cell.cell);
    return {
      title: `${name}, ${cell.row}: ${value}`,
      header: cellHeader(context, cell),
      result: { title: name, lines: [cell.row, value] },
    };
  }
  const event = lineage.nodes[0]!;
  const name = purposeOf(context, event);
  const { task, outcome } = event.core;
  const lines = [`event ${event.seq}, ${task.kind}`, outcome.status];
  return { title: `${name}: ${lines.join(', ')}`, header: eventHeader(context, event), result: { title: name, lines } };
}

function derivation(context: PageContext, result: MapResult): Markup {
  const { explanation } = context;
  const { stages } = explanation.staged;
  if (stages.length === 0)
    return html`<section id="derivation"><h2>Derivation</h2><p>${explanation.series?.series.source === 'published' ? 'Published: it rests on no event of this store.' : 'No event is recorded for this yet.'}</p></section>`;
  return html`<section id="derivation" aria-labelledby="derivation-title">
<h2 id="derivation-title">Derivation by stage</h2>
<p>Each box is made from those whose arrows lead to it; arrows that follow from others are left out. Choose a box, or open the stages below.</p>
${stageMap(context, result)}
<div class="tools"><button type="button" id="open-all">Open all</button> <button type="button" id="close-all">Close all</button>
<form id="find"><label>Find an event <input id="wanted" autocomplete="off" spellcheck="false" placeholder="number, or beginning of its id"></label> <button>Find</button></form> <span id="found" role="status"></span></div>
${stages.map((stage) => stageSection(context, stage))}
</section>`;
}
