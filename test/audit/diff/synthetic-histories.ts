/** Histories without physics: random graphs of events with ids as the log would give them. */
import fc from 'fast-check';
import type { History } from '../../../src/audit/diff/diff-matching.ts';
import { historyOf } from '../../../src/audit/diff/diff-matching.ts';
import { type LineageSource, traceLineage } from '../../../src/projections/lineage.ts';
import type { EventCore, StoredEvent, TaskInput } from '../../../store/event.ts';
import { eventIdOf, taskIdOf } from '../../../store/hash.ts';
import type { JsonObject } from '../../../store/json.ts';

export interface SyntheticEvent {
  readonly kind: string;
  readonly params: JsonObject;
  /** Places of the events that it rests on, by input; a list where `list` says so. */
  readonly inputs: { readonly [name: string]: readonly number[] };
  readonly result: number;
}

/** The events with the ids that follow from their content, in the order given. */
export function sealed(graph: readonly SyntheticEvent[]): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (const { kind, params, inputs, result } of graph) {
    const reference = (place: number): TaskInput => ({ event: events[place]!.eventId, output: 'data' });
    const task = {
      kind,
      v: 1,
      params,
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([name, places]) => [
          name,
          name.startsWith('list') ? places.map(reference) : reference(places[0]!),
        ]),
      ),
    };
    const core: EventCore = {
      task,
      class: 'exact',
      outcome: { status: 'done' },
      outputs: { data: { hash: '0'.repeat(64), bytes: 0, mediaType: 'application/octet-stream' } },
      results: { result },
    };
    events.push({
      seq: events.length + 1,
      eventId: eventIdOf(core),
      taskId: taskIdOf(task),
      core,
      attestation: {},
      obs: {},
      leaf: '',
    });
  }
  return events;
}

const noManifest: LineageSource['manifest'] = () => {
  throw new Error('no manifests here');
};

/** @param roots places of the results */
export function historyAt(events: readonly StoredEvent[], roots: readonly number[]): History {
  const byId = new Map(events.map((event) => [event.eventId, event]));
  const lineage = traceLineage(
    roots.map((root) => events[root]!.eventId),
    { byEventId: (eventId) => byId.get(eventId), manifest: noManifest },
  );
  return historyOf(lineage, new Map(), noManifest);
}

/** Every event differs from every other in a parameter of its own, and has one to three inputs where it can. */
export const graphArbitrary: fc.Arbitrary<SyntheticEvent[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('test.make', 'test.use'),
      value: fc.integer({ min: 0, max: 3 }),
      single: fc.option(fc.nat(1000), { nil: undefined }),
      list: fc.array(fc.nat(1000), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((seeds) =>
    seeds.map(({ kind, value, single, list }, place) => ({
      kind,
      params: { place, nested: { value } },
      inputs:
        place === 0
          ? {}
          : {
              ...(single === undefined ? {} : { single: [single % place] }),
              ...(list.length === 0 ? {} : { list: [...new Set(list.map((item) => item % place))] }),
            },
      result: place,
    })),
  );

/** Places of the events that rest, directly or not, on the one at `place`. */
export function descendantsOf(graph: readonly SyntheticEvent[], place: number): Set<number> {
  const found = new Set<number>();
  graph.forEach(({ inputs }, k) => {
    if (Object.values(inputs).some((places) => places.some((item) => item === place || found.has(item)))) found.add(k);
  });
  return found;
}

/** Places of the events that nothing rests on. */
export function sinksOf(graph: readonly SyntheticEvent[]): number[] {
  const used = new Set(graph.flatMap(({ inputs }) => Object.values(inputs).flat()));
  return graph.map((_, place) => place).filter((place) => !used.has(place));
}
