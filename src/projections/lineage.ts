/**
 * Lineage: everything that given events rest on, as a graph of events. Edges go from the event that used an output to
 * the event that made it; entries of a manifest count as inputs.
 */
import type { StoredEvent, Task, TaskInput } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { type ManifestEntry, readManifest } from '../formats/manifest.ts';

export interface LineageEdge {
  /** Event that used the output. */
  readonly from: string;
  /** Event that made it. */
  readonly to: string;
  readonly input: string;
  readonly output: string;
  /** How many items of the output a manifest names; absent for a whole output. */
  readonly items?: number;
}

export interface Lineage {
  readonly roots: readonly string[];
  /** Each once, nearest to the roots first. */
  readonly nodes: readonly StoredEvent[];
  readonly edges: readonly LineageEdge[];
}

export interface LineageSource {
  byEventId(eventId: string): StoredEvent | undefined;
  manifest(hash: string): readonly ManifestEntry[];
}

export const lineageSource = ({ log, blobs }: Store): LineageSource => ({
  byEventId: (eventId) => log.byEventId(eventId),
  manifest: (hash) => readManifest(blobs.get(hash), `manifest ${hash.slice(0, 12)}`),
});

/** @throws Error (ours, or a damaged store: `verify` says which) where the log holds no such event */
export function demandEvent(source: LineageSource, eventId: string): StoredEvent {
  const event = source.byEventId(eventId);
  if (event === undefined) throw new Error(`the log holds no event ${eventId}`);
  return event;
}

/** @throws as `demandEvent`, where an event that is named is not there */
export function traceLineage(roots: readonly string[], source: LineageSource): Lineage {
  const nodes = new Map<string, StoredEvent>();
  const edges: LineageEdge[] = [];
  const queue = [...roots];
  // The loop goes on to what is pushed while it runs.
  for (const eventId of queue) {
    if (nodes.has(eventId)) continue;
    const event = demandEvent(source, eventId);
    nodes.set(eventId, event);
    for (const edge of usesOf(event, source)) {
      edges.push(edge);
      queue.push(edge.to);
    }
  }
  return { roots, nodes: [...nodes.values()], edges };
}

/** The outputs that an event used, from its inputs in their order. */
export const usesOf = ({ eventId, core }: StoredEvent, source: Pick<LineageSource, 'manifest'>): LineageEdge[] =>
  usesOfTask(core.task, source, eventId);

/** @param from the event of the task, where there is one */
export const usesOfTask = ({ inputs }: Task, source: Pick<LineageSource, 'manifest'>, from = ''): LineageEdge[] =>
  Object.entries(inputs).flatMap(([input, value]) => edgesOf(from, input, value, source));

function edgesOf(
  from: string,
  input: string,
  value: TaskInput,
  source: Pick<LineageSource, 'manifest'>,
): LineageEdge[] {
  if (Array.isArray(value)) return value.flatMap((item) => edgesOf(from, input, item, source));
  if ('event' in value) return [{ from, to: value.event, input, output: value.output }];
  const counts = new Map<string, LineageEdge>();
  for (const { event, output } of source.manifest(value.manifest)) {
    const key = `${event} ${output}`;
    counts.set(key, { from, to: event, input, output, items: (counts.get(key)?.items ?? 0) + 1 });
  }
  return [...counts.values()];
}
