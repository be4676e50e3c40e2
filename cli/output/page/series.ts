/** The top of the page of a series: the figure it stands in, and its values. */
import type { ExplainedSeries } from '../../../src/audit/explain/explanation.ts';
import { figureMarkup } from '../../../src/projections/drawing/figure-svg.ts';
import { html, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import { sourceText } from '../../../src/projections/drawing/values-text.ts';
import { counted, shortId } from '../numbers.ts';
import { seriesRows } from '../series-text.ts';
import { hash, shorten } from './fields.ts';
import type { PageContext } from './page-context.ts';
import type { MapResult } from './stage-map.ts';
import { standing } from './value.ts';

export function seriesSubject(
  context: PageContext,
  asked: ExplainedSeries,
): { title: string; header: Markup; result: MapResult } {
  const { figure, series } = asked;
  const title = `${series.heading}: ${figure.title}`;
  return {
    title,
    header: seriesHeader(context, asked),
    result: { title: shorten(series.heading), lines: [figure.name, sourceText(series)] },
  };
}

/** More values than a page should have rows. */
const MOST_ROWS = 200;

function seriesHeader(context: PageContext, asked: ExplainedSeries): Markup {
  const { figure, panel, series, campaign } = asked;
  const { headings, rows, left } = seriesRows(panel, series, MOST_ROWS);
  return html`<header id="value">
<p class="eyebrow">How the numbers of a figure came about</p>
<h1>${shorten(series.heading)}</h1>
<p class="where">${sourceText(series)}, campaign <b>${campaign.name}</b> · series <code>${asked.fullName}</code></p>
${series.missing === undefined ? nothing : html`<p class="note">Missing: ${shorten(series.missing)}</p>`}
${standing(context)}
<p class="fine">From the figure “${figure.title}”. The campaign was opened ${campaign.openedAt ?? 'at a time not recorded'} by event ${campaign.seq} <code>${shortId(campaign.eventId)}</code>; ${asked.tasks.done} of ${asked.tasks.expected} tasks are done, result hash ${hash(asked.resultHash)}.</p>
</header>
<div class="figure">${figureMarkup(figure)}</div>
${
  rows.length === 0
    ? nothing
    : html`<section id="values" aria-labelledby="values-title"><h2 id="values-title">Values</h2>
<div class="scroll"><table><thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map((text) => html`<td>${text}</td>`)}</tr>\n`)}</tbody></table></div>
${left === 0 ? nothing : html`<p class="more">Not listed: ${counted(left, 'value')}. <code>varve figures ${figure.name} --out DIR --format csv</code> has all.</p>`}
</section>`
}`;
}
