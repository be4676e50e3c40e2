/**
 * Why tasks ran instead of being found in the log: what they were asked differs from all that was asked before. For each,
 * the nearest earlier task and the fields that differ. What rests on a task that ran had to run too, so the causes are
 * the tasks that ran though all they rest on was there.
 *
 * "Before" is before the campaign was opened: the tasks of one campaign differ among themselves by intent.
 */

import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { joinedPurposes, type Purposes } from '../../campaign/campaign-events.ts';
import { type CampaignView, viewCampaign } from '../../campaign/campaign-view.ts';
import { type Campaign, listCampaigns } from '../../campaign/open-campaign.ts';
import { InputError } from '../../numerics/input-error.ts';
import { lineageSource, traceLineage } from '../../projections/lineage.ts';
import { itemsOf } from './diff-tasks.ts';
import { sameRole } from './event-roles.ts';
import { type NearestTask, nearestEarlier } from './nearest-earlier.ts';

/** How many causes of one kind are explained; the others are counted. */
export const MAX_EXPLAINED = 50;

export interface NotReusedTask {
  readonly event: StoredEvent;
  readonly nearest: NearestTask | undefined;
}

export interface NotReusedReport {
  /** Newest campaign opened before the tasks ran; what was in the log by then could have been reused. */
  readonly campaign: Campaign | undefined;
  /** Of the tasks that the result rests on: how many were there before, and which ran. */
  readonly reused: number;
  readonly ran: readonly StoredEvent[];
  /** The task that was asked about, unless a cell was. */
  readonly task: NotReusedTask | undefined;
  /** Only tasks of its own campaign stand before it: `task.nearest` is one of those. */
  readonly withinCampaign: boolean;
  /** Tasks that ran though all they rest on was there. */
  readonly causes: readonly NotReusedTask[];
  readonly unexplainedCauses: number;
  readonly events: ReadonlyMap<string, StoredEvent>;
  /** What each task of the store is for, by taskId. */
  readonly purposes: Purposes;
}

export function explainNotReusedEvent(store: Store, event: StoredEvent): NotReusedReport {
  const campaign = listCampaigns(store).findLast(({ seq }) => seq < event.seq);
  return explain(store, [event.eventId], campaign, event);
}

/** @throws InputError `nothing-ran` where the cell rests on no event yet */
export function explainNotReusedCell(
  store: Store,
  { campaign }: CampaignView,
  cell: { readonly name: string; readonly events: readonly string[] },
): NotReusedReport {
  if (cell.events.length === 0) {
    throw new InputError('nothing-ran', `${cell.name} rests on no event yet`, {
      where: `campaign ${campaign.name}`,
      remedy: 'go on with the campaign: varve run SPEC',
    });
  }
  return explain(store, cell.events, campaign, undefined);
}

function explain(
  store: Store,
  roots: readonly string[],
  campaign: Campaign | undefined,
  asked: StoredEvent | undefined,
): NotReusedReport {
  const source = lineageSource(store);
  const { nodes } = traceLineage(roots, source);
  const opened = campaign?.seq ?? 0;
  const ran = nodes.filter(({ seq }) => seq > opened);
  const ranIds = new Set(ran.map(({ eventId }) => eventId));
  const restsOnRan = ({ core }: StoredEvent): boolean =>
    Object.values(core.task.inputs).some((input) =>
      itemsOf(input, source.manifest).some(({ event }) => ranIds.has(event)),
    );
  const causes = ran.filter((event) => event.eventId !== asked?.eventId && !restsOnRan(event));
  const explained = [...groupedByKind(causes).values()].flatMap((group) => group.slice(0, MAX_EXPLAINED));
  const views = listCampaigns(store).map((each) => viewCampaign(store, each));
  const isPreferred = sameRole(views);
  const find = (targets: readonly StoredEvent[], beforeSeq: number): Map<string, NearestTask> => {
    const found = [...groupedByKind(targets)].map(([kind, ofKind]) =>
      nearestEarlier(ofKind, until(store.log.byKind(kind), beforeSeq), source.manifest, isPreferred),
    );
    return new Map(found.flatMap((map) => [...map]));
  };
  const nearest = find(asked === undefined ? explained : [asked, ...explained], opened);
  const withinCampaign = asked !== undefined && !nearest.has(asked.eventId);
  const within = withinCampaign ? find([asked], asked.seq) : nearest;
  return {
    campaign,
    reused: nodes.length - ran.length,
    ran,
    task: asked && { event: asked, nearest: within.get(asked.eventId) },
    withinCampaign,
    causes: explained.map((event) => ({ event, nearest: nearest.get(event.eventId) })),
    unexplainedCauses: causes.length - explained.length,
    events: new Map(nodes.map((event) => [event.eventId, event])),
    purposes: joinedPurposes(views.map(({ plan }) => plan.purposes)),
  };
}

export function groupedByKind(events: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  const groups = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const { kind } = event.core.task;
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [event]);
    else group.push(event);
  }
  return groups;
}

function* until(events: Iterable<StoredEvent>, beforeSeq: number): Generator<StoredEvent> {
  for (const event of events) {
    if (event.seq >= beforeSeq) return;
    yield event;
  }
}
