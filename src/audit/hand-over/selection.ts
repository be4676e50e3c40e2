/**
 * The part of a log that is handed over: a campaign, what a cell or an event rests on. Always closed: with an event
 * come the events that its inputs and manifests name, the corrections and violations that name it with all that these
 * name, the purges of blobs that it names, and the kernels that computed it.
 */
import { namedEventsOf } from '../../../store/corrections.ts';
import type { EventCore, StoredEvent } from '../../../store/event.ts';
import { isHash } from '../../../store/hash.ts';
import type { PackSelection } from '../../../store/pack-export.ts';
import { purgedBlobOf, purgeKind } from '../../../store/purge.ts';
import { namedBlobs } from '../../../store/references.ts';
import type { Store } from '../../../store/store.ts';
import { violationKind } from '../../../store/violation.ts';
import { findNumbers, traceEvents, viewCampaign } from '../../campaign/campaign-view.ts';
import { type Campaign, findCampaign } from '../../campaign/open-campaign.ts';
import { keptKernels } from '../../execution/kept-kernels.ts';
import { InputError } from '../../numerics/input-error.ts';
import { findEvent } from '../find-event.ts';

/** Its opening and every event of its plan, withdrawn ones included. */
export function selectCampaign(store: Store, name: string): PackSelection {
  const campaign = findCampaign(store, name);
  const events = [...viewCampaign(store, campaign).plan.purposes.taskIds()].flatMap(
    (taskId) => store.log.byTaskId(taskId)?.eventId ?? [],
  );
  return selectionOf(store, describe(campaign), [campaign.eventId, ...events]);
}

/** What the value of a cell, or a series of a figure, rests on, and the opening of its campaign, so that it can be asked for by name again. */
export function selectCell(store: Store, name: string): PackSelection {
  const { view, events, ...numbers } = findNumbers(store, name);
  if (events.length === 0) {
    throw new InputError('no-event', `nothing is recorded yet for ${numbers.name}`, {
      where: describe(view.campaign),
      remedy: 'varve status says what remains to be done',
    });
  }
  const subject = `${numbers.type} ${numbers.name} of ${describe(view.campaign)}`;
  return selectionOf(store, subject, [view.campaign.eventId, ...events]);
}

export function selectEvent(store: Store, name: string): PackSelection {
  const { eventId } = findEvent(store, name);
  return selectionOf(store, `event ${eventId}`, [eventId]);
}

const describe = ({ name, eventId }: Campaign): string => `campaign ${name} (${eventId.slice(0, 12)})`;

/** Kinds of events that say something of other events. */
const REMARKS = ['retract', 'supersede', violationKind];

function selectionOf(store: Store, subject: string, eventIds: readonly string[]): PackSelection {
  const chosen = new Map<string, StoredEvent>();
  const remarks = REMARKS.flatMap((kind) => [...store.log.byKind(kind)]);
  for (let roots = [...eventIds]; roots.length > 0; ) {
    for (const event of traceEvents(store, roots).nodes) chosen.set(event.eventId, event);
    roots = remarks
      .map(({ eventId, core }) => [eventId, ...namedEvents(core)])
      .filter((ids) => ids.some((id) => chosen.has(id)))
      .flatMap((ids) => ids.filter((id) => !chosen.has(id)));
  }
  const blobs = new Set([...chosen.values()].flatMap(({ core }) => namedBlobs(core)));
  const purges = [...store.log.byKind(purgeKind)].filter(({ core }) => blobs.has(purgedBlobOf(core) ?? ''));
  const kernels = keptKernels(store, [...chosen.values()]);
  const seqs = [...chosen.values(), ...purges, ...kernels].map(({ seq }) => seq);
  return { subject, seqs: [...new Set(seqs)].sort((a, b) => a - b) };
}

function namedEvents(core: EventCore): string[] {
  const { recordedEventId } = core.task.params;
  if (core.task.kind === violationKind) return isHash(recordedEventId) ? [recordedEventId] : [];
  return namedEventsOf(core).map(({ eventId }) => eventId);
}
