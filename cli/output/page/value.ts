/** The top of the page: the value, what it is, what must be known beside it, and the published one set apart. */
import type { ExplainedCell } from '../../../src/audit/explain/explanation.ts';
import type { MethodLine } from '../../../src/campaign/method-comparison.ts';
import { type Content, html, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import type { Cell } from '../../../src/projections/table.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { counted, formatNumber, shortId } from '../numbers.ts';
import { correctionSummary, replaySummary, tallyReplays } from '../stage-digest.ts';
import { badge, hash, shorten } from './fields.ts';
import { type PageContext, purposeOf } from './page-context.ts';

/** `204 meV`, or the status of a cell without a value. */
export const valueText = ({ value, text, digits, unit, status }: Cell): string =>
  value === null ? status : (text ?? measured(formatNumber(value, digits), unit));

const measured = (number: string, unit: string): string => (unit === '' ? number : `${number} ${unit}`);

/** Before a note of a cell without a value, for which the note is the reason. */
const statusWord = ({ status }: Cell): string =>
  status === 'computed' ? '' : `${status[0]!.toUpperCase()}${status.slice(1)}: `;

export function cellHeader(context: PageContext, asked: ExplainedCell): Markup {
  const { cell, quantity, row, column, table, campaign } = asked;
  return html`<header id="value">
<p class="eyebrow">How a number came about</p>
<h1>${quantity?.name ?? column}</h1>
<p class="where">${row}, campaign <b>${campaign.name}</b> · cell <code>${asked.fullName}</code></p>
<p class="value${cell.value === null ? ' without' : ''}">${cell.value === null ? cell.status : (cell.text ?? html`${formatNumber(cell.value, cell.digits)}<span class="unit"> ${cell.unit}</span>`)}</p>
${uncertainty(cell)}
${quantity === undefined ? nothing : html`<p>${quantity.definition}</p>`}
${cell.status === 'missing' ? html`<p class="note">Missing: the campaign has not computed it yet (${asked.tasks.done} of ${counted(asked.tasks.expected, 'task')} done).</p>` : nothing}
${cell.notes.map((note) => html`<p class="note">${statusWord(cell)}${shorten(note)}</p>`)}
${standing(context)}
<p class="fine">From the table “${table}”, column ${column}. The campaign was opened ${campaign.openedAt ?? 'at a time not recorded'} by event ${campaign.seq} <code>${shortId(campaign.eventId)}</code>; ${asked.tasks.done} of ${asked.tasks.expected} tasks are done, result hash ${hash(asked.resultHash)}.</p>
</header>
${publishedPanel(asked)}`;
}

export function eventHeader(context: PageContext, event: StoredEvent): Markup {
  return html`<header id="value">
<p class="eyebrow">How an event came about</p>
<h1>${shorten(purposeOf(context, event))}</h1>
<p class="where">${event.core.task.kind}, event ${event.seq} ${hash(event.eventId)}</p>
<p class="value${event.core.outcome.status === 'done' ? '' : ' without'}">${event.core.outcome.status}</p>
${standing(context)}
</header>`;
}

function uncertainty({ value, interval95, range, verdict, unit }: Cell): Content {
  if (value === null) return nothing;
  const bound = (end: number | null): string => (end === null ? 'unbounded' : measured(formatNumber(end), unit));
  const lines = [
    ...(interval95 === null ? [] : [html`<b>95 % interval</b> ${bound(interval95[0])} to ${bound(interval95[1])}`]),
    ...(range === undefined
      ? []
      : [html`<b>smallest and largest</b> of the values averaged: ${bound(range[0])} and ${bound(range[1])}`]),
    ...(verdict === undefined
      ? []
      : [html`<b>normal diffusion</b> (95 % interval of α within the range asked for): ${verdict}`]),
    ...(interval95 === null && range === undefined ? [html`No uncertainty is given for this number.`] : []),
  ];
  return lines.map(
    (line) => html`<p class="uncertainty">${line}</p>
`,
  );
}

/** What a reviewer asks first: how much is behind it, was any of it recomputed, was any of it corrected. */
export function standing({ explanation }: PageContext): Markup {
  const { lineage, staged, verdicts, corrections } = explanation;
  const tally = tallyReplays(lineage.nodes, verdicts);
  const replays = replaySummary(tally);
  const corrected = correctionSummary(lineage.nodes, corrections);
  const outside = lineage.nodes.filter(({ core }) => core.class === 'observed').length;
  return html`<ul class="standing">
<li>${lineage.nodes.length === 0 ? 'It rests on no event yet' : `It rests on ${counted(lineage.nodes.length, 'event')} in ${counted(staged.stages.length, 'stage')}`}</li>
<li>${lineage.nodes.length - outside} exact, to be recomputed byte for byte; ${outside} observed, from outside</li>
<li>${replays === '' ? 'no replay is recorded' : badge(tally.differs > 0 ? 'bad' : 'good', replays)}</li>
<li>${corrected === '' ? 'nothing was corrected' : badge('bad', corrected)}</li>
</ul>`;
}

function publishedPanel({ cell, published }: ExplainedCell): Content {
  if (cell.published === null) return nothing;
  return html`<section class="published" id="published" aria-labelledby="published-title">
<h2 id="published-title">Published, not computed here</h2>
<p><b>${cell.published.text ?? measured(formatNumber(cell.published.value, cell.digits), cell.unit)}</b> (${cell.published.what})${published === null ? '' : `, ${shorten(published.source)}`}</p>
${published === null ? nothing : methodsTable(published.methods)}
</section>`;
}

export const methodsTable = (methods: readonly MethodLine[]): Markup =>
  html`<div class="scroll"><table><caption>How the methods differ</caption><thead><tr><td></td><th scope="col">this campaign</th><th scope="col">published</th></tr></thead><tbody>${methods.map(
    ({ aspect, here, published }) =>
      html`<tr><th scope="row">${aspect}</th><td>${shorten(here)}</td><td>${shorten(published)}</td></tr>`,
  )}</tbody></table></div>`;
