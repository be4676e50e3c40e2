/** What others found, and how to find out oneself: replays, corrections, and the commands that check this page. */
import { importedFiles } from '../../../src/audit/explain/provenance.ts';
import type { RecordedVerdict } from '../../../src/audit/replay/recorded-verdicts.ts';
import { type Content, html, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import { inLogOrder } from '../../../store/event.ts';
import { counted, shortId } from '../numbers.ts';
import { type ReplayTally, replaySummary, tallyReplays } from '../stage-digest.ts';
import { correctionLine, verdictLine } from './event-block.ts';
import { hash, shorten } from './fields.ts';
import { eventLink, type PageContext } from './page-context.ts';
import { rowsUpToLimit, section } from './rows.ts';

export const checkSections = (context: PageContext): Content => [
  section('replays', 'Replays', replays(context)),
  section('corrections', 'Corrections and violations', corrections(context)),
  section('check', 'Check it yourself', commands(context)),
];

function replays(context: PageContext): Content {
  const { lineage, verdicts } = context.explanation;
  const summary = replaySummary(tallyReplays(lineage.nodes, verdicts));
  if (summary === '') return html`<p>No replay of any of these events is recorded in this store.</p>`;
  const differing = lineage.nodes.flatMap(({ eventId }) =>
    (verdicts.get(eventId) ?? []).flatMap((verdict) => (verdict.verdict === 'differs' ? [{ eventId, verdict }] : [])),
  );
  return [
    html`<p>Over all its replays: ${summary}. An event of which any replay differs counts as different.</p>`,
    rowsUpToLimit(
      ['replay of', 'by source build', 'found'],
      replaysOf(context).map(
        ({ startedAt, sourceBuild, tally }) =>
          html`<tr><th scope="row">${shorten(startedAt)}</th><td>${hash(shorten(sourceBuild))}</td><td>${replaySummary(tally)}</td></tr>`,
      ),
      'replay',
    ),
    differing.length === 0
      ? nothing
      : rowsUpToLimit(
          ['event', 'differs'],
          differing.map(
            ({ eventId, verdict }) =>
              html`<tr><th scope="row">${eventLink(context, eventId)}</th><td>${verdictLine(verdict)}</td></tr>`,
          ),
          'difference',
        ),
  ];
}

interface Replay extends Pick<RecordedVerdict, 'startedAt' | 'sourceBuild'> {
  readonly tally: ReplayTally;
}

/** Each replay that touched these events, with what it found of them. */
function replaysOf({ explanation: { lineage, verdicts } }: PageContext): Replay[] {
  const byReplay = new Map<string, RecordedVerdict[]>();
  for (const verdict of lineage.nodes.flatMap(({ eventId }) => verdicts.get(eventId) ?? [])) {
    const key = `${verdict.startedAt} ${verdict.sourceBuild}`;
    const known = byReplay.get(key);
    if (known === undefined) byReplay.set(key, [verdict]);
    else known.push(verdict);
  }
  const count = (list: readonly RecordedVerdict[], verdict: RecordedVerdict['verdict']): number =>
    list.filter((found) => found.verdict === verdict).length;
  return [...byReplay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, list]) => ({
      startedAt: list[0]!.startedAt,
      sourceBuild: list[0]!.sourceBuild,
      tally: {
        identical: count(list, 'identical'),
        differs: count(list, 'differs'),
        notComparable: count(list, 'not-comparable'),
        events: lineage.nodes.length,
      },
    }));
}

function corrections(context: PageContext): Content {
  const { lineage, corrections: recorded } = context.explanation;
  const touched = inLogOrder(lineage.nodes).flatMap(({ eventId }) =>
    (recorded.get(eventId) ?? []).map((correction) => ({ eventId, correction })),
  );
  if (touched.length === 0)
    return html`<p>None of these events was retracted or superseded, and none has another result beside it.</p>`;
  return rowsUpToLimit(
    ['event', 'what was recorded later'],
    touched.map(
      ({ eventId, correction }) =>
        html`<tr><th scope="row">${eventLink(context, eventId)}</th><td>${correctionLine(context, correction)}</td></tr>`,
    ),
    'correction',
  );
}

/** Files are named in full up to here. */
const MAX_FILES = 10;

function commands({ explanation }: PageContext): Markup {
  const { cell, series, lineage, log } = explanation;
  const asked = cell ?? series;
  const root = lineage.nodes[0];
  const name = shellWord(asked === null ? lineage.roots[0]! : asked.fullName);
  const files = importedFiles(lineage).slice(0, MAX_FILES);
  const steps: readonly (readonly [string, string])[] = [
    [
      'Every hash in the store; and that the log is the one this page was made from, or has grown from it.',
      `varve verify --expect ${log.events}:${log.historyHash}`,
    ],
    ['The derivation as text, or with --json in full.', `varve why ${name}`],
    ...(root === undefined
      ? []
      : [
          [
            'Compute all of it again from its inputs, and compare the bytes.',
            `varve replay ${asked === null ? '--event' : '--cell'} ${name}`,
          ] as const,
          ['One event, with all digits.', `varve show ${shortId(root.eventId)}`] as const,
        ]),
    ...files.map(
      ({ name: file, sha256 }) =>
        [
          `The bytes of ${shorten(file)}: this must print ${sha256}, for your own copy of the file too.`,
          `sha256sum .varve/blobs/${sha256.slice(0, 2)}/${sha256.slice(2)}`,
        ] as const,
    ),
  ];
  return html`<p>Give <code>--store DIR</code> where the store is not <code>.varve</code> in the current folder. The format of the store is documented byte by byte (<code>docs/format.md</code>), so every hash here can be checked without varve too.</p>
<dl class="commands">${steps.map(
    ([what, command]) => html`<dt>${what}</dt><dd><pre><code>${command}</code></pre></dd>
`,
  )}</dl>
<p class="fine">Made from a log of ${counted(log.events, 'event')} with history hash ${hash(log.historyHash)}. This file holds no data but text: it loads nothing and sends nothing.</p>`;
}

/** A word as a POSIX shell reads it back. */
const shellWord = (word: string): string =>
  /^[A-Za-z0-9_./:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
