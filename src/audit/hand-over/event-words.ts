/** What an export says of an event in words and times: when it ran, how it ended, whether it can be recomputed. */

import type { Correction } from '../../../store/corrections.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { violationKind } from '../../../store/violation.ts';
import { CAMPAIGN_OPEN } from '../../campaign/open-campaign.ts';
import type { ProvenanceScope } from './provenance-scope.ts';

export const scopeTitle = ({ campaign, cell }: ProvenanceScope): string =>
  cell === undefined ? `Campaign ${campaign.name}` : `What ${cell.name} of campaign ${campaign.name} rests on`;

export interface EventTimes {
  /** ISO 8601 with milliseconds and offset, as every reader of the format takes it. */
  readonly startTime?: string;
  readonly endTime?: string;
}

/** Empty where the times were left out or are no times. */
export function eventTimes({ obs }: StoredEvent): EventTimes {
  const started = typeof obs?.startedAt === 'string' ? Date.parse(obs.startedAt) : Number.NaN;
  if (Number.isNaN(started)) return {};
  const ended = new Date(started + (typeof obs?.durationMs === 'number' ? obs.durationMs : Number.NaN));
  return {
    startTime: isoTime(new Date(started)),
    ...(Number.isNaN(ended.getTime()) ? {} : { endTime: isoTime(ended) }),
  };
}

const isoTime = (time: Date): string => time.toISOString().replace('Z', '+00:00');

/** The last time that any of the events names, or undefined where none names one. */
export function newestTime(events: readonly StoredEvent[]): string | undefined {
  let newest: string | undefined;
  for (const event of events) {
    const { startTime, endTime = startTime } = eventTimes(event);
    if (endTime !== undefined && (newest === undefined || Date.parse(endTime) > Date.parse(newest))) newest = endTime;
  }
  return newest;
}

export function eventName(scope: ProvenanceScope, { taskId, core }: StoredEvent): string {
  const { kind, params } = core.task;
  if (kind === CAMPAIGN_OPEN) return `open campaign ${scope.campaign.name}`;
  if (kind === violationKind) return `second result of ${scope.purposes.get(String(params.taskId)) ?? 'a task'}`;
  return scope.purposes.get(taskId) ?? kind;
}

/** Whether it can be recomputed, how it ended, and on what it ran. */
export function describeEvent({ core, obs }: StoredEvent): string {
  const { task, outcome } = core;
  const replay =
    core.class === 'exact'
      ? 'Exact: a replay must give the same bytes.'
      : 'Observed: it came from outside and cannot be recomputed.';
  const node = typeof obs?.node === 'string' ? `Node.js ${obs.node}` : undefined;
  const runtime = [node, obs?.platform, obs?.arch].filter((part) => typeof part === 'string').join(', ');
  return [
    `${task.kind}, version ${task.v}.`,
    replay,
    ...(outcome.status === 'stopped'
      ? [`Stopped early, what was computed until then is kept: ${stopText(outcome.reason)}.`]
      : []),
    ...(task.kind === violationKind ? [violationText(task.params)] : []),
    ...(runtime === '' ? [] : [`Ran on ${runtime}.`]),
  ].join(' ');
}

const stopText = (reason: { readonly [field: string]: unknown }): string =>
  typeof reason.message === 'string' ? reason.message : JSON.stringify(reason);

const violationText = ({ recordedEventId }: { readonly [field: string]: unknown }): string =>
  `A violation: an exact task was done again and gave another result than event ${String(recordedEventId)} records; that one stands.`;

/** `Retracted: <reason>.` or `Superseded by event <id>: <reason>.`, and whether that was taken back. */
export function describeCorrection({ by, reason, inEffect }: Correction): string {
  const what = by === undefined ? 'Retracted' : `Superseded by event ${by}`;
  return `${what}${inEffect ? '' : ' (taken back since)'}: ${reason}.`;
}
