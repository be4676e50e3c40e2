/**
 * The report of a campaign: one HTML file with all its tables and figures, each number with the name that `why` takes,
 * published values set beside and named so. The same log gives the same bytes.
 */
import {
  type CampaignView,
  campaignFigures,
  campaignResultHash,
  campaignState,
  campaignTables,
} from '../../../src/campaign/campaign-view.ts';
import { compareMethods } from '../../../src/campaign/method-comparison.ts';
import { figureMarkup } from '../../../src/projections/drawing/figure-svg.ts';
import { type Content, html, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import type { Figure } from '../../../src/projections/figure.ts';
import type { Table } from '../../../src/projections/table.ts';
import { counted, formatCell, formatPublished, shortId } from '../numbers.ts';
import { documentBeginning, renderDocument } from './document.ts';
import { hash, shorten } from './fields.ts';
import { section } from './rows.ts';
import { methodsTable } from './value.ts';

export const REPORT_BEGINNING = documentBeginning('varve report');

export function renderReport(view: CampaignView): string {
  const { campaign } = view;
  const figures = campaignFigures(view);
  const tables = campaignTables(view);
  const main = html`${header(view, tables, figures)}
${methods(view)}
${figures.map(figureSection)}
${tables.map(tableSection)}`;
  return renderDocument({ beginning: REPORT_BEGINNING, title: `Campaign ${campaign.name}`, main });
}

const STATES = {
  complete: 'All its tasks are done.',
  unfinished: 'It is not finished: what is missing is said to be.',
  failed: 'Some of its tasks could not be done.',
} as const;

function header({ campaign, plan }: CampaignView, tables: readonly Table[], figures: readonly Figure[]): Markup {
  const link = (id: string, title: string): Markup => html`<li><a href="#${id}">${shorten(title)}</a></li>`;
  return html`<header id="campaign">
<p class="eyebrow">Tables and figures of a campaign</p>
<h1>${campaign.name}</h1>
<p class="where">opened ${campaign.openedAt ?? 'at a time not recorded'} by event ${campaign.seq} <code>${shortId(campaign.eventId)}</code></p>
<p>${STATES[campaignState(plan)]} ${plan.events.size} of ${counted(plan.expectedTasks, 'task')} done, result hash ${hash(campaignResultHash(plan))}.</p>
<p>Every number and every series has a name. <code>varve why ${campaign.name}:NAME</code> derives it, down to structures, labels, seeds and code.</p>
<ul class="contents">${figures.map(({ name, title }) => link(figureId(name), title))}${tables.map(({ name, title }) => link(tableId(name), title))}</ul>
</header>`;
}

/** The drawing has its title in itself. */
const figureNumber = (name: string): string => name.replace(/^fig(?=\d)/, 'Fig. ');

const figureId = (name: string): string => `figure-${name}`;
const tableId = (name: string): string => `table-${name}`;

function methods(view: CampaignView): Content {
  const { published } = view.spec;
  if (published === undefined) return nothing;
  return section(
    'methods',
    'Published values',
    html`<p>From ${shorten(published.source)}; they are not computed here.</p>${methodsTable(compareMethods(view))}`,
  );
}

const figureSection = (figure: Figure): Markup =>
  section(figureId(figure.name), figureNumber(figure.name), html`<div class="figure">${figureMarkup(figure)}</div>`);

function tableSection({ name, title, columns, rows }: Table): Markup {
  const withPublished = rows.some(({ cells }) => cells.some(({ published }) => published !== null));
  const withInterval = rows.some(({ cells }) => cells.some(({ interval95 }) => interval95 !== null));
  const headings = ['', '', 'computed here', ...(withPublished ? ['published, not computed here'] : []), 'name'];
  return section(
    tableId(name),
    title,
    html`${withInterval ? html`<p class="fine">95 % intervals in brackets.</p>` : nothing}<div class="scroll"><table><thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>
${rows.flatMap((row) =>
  row.cells.map(
    (cell, k) =>
      html`<tr data-cell="${cell.name}"><th scope="row">${k === 0 ? shorten(row.heading) : ''}</th><td>${columns[k]!.heading}</td><td>${formatCell(cell)}${cell.notes.map((note) => html`<p class="fine">${shorten(note)}</p>`)}</td>${withPublished ? html`<td>${formatPublished(cell)}</td>` : nothing}<td><code>${cell.name}</code></td></tr>\n`,
  ),
)}</tbody></table></div>`,
  );
}
