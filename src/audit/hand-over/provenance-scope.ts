/**
 * What an export of provenance speaks of: the events of a campaign, or those that one of its cells rests on, with the
 * corrections and violations that concern them. Closed under inputs: every event that one of them names is among them.
 */

import { type Correction, readCorrections } from '../../../store/corrections.ts';
import { inLogOrder, type StoredEvent, type Task } from '../../../store/event.ts';
import { demandCore, inputsOf } from '../../../store/event-shape.ts';
import { purgeKind } from '../../../store/purge.ts';
import type { Store } from '../../../store/store.ts';
import { violationKind } from '../../../store/violation.ts';
import type { Purposes } from '../../campaign/campaign-events.ts';
import {
  type CampaignState,
  type CampaignView,
  campaignResultHash,
  campaignState,
  campaignTables,
  findCell,
  traceEvents,
  viewCampaign,
} from '../../campaign/campaign-view.ts';
import { type Campaign, findCampaign } from '../../campaign/open-campaign.ts';
import type { CampaignSpec } from '../../campaign/spec.ts';
import type { ManifestEntry } from '../../formats/manifest.ts';
import { lineageSource } from '../../projections/lineage.ts';
import { type Cell, cellsOf, type Table } from '../../projections/table.ts';

export interface ProvenanceScope {
  readonly campaign: Campaign;
  readonly spec: CampaignSpec;
  readonly state: CampaignState;
  readonly opening: StoredEvent;
  /** The opening, tasks and violations, in the order of the log. */
  readonly events: readonly StoredEvent[];
  /** Of these events, in the order of the log; whether they are in effect or not. */
  readonly corrections: readonly Correction[];
  /** Why the bytes of a blob were dropped from the store, by the blob's hash. */
  readonly purges: ReadonlyMap<string, string>;
  /** Events and corrections by eventId. */
  readonly byId: ReadonlyMap<string, StoredEvent>;
  /** What each task is for, by taskId. */
  readonly purposes: Purposes;
  readonly tables: readonly Table[];
  readonly cells: readonly Cell[];
  /** The cell that was asked for, where it was one. */
  readonly cell: Cell | undefined;
  /** Of the whole campaign. */
  readonly resultHash: string;
  /** Of the store, with its size. */
  readonly history: { readonly size: number; readonly hash: string };
}

/** What an export asks of a store besides the events in its scope. */
export interface ProvenanceSource {
  manifest(hash: string): readonly ManifestEntry[];
  /** Bytes of the blob, or null where the store does not hold it. */
  blobBytes(hash: string): number | null;
}

/** @throws InputError `no-campaign`; StoreError `bad-event` where a damaged store holds something else than events */
export function scopeOfCampaign(store: Store, name?: string): ProvenanceScope {
  const view = viewCampaign(store, findCampaign(store, name));
  return scopeOf(store, view, [...view.plan.events.values()]);
}

/** @throws InputError `no-cell` */
export function scopeOfCell(store: Store, name: string): ProvenanceScope {
  const { view, cell } = findCell(store, name);
  return scopeOf(store, view, traceEvents(store, cell.events).nodes, cell);
}

export const storeSource = (store: Store): ProvenanceSource => ({
  manifest: lineageSource(store).manifest,
  blobBytes: (hash) => store.blobs.sizeOf(hash),
});

function scopeOf(store: Store, view: CampaignView, used: readonly StoredEvent[], cell?: Cell): ProvenanceScope {
  const { campaign, spec, plan } = view;
  const tables = campaignTables(view);
  const opening = store.log.byEventId(campaign.eventId)!;
  const { tasks, corrections } = withCorrections(
    store,
    used,
    (corrected, by) =>
      plan.purposes.has(corrected.taskId) && (cell === undefined || used.some(({ eventId }) => eventId === by)),
  );
  const taskIds = new Set(tasks.map((event) => event.taskId));
  const violations = [...store.log.byKind(violationKind)].filter(({ core }) =>
    taskIds.has(String(core.task.params.taskId)),
  );
  const events = inLogOrder([opening, ...tasks, ...violations]);
  const all = [...events, ...corrections.map(({ event }) => event)];
  for (const event of all) demandCore(event.core);
  const purges = [...store.log.byKind(purgeKind)].map(({ core }) => core.task.params);
  return {
    campaign,
    spec,
    state: campaignState(plan),
    opening,
    events,
    corrections,
    purges: new Map(purges.map(({ blob, reason }) => [String(blob), String(reason)])),
    byId: new Map(all.map((event) => [event.eventId, event])),
    purposes: plan.purposes,
    tables,
    cells: cell === undefined ? cellsOf(tables) : [cell],
    cell,
    resultHash: campaignResultHash(plan),
    history: { size: store.log.size, hash: store.log.historyHash() },
  };
}

/**
 * The corrections that name one of the events, a correction of one, or an event that was one of them before, as
 * `wasUsed` says. What they name, and all that it rests on, is shown with them.
 */
function withCorrections(
  store: Store,
  used: readonly StoredEvent[],
  wasUsed: (corrected: StoredEvent, by: string | undefined) => boolean,
): { tasks: StoredEvent[]; corrections: Correction[] } {
  const tasks = new Map(used.map((event) => [event.eventId, event]));
  const corrections = new Map<string, Correction>();
  const add = (eventIds: readonly string[]): void => {
    for (const event of traceEvents(store, eventIds).nodes) tasks.set(event.eventId, event);
  };
  add([...inputEvents(used, storeSource(store))].filter((eventId) => !tasks.has(eventId)));
  for (const correction of readCorrections(store.log).all) {
    const { corrected, by } = correction;
    const named = [corrected, by].flatMap((eventId) => (eventId && store.log.byEventId(eventId)) || []);
    const concerns = tasks.has(corrected) || corrections.has(corrected);
    if (!concerns && !named.some((event) => event.eventId === corrected && wasUsed(event, by))) continue;
    corrections.set(correction.event.eventId, correction);
    add(named.map((event) => event.eventId).filter((eventId) => !corrections.has(eventId)));
  }
  return { tasks: [...tasks.values()], corrections: [...corrections.values()] };
}

/** eventIds that the inputs of the events name; each manifest is read once. */
function inputEvents(events: readonly StoredEvent[], source: ProvenanceSource): Set<string> {
  const named = new Set<string>();
  const manifests = new Set<string>();
  for (const { core } of events) {
    for (const { input } of inputsOf(core)) {
      if ('event' in input) named.add(input.event);
      else manifests.add(input.manifest);
    }
  }
  for (const hash of manifests) for (const { event } of source.manifest(hash)) named.add(event);
  return named;
}

/** The corrections of each event, by the eventId of what is corrected. */
export function correctionsByEvent(scope: ProvenanceScope): ReadonlyMap<string, readonly Correction[]> {
  const byEvent = new Map<string, Correction[]>();
  for (const correction of scope.corrections) {
    byEvent.set(correction.corrected, [...(byEvent.get(correction.corrected) ?? []), correction]);
  }
  return byEvent;
}

/** The opening, tasks, violations and corrections. */
export const allEvents = ({ events, corrections }: ProvenanceScope): StoredEvent[] => [
  ...events,
  ...corrections.map(({ event }) => event),
];

/** @throws Error (ours, or a damaged store: `verify` says which) where an event or output that is named is not there */
export function blobOf(scope: ProvenanceScope, reference: { readonly event: string; readonly output: string }): string {
  const outputs = scope.byId.get(reference.event)?.core.outputs ?? {};
  if (Object.hasOwn(outputs, reference.output)) return outputs[reference.output]!.hash;
  throw new Error(`no output ${reference.output} of event ${reference.event}`);
}

/** What was carried out: of a violation, the task whose recorded result it contradicts. */
export function executedTask(scope: ProvenanceScope, { core }: StoredEvent): Task {
  if (core.task.kind !== violationKind) return core.task;
  return scope.byId.get(String(core.task.params.recordedEventId))?.core.task ?? core.task;
}
