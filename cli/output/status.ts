/** What remains of a campaign, and what a run is doing, for people. */
import type { CampaignStatus } from '../../src/audit/status/campaign-status.ts';
import type { RunningNote } from '../../src/campaign/running-note.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import { bounded, indented } from './differences.ts';
import { counted, formatDuration, shortId } from './numbers.ts';
import { renderColumns } from './text-table.ts';
import { workLines, workTotal } from './work.ts';

const MAX_LISTED = 10;
/** A run that says nothing for so long is held up, or was sent to sleep. */
const SILENT_MS = 30_000;

/** Empty where there is nothing to say. */
export function remainingLines({
  view,
  state,
  remaining,
  failed,
  stopped,
  withheld,
  withdrawnCells,
}: CampaignStatus): string {
  const { campaign, plan } = view;
  const said = (event: StoredEvent): string =>
    `${plan.purposes.get(event.taskId) ?? ''} (event ${shortId(event.eventId)}): ${reasonOf(event)}`;
  const lines = [
    ...bounded(
      failed.map((event) => `failed: ${said(event)}`),
      MAX_LISTED,
      'failed tasks',
    ),
    ...(state === 'complete'
      ? []
      : bounded(
          stopped.map((event) => `stopped: ${said(event)}`),
          MAX_LISTED,
          'stopped runs',
        )),
    ...cellLine('withheld', withheld.length),
    ...cellLine('withdrawn', withdrawnCells.length),
    ...(state === 'unfinished' ? remainsOf(remaining) : []),
  ];
  if (lines.length === 0) return '';
  const title = `${campaign.name} (event ${shortId(campaign.eventId)})`;
  return `${[title, ...indented(lines)].map(escapeControl).join('\n')}\n`;
}

const cellLine = (what: string, count: number): string[] =>
  count === 0 ? [] : [`${counted(count, 'cell')} ${what}: varve tables says why`];

const remainsOf = (remaining: CampaignStatus['remaining']): string[] =>
  remaining === null
    ? ['what remains is worked out with --remaining: the campaign is large']
    : [`remaining: ${workTotal(remaining)}`, ...workLines(remaining)];

function reasonOf({ core: { outcome } }: StoredEvent): string {
  const { message, what } = (
    outcome.status === 'stopped' ? outcome.reason : 'error' in outcome ? outcome.error : {}
  ) as {
    readonly message?: unknown;
    readonly what?: unknown;
  };
  return String(message ?? what ?? outcome.status);
}

/** @param now ms since 1970 */
export function runningLines(
  { pid, startedAt, updatedAt, campaign, workers, running }: RunningNote,
  now: number,
): string {
  const silent = now - Date.parse(updatedAt);
  const rows = running.map(({ kind, purpose, fraction, startedAt: since }) => {
    // As of the note: a run that is held up goes no further.
    const elapsed = Math.max(0, Date.parse(updatedAt) - Date.parse(since));
    const left = fraction > 0.02 ? `≈ ${formatDuration((elapsed * (1 - fraction)) / fraction)} left` : '';
    return [`  ${kind}`, purpose, `${Math.floor(100 * fraction)} %`, `${formatDuration(elapsed)} so far`, left];
  });
  const lines = [
    `running now: ${campaign.name}, process ${pid}, since ${startedAt}, on ${counted(workers, 'worker')}`,
    ...(silent > SILENT_MS ? [`  it was last heard of ${formatDuration(silent)} ago`] : []),
  ];
  const table = rows.length === 0 ? [] : [renderColumns(rows, [2])];
  return `${[...lines.map(escapeControl), ...table].join('\n')}\n`;
}
