/** Corrections, and small random logs with corrections in them, for tests. */
import fc from 'fast-check';
import type { NewEvent, StoredEvent, TaskInput } from '../../store/event.ts';
import { eventIdOf, sha256Hex, taskIdOf } from '../../store/hash.ts';
import type { JsonObject } from '../../store/json.ts';

const correction = (kind: string, params: JsonObject): NewEvent => ({
  core: {
    task: { kind, v: 1, params, inputs: {} },
    class: 'observed',
    outcome: { status: 'done' },
    outputs: {},
    results: {},
  },
  attestation: {},
  obs: { startedAt: '2026-01-01T00:00:00.000Z' },
});

export const retraction = (event: string, reason = 'why', attempt?: number): NewEvent =>
  correction('retract', { event, reason, ...(attempt === undefined ? {} : { attempt }) });

export const superseding = (event: string, by: string, reason = 'why'): NewEvent =>
  correction('supersede', { event, by, reason });

/** As a log would give it back. */
export const storedAs = (event: NewEvent, seq: number): StoredEvent => ({
  ...event,
  seq,
  eventId: eventIdOf(event.core),
  taskId: taskIdOf(event.core.task),
  leaf: '',
});

const work = (n: number, inputs: { [name: string]: TaskInput }): NewEvent => ({
  ...correction('test.work', {}),
  core: {
    task: { kind: 'test.work', v: 1, params: { n }, inputs },
    class: 'exact',
    outcome: { status: 'done' },
    outputs: { data: { hash: '11'.repeat(32), bytes: 1, mediaType: 'text/plain' } },
    results: {},
  },
});

export interface RandomLog {
  readonly events: readonly StoredEvent[];
  /** The events that each manifest names, by its hash. */
  readonly manifests: ReadonlyMap<string, readonly string[]>;
}

/** Events that use earlier ones (as references, lists, manifests), retract them, or supersede them. */
export const randomLog: fc.Arbitrary<RandomLog> = fc
  .array(
    fc.record({
      what: fc.constantFrom('reference', 'list', 'manifest', 'retract', 'supersede'),
      names: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((steps) => {
    const events: StoredEvent[] = [];
    const manifests = new Map<string, readonly string[]>();
    const pick = (names: readonly number[], from: readonly StoredEvent[]): string[] =>
      from.length === 0 ? [] : [...new Set(names.map((name) => from[name % from.length]!.eventId))];
    for (const [n, { what, names }] of steps.entries()) {
      const [event, by] = pick(names, events);
      const used = pick(
        names,
        events.filter(({ core }) => core.task.kind === 'test.work'),
      );
      if (what === 'retract' && event !== undefined) {
        events.push(storedAs(retraction(event, `reason ${n}`), n + 1));
      } else if (what === 'supersede' && event !== undefined && by !== undefined) {
        events.push(storedAs(superseding(event, by, `reason ${n}`), n + 1));
      } else {
        const references = used.map((eventId) => ({ event: eventId, output: 'data' }));
        const manifest = sha256Hex(used.join());
        manifests.set(manifest, used);
        const input = what === 'manifest' ? { manifest } : what === 'list' ? references : references[0];
        events.push(storedAs(work(n, input === undefined ? {} : { of: input }), n + 1));
      }
    }
    return { events, manifests };
  });
