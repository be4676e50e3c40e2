/** A stage, closed until it is opened: what it is, what it takes and gives, its events. */
import type { NamedSet, Stage, StageRole } from '../../../src/audit/explain/stages.ts';
import { type Content, html, joined, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import type { StoredEvent } from '../../../store/event.ts';
import type { JsonObject } from '../../../store/json.ts';
import { counted } from '../numbers.ts';
import {
  correctionSummary,
  rangesOf,
  replaySummary,
  STAGE_WORDS,
  stageCounts,
  stageResults,
  stageTitle,
  tallyReplays,
} from '../stage-digest.ts';
import { eventBlock, runLine } from './event-block.ts';
import { allDigits, badge, fieldTable, hash, splitShared } from './fields.ts';
import { eventLink, type PageContext } from './page-context.ts';
import { rowsUpToLimit } from './rows.ts';

export const stageAnchor = (id: string): string => `stage-${id}`;

export function stageSection(context: PageContext, stage: Stage): Markup {
  const { id, role, events } = stage;
  const listing = context.listings.get(id)!;
  const { shared, own } = splitShared(events.map(({ core }) => core.task.params));
  const ownParams = new Map(events.map(({ eventId }, k) => [eventId, own[k]!]));
  const runs = listing.full.map((run) => runBlock(context, run, role, ownParams));
  const results = stageResults(stage);
  return html`<details class="stage" id="${stageAnchor(id)}">
<summary><h3>${stageTitle(stage)}</h3> ${stageBadges(context, stage)} <span class="key">${stageCounts(stage)}${
    results === '' ? '' : `; ${results}`
  }</span></summary>
<p>${STAGE_WORDS[role].about} ${neighbours(context, id)}</p>
${stage.sets.length === 0 ? nothing : setTable(context, stage.sets)}
${
  Object.keys(shared).length === 0
    ? nothing
    : html`<section class="shared"><h4>Parameters shared by all ${events.length} events</h4>${fieldTable(shared, allDigits)}</section>`
}
${listing.folded.length === 0 ? runs : foldedStage(context, stage, runs)}
</details>
`;
}

export function stageBadges({ explanation: { verdicts, corrections } }: PageContext, { events }: Stage): Content {
  const tally = tallyReplays(events, verdicts);
  const replays = replaySummary(tally);
  const corrected = correctionSummary(events, corrections);
  return [
    corrected === '' ? nothing : badge('bad', corrected),
    replays === '' ? nothing : badge(tally.differs > 0 ? 'bad' : tally.identical > 0 ? 'good' : 'plain', replays),
  ];
}

function neighbours({ explanation }: PageContext, id: string): Content {
  const { stages, arrows } = explanation.staged;
  const links = (ids: readonly string[]): Content =>
    joined(
      ids.map((other) => {
        const title = stageTitle(stages.find((stage) => stage.id === other)!);
        return html`<a href="#${stageAnchor(other)}">${title}</a>`;
      }),
      ', ',
    );
  const uses = arrows.filter(({ consumer }) => consumer === id).map(({ producer }) => producer);
  const usedBy = arrows.filter(({ producer }) => producer === id).map(({ consumer }) => consumer);
  return [
    uses.length === 0 ? nothing : html`Made from: ${links(uses)}. `,
    usedBy.length === 0 ? nothing : html`Used by: ${links(usedBy)}.`,
  ];
}

function runBlock(
  context: PageContext,
  run: readonly StoredEvent[],
  role: StageRole,
  ownParams: ReadonlyMap<string, JsonObject>,
): Markup {
  const blocks = run.map((event) => eventBlock(context, event, role, ownParams.get(event.eventId)!));
  if (run.length === 1) return blocks[0]!;
  return html`<details class="run"><summary>${runLine(context, run, role)}</summary>
${blocks}</details>
`;
}

function foldedStage(context: PageContext, { id, role, events }: Stage, standingOut: readonly Markup[]): Markup {
  const { folded, unlistedRuns, unlistedEvents } = context.listings.get(id)!;
  const noun = folded.some((run) => run.length > 1) ? 'run' : 'event';
  const numbers = Object.entries(events[0]!.core.results).flatMap(([name, value]) =>
    typeof value === 'number' ? [name] : [],
  );
  return html`<section class="shared"><h4>Ranges over all ${events.length} events</h4><ul class="ranges">${rangesOf(
    events,
    numbers,
  ).map((range) => html`<li>${range}</li>`)}</ul></section>
${
  standingOut.length === 0
    ? nothing
    : html`<section><h4>${counted(standingOut.length, 'event')} that ${standingOut.length === 1 ? 'stands' : 'stand'} out (stopped, failed, corrected, or another result on replay)</h4>${standingOut}</section>`
}
<section><h4>${unlistedRuns === 0 ? '' : 'The first '}${counted(folded.length, noun)}</h4>
<ol class="runs">${folded.map((run) => html`<li>${runLine(context, run, role)}</li>`)}</ol>
<p class="more">The stage has too many events to show each in full. ${
    unlistedEvents === 0
      ? ''
      : `Not listed: ${counted(unlistedEvents, 'event')}${noun === 'run' ? ` in ${counted(unlistedRuns, noun)}` : ''}. `
  }<code>varve why … --json</code> lists all of them, <code>varve show EVENT</code> prints one.</p></section>`;
}

const setTable = (context: PageContext, sets: readonly NamedSet[]): Markup =>
  rowsUpToLimit(
    ['list', 'configurations', 'taken from', 'named by', 'SHA-256 of the list'],
    sets.map(
      ({ input, items, sources, usedBy, manifest }) =>
        html`<tr><th scope="row">${input}</th><td>${items}</td><td>${someEvents(context, sources)}</td><td>${someEvents(context, usedBy)}</td><td>${hash(manifest)}</td></tr>`,
    ),
    'list',
  );

const MAX_LINKS = 6;

function someEvents(context: PageContext, eventIds: readonly string[]): Content {
  const links = eventIds.slice(0, MAX_LINKS).map((eventId) => eventLink(context, eventId));
  const left = eventIds.length - links.length;
  return [joined(links, ', '), left > 0 ? ` and ${left} more` : ''];
}
