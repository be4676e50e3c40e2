/** One event in full, closed until it is opened; or a run of them, one line that opens to its segments. */
import type { RecordedCorrection } from '../../../src/audit/correct/recorded-corrections.ts';
import type { StageRole } from '../../../src/audit/explain/stages.ts';
import type { RecordedVerdict } from '../../../src/audit/replay/recorded-verdicts.ts';
import { type Content, html, joined, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import type { EventCore, StoredEvent, TaskInput } from '../../../store/event.ts';
import type { JsonObject } from '../../../store/json.ts';
import { counted, formatDuration, shortId } from '../numbers.ts';
import { CORRECTION_WORDS, correctionKinds, rangesOf, STAGE_WORDS, worstVerdict } from '../stage-digest.ts';
import { allDigits, badge, exactBytes, fieldTable, hash, rounded, shorten } from './fields.ts';
import { eventAnchor, eventLink, type PageContext, purposeOf } from './page-context.ts';

/** @param ownParams those that the events of the stage do not share */
export function eventBlock(context: PageContext, event: StoredEvent, role: StageRole, ownParams: JsonObject): Markup {
  const { core, seq, eventId } = event;
  const { verdicts, corrections } = context.explanation;
  return html`<details class="event" id="${eventAnchor(event)}">
<summary><span class="what">${shorten(purposeOf(context, event))}</span> ${eventBadges(context, [event])} <span class="key">${rangesOf(
    [event],
    STAGE_WORDS[role].results,
  ).join(', ')}</span> <span class="ref">event ${seq} <code>${shortId(eventId)}</code></span></summary>
<dl class="facts">
${fact('Event', html`number ${seq} in the log, id <code class="hash" data-event>${eventId}</code>`)}
${fact('Task', html`${core.task.kind}, version ${core.task.v}; ${classWords(core)}`)}
${fact('Outcome', outcome(core))}
${(corrections.get(eventId) ?? []).map((correction) => fact('Correction', correctionLine(context, correction)))}
${(verdicts.get(eventId) ?? []).map((verdict) => fact('Replay', verdictLine(verdict)))}
${factUnlessEmpty('Results', fieldTable(core.results, rounded))}
${factUnlessEmpty('Parameters', fieldTable(ownParams, allDigits))}
${factUnlessEmpty('Inputs', inputList(context, core))}
${factUnlessEmpty('Outputs', outputList(core))}
${fact('Computed', circumstances(event))}
</dl>
</details>
`;
}

/** Segments of a run in one line, without their details. */
export const runLine = (context: PageContext, run: readonly StoredEvent[], role: StageRole): Markup =>
  html`<span class="what">${shorten(runPurpose(context, run))}</span> ${eventBadges(context, run)} <span class="key">${rangesOf(
    run,
    STAGE_WORDS[role].results,
  ).join(', ')}</span> <span class="ref">${runReference(run)}</span>`;

function runReference(run: readonly StoredEvent[]): Markup {
  const [first, last] = [run[0]!, run.at(-1)!];
  if (first === last) return html`event ${first.seq} <code>${shortId(first.eventId)}</code>`;
  return html`${counted(run.length, 'segment')}, events ${first.seq} to ${last.seq} <code>${shortId(first.eventId)}</code> to <code>${shortId(last.eventId)}</code>`;
}

/** The words that the purposes of the first and the last event begin with. */
function runPurpose(context: PageContext, run: readonly StoredEvent[]): string {
  const [first, last] = [run[0]!, run.at(-1)!].map((event) => purposeOf(context, event).split(', '));
  const differ = first!.findIndex((phrase, k) => phrase !== last![k]);
  return (differ < 0 ? first! : first!.slice(0, Math.max(1, differ))).join(', ');
}

function eventBadges({ explanation: { verdicts, corrections } }: PageContext, run: readonly StoredEvent[]): Content {
  const statuses = new Set(run.map(({ core }) => core.outcome.status));
  const worst = new Set(run.map(({ eventId }) => worstVerdict(verdicts.get(eventId))));
  const corrected = new Set(run.flatMap(({ eventId }) => [...correctionKinds(corrections, eventId)]));
  return [
    statuses.has('stopped') ? badge('warn', 'stopped') : nothing,
    statuses.has('failed') ? badge('bad', 'failed') : nothing,
    run.some(({ core }) => core.class === 'observed') ? badge('plain', 'from outside') : nothing,
    [...corrected].map((kind) => badge('bad', CORRECTION_WORDS[kind])),
    worst.has('differs') ? badge('bad', 'replay differs') : nothing,
    worst.size === 1 && worst.has('identical') ? badge('good', 'replayed: identical') : nothing,
  ];
}

const fact = (name: string, content: Content): Markup => html`<div><dt>${name}</dt><dd>${content}</dd></div>
`;

const factUnlessEmpty = (name: string, content: Markup): Markup =>
  content === nothing ? nothing : fact(name, content);

const classWords = (core: EventCore): string =>
  core.class === 'exact'
    ? 'exact: computed again anywhere, it must give the same bytes'
    : 'observed: it came from outside and cannot be recomputed, only compared';

function outcome({ outcome }: EventCore): Content {
  if (outcome.status === 'done') return 'done';
  const [reason, label] =
    outcome.status === 'stopped'
      ? [outcome.reason, 'stopped early for a physical reason; what was computed is kept']
      : [outcome.error, 'failed: it could not be done with these inputs'];
  return [html`<p>${label}</p>`, fieldTable(reason, rounded)];
}

export const verdictLine = ({ verdict, startedAt, sourceBuild, why }: RecordedVerdict): Markup =>
  html`${verdictBadge(verdict)} recomputed ${shorten(startedAt)} by source build <code>${shortId(sourceBuild)}</code>${
    why === undefined ? '' : `: ${shorten(why)}`
  }`;

const verdictBadge = (verdict: RecordedVerdict['verdict']): Markup =>
  ({
    identical: badge('good', 'identical'),
    differs: badge('bad', 'differs'),
    'not-comparable': badge('plain', 'not comparable'),
  })[verdict];

/** A correction in words; one that was itself corrected says so. */
export function correctionLine(context: PageContext, correction: RecordedCorrection): Markup {
  const { kind, seq, eventId, reason, other, startedAt, inEffect } = correction;
  const when = startedAt === null ? '' : `, ${shorten(startedAt)}`;
  const itself = context.explanation.corrections.get(eventId) ?? [];
  const words =
    kind === 'violation'
      ? html`the same task, done again, gave another result${other === null ? '' : html`, <code>${shortId(other)}</code>`}; both are kept`
      : kind === 'supersede'
        ? html`superseded by ${other === null ? 'no event' : eventLink(context, other)}`
        : html`retracted`;
  return html`${inEffect ? badge('bad', kind) : badge('plain', 'no longer in effect')} ${words}${reason === null ? '' : `: ${shorten(reason)}`} (event ${seq} <code>${shortId(
    eventId,
  )}</code>${when})${itself.map(({ kind: by, reason: why }) => html`; this correction was itself ${CORRECTION_WORDS[by]}${why === null ? '' : `: ${shorten(why)}`}`)}`;
}

/** A long list of inputs is cut; `varve show` has all. */
const MAX_LISTED_INPUTS = 8;

function inputList(context: PageContext, { task }: EventCore): Markup {
  const inputs = Object.entries(task.inputs);
  if (inputs.length === 0) return nothing;
  return html`<ul>${inputs.map(([name, input]) => {
    const items = itemsOf(input);
    const left = items.length - MAX_LISTED_INPUTS;
    return html`<li><b>${name}</b>: ${joined(
      items.slice(0, MAX_LISTED_INPUTS).map((item) => inputItem(context, item)),
      '; ',
    )}${left > 0 ? ` and ${left} more, which varve show prints` : ''}</li>`;
  })}</ul>`;
}

type InputItem = Exclude<TaskInput, TaskInput[]>;

const itemsOf = (input: TaskInput): InputItem[] => (Array.isArray(input) ? input.flatMap(itemsOf) : [input]);

function inputItem(context: PageContext, item: InputItem): Markup {
  if ('manifest' in item) return html`list ${hash(item.manifest)}`;
  const blob = context.events.get(item.event)?.core.outputs[item.output];
  const bytes = blob === undefined ? nothing : html`, <code>${shortId(blob.hash)}</code> (${exactBytes(blob.bytes)})`;
  return html`${item.output} of ${eventLink(context, item.event)}${bytes}`;
}

function outputList({ outputs }: EventCore): Markup {
  const named = Object.entries(outputs);
  if (named.length === 0) return nothing;
  return html`<ul>${named.map(
    ([name, { hash: sha256, bytes, mediaType }]) =>
      html`<li><b>${name}</b>: ${exactBytes(bytes)}, ${shorten(mediaType)}, SHA-256 ${hash(sha256)}</li>`,
  )}</ul>`;
}

function circumstances({ attestation, obs }: StoredEvent): Markup {
  const code = html`varve ${shorten(String(attestation.varve))}, source build <code>${shortId(String(attestation.sourceBuild))}</code>`;
  if (obs === null) return html`by ${code}; when and on what it ran was left out`;
  const duration = typeof obs.durationMs === 'number' ? ` for ${formatDuration(obs.durationMs)}` : '';
  return html`${shorten(String(obs.startedAt ?? 'at a time not recorded'))}${duration}, by ${code}, ${shorten(
    `Node ${obs.node ?? '?'} on ${obs.platform ?? '?'} ${obs.arch ?? '?'}`,
  )}`;
}
