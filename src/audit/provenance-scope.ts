/**
 * What an export of provenance speaks of: the events of a campaign, or those that one of its cells rests on, with the
 * corrections and violations that concern them. Closed under inputs: every event that one of them names is among them.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import { demandCore } from '../../store/event-shape.ts';
import type { Store } from '../../store/store.ts';
import { violationKind } from '../../store/violation.ts';
import {
  type CampaignView,
  campaignResultHash,
  campaignTables,
  findCell,
  traceEvents,
  viewCampaign,
} from '../campaign/campaign-view.ts';
import { type Campaign, findCampaign } from '../campaign/open-campaign.ts';
import type { CampaignSpec } from '../campaign/spec.ts';
import { type ManifestEntry, readManifest } from '../formats/manifest.ts';
import type { Cell, Table } from '../projections/table.ts';

export interface ProvenanceScope {
  readonly campaign: Campaign;
  readonly spec: CampaignSpec;
  readonly state: 'complete' | 'unfinished' | 'failed';
  readonly opening: StoredEvent;
  /** The opening, tasks and violations, in the order of the log. */
  readonly events: readonly StoredEvent[];
  /** Retractions and supersessions of these events, in the order of the log. */
  readonly corrections: readonly StoredEvent[];
  /** Why the bytes of a blob were dropped from the store, by the blob's hash. */
  readonly purges: ReadonlyMap<string, string>;
  /** Events and corrections by eventId. */
  readonly byId: ReadonlyMap<string, StoredEvent>;
  /** What each task is for, by taskId. */
  readonly purposes: ReadonlyMap<string, string>;
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

export const retractKind = 'retract';
export const supersedeKind = 'supersede';

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
  manifest: (hash) => readManifest(store.blobs.get(hash), `manifest ${hash.slice(0, 12)}`),
  blobBytes: (hash) => store.blobs.sizeOf(hash),
});

function scopeOf(store: Store, view: CampaignView, tasks: readonly StoredEvent[], cell?: Cell): ProvenanceScope {
  const { campaign, spec, plan } = view;
  const tables = campaignTables(view);
  const opening = store.log.byEventId(campaign.eventId)!;
  const taskIds = new Set(tasks.map((event) => event.taskId));
  const violations = [...store.log.byKind(violationKind)].filter(({ core }) =>
    taskIds.has(String(core.task.params.taskId)),
  );
  const events = [opening, ...tasks, ...violations].sort((a, b) => a.seq - b.seq);
  const corrections = correctionsOf(store, events);
  for (const event of [...events, ...corrections]) demandCore(event.core);
  return {
    campaign,
    spec,
    state: plan.ready.length > 0 ? 'unfinished' : plan.failures.length > 0 ? 'failed' : 'complete',
    opening,
    events,
    corrections,
    purges: new Map(
      [...store.log.byKind('purge')].map(({ core: { task } }) => [
        String(task.params.blob),
        String(task.params.reason),
      ]),
    ),
    byId: new Map([...events, ...corrections].map((event) => [event.eventId, event])),
    purposes: plan.purposes,
    tables,
    cells: cell === undefined ? tables.flatMap((table) => table.rows.flatMap((row) => row.cells)) : [cell],
    cell,
    resultHash: campaignResultHash(plan),
    history: { size: store.log.size, hash: store.log.historyHash() },
  };
}

/** A correction may itself be corrected; it stands later in the log than what it corrects. */
function correctionsOf(store: Store, events: readonly StoredEvent[]): StoredEvent[] {
  const known = new Set(events.map((event) => event.eventId));
  return [retractKind, supersedeKind]
    .flatMap((kind) => [...store.log.byKind(kind)])
    .sort((a, b) => a.seq - b.seq)
    .filter(({ core, eventId }) => known.has(String(core.task.params.event)) && known.add(eventId));
}

/** The events that correct each event, by the eventId of what is corrected. */
export function correctionsByEvent(scope: ProvenanceScope): ReadonlyMap<string, readonly StoredEvent[]> {
  const byEvent = new Map<string, StoredEvent[]>();
  for (const correction of scope.corrections) {
    const corrected = String(correction.core.task.params.event);
    byEvent.set(corrected, [...(byEvent.get(corrected) ?? []), correction]);
  }
  return byEvent;
}

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
