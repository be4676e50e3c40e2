/** Verdicts of a replay for people: what agrees in a line, what differs down to the number. */

import type { Difference } from '../../src/audit/replay/difference.ts';
import type { ExactNumber } from '../../src/audit/replay/exact-number.ts';
import { countVerdicts } from '../../src/audit/replay/record-replay.ts';
import type { ReplayedEvent, ReplayVerdict } from '../../src/audit/replay/replay-verdict.ts';
import type { Purposes } from '../../src/campaign/campaign-events.ts';
import { escapeControl } from '../../store/escape-control.ts';
import { formatNumber, shortId } from './numbers.ts';

export interface ReplaySummary {
  /** What was asked, in words. */
  readonly scope: string;
  readonly sourceBuild: string;
  readonly purposes: Purposes;
  /** Set where the replay was stopped before its end. */
  readonly stopped: boolean;
}

const MOST_SHOWN = 20;

export function renderReplay(verdicts: readonly ReplayVerdict[], summary: ReplaySummary): string {
  const differing = verdicts.filter(({ verdict }) => verdict === 'differs');
  const { identical, differs, notComparable } = countVerdicts(verdicts);
  const rest = differing.length - MOST_SHOWN;
  const lines = [
    ...differing.slice(0, MOST_SHOWN).flatMap((verdict) => [...describeDiffering(verdict, summary), '']),
    ...(rest > 0 ? [`and ${rest} more events that differ; --json lists all`, ''] : []),
    ...reasonLines(verdicts),
    `${summary.scope}${summary.stopped ? ' (stopped before its end)' : ''}: ${verdicts.length} ${verdicts.length === 1 ? 'event' : 'events'} replayed: ` +
      `${identical} identical, ${differs} ${differs === 1 ? 'differs' : 'differ'}, ${notComparable} not comparable`,
    ...(differing.length === 0
      ? []
      : [`the first event that differs is ${nameOf(differing[0]!.event, summary.purposes)}`]),
  ];
  return `${lines.map(escapeControl).join('\n')}\n`;
}

const nameOf = ({ seq, eventId, kind, v, taskId }: ReplayedEvent, purposes: Purposes): string =>
  `event ${seq} (${shortId(eventId)})  ${kind} v${v}  ${purposes.get(taskId) ?? ''}`.trimEnd();

function describeDiffering({ event, differences }: ReplayVerdict, { sourceBuild, purposes }: ReplaySummary): string[] {
  const recordedBy = event.recordedBy === undefined ? 'an unknown build' : `build ${shortId(event.recordedBy)}`;
  const sameBuild = event.recordedBy === sourceBuild;
  return [
    `DIFFERS  ${nameOf(event, purposes)}`,
    `  recorded by ${recordedBy}, recomputed by ${sameBuild ? 'the same build' : `build ${shortId(sourceBuild)}`}`,
    ...differences.flatMap(describeDifference),
  ];
}

function describeDifference(difference: Difference): string[] {
  const { part, place, unit, recorded, recomputed, unitsInLastPlace, extent } = difference;
  const apart = unitsInLastPlace === undefined ? '' : `  ${unitsInLastPlace} units in the last place apart`;
  return [
    `  ${part}: first at ${place}`,
    `    recorded    ${valueText(recorded, unit)}`,
    `    recomputed  ${valueText(recomputed, unit)}${apart}`,
    ...(extent === undefined ? [] : [`    ${extentText(extent)}`]),
  ];
}

const unitText = (unit: string | undefined): string => (unit === undefined || unit === '1' ? '' : ` ${unit}`);

const valueText = (value: ExactNumber | string, unit: string | undefined): string =>
  typeof value === 'string' ? value : `${value.decimal}${unitText(unit)}  ${value.hex}`;

function extentText({ differing, numbers, largest }: NonNullable<Difference['extent']>): string {
  const most = Object.entries(largest).map(([unit, by]) => `${formatNumber(by)}${unitText(unit)}`);
  return `${differing} of ${numbers} numbers differ, at most by ${most.join(', ')}`;
}

/** Why events could not be compared, each reason once with its number. */
function reasonLines(verdicts: readonly ReplayVerdict[]): string[] {
  const counts = new Map<string, number>();
  for (const { why } of verdicts) if (why !== undefined) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].map(([why, count]) => `not comparable: ${count} ${count === 1 ? 'event' : 'events'}: ${why}`);
}
