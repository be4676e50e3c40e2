/**
 * The explain-it page: one HTML file that says how a number came about, from the value down to files, seeds and code. It is
 * whole in itself, and its policy lets it load nothing. The same store gives the same bytes: there is no clock in it.
 */
import { createHash } from 'node:crypto';
import type { Explanation } from '../../../src/audit/explain/explanation.ts';
import { VARVE_VERSION } from '../../../src/execution/version.ts';
import { html, type Markup, renderMarkup, verbatim } from '../../../src/projections/drawing/markup.ts';
import { checkSections } from './checks.ts';
import { type PageContext, pageContext, purposeOf } from './page-context.ts';
import { SCRIPT } from './script.ts';
import { seriesSubject } from './series.ts';
import { sourceSections } from './sources.ts';
import { type MapResult, stageMap } from './stage-map.ts';
import { stageSection } from './stage-section.ts';
import { STYLE } from './style.ts';
import { cellHeader, eventHeader, valueText } from './value.ts';

/** The bytes that every page begins with, and by which one is known. */
export const PAGE_BEGINNING = '<!doctype html>\n<html lang="en" data-page="varve why">\n';

const scriptHash = createHash('sha256').update(SCRIPT).digest('base64');
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`;

export function renderPage(explanation: Explanation): string {
  const context = pageContext(explanation);
  const { title, header, result } = subject(context);
  const body = html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${verbatim(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="varve ${VARVE_VERSION}">
<title>${title}</title>
<style>${verbatim(STYLE)}</style>
</head>
<body>
<main>
${header}
${derivation(context, result)}
${sourceSections(context)}
${checkSections(context)}
</main>
<footer>Written by varve ${VARVE_VERSION}.</footer>
<script>${verbatim(SCRIPT)}</script>
</body>
</html>
`;
  return `${PAGE_BEGINNING}${renderMarkup(body)}`;
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
