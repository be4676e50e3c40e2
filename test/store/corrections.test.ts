import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  correctionsOf,
  evaluateCorrections,
  followReplacements,
  namedEventsOf,
  readCorrections,
} from '../../store/corrections.ts';
import type { NewEvent } from '../../store/event.ts';
import { eventIdOf, taskIdOf } from '../../store/hash.ts';
import type { JsonObject } from '../../store/json.ts';
import type { Store } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { randomLog, retraction, superseding } from './correction-events.ts';
import { eventOf, fillChain, forge, newFolder, open, refusal } from './store-fixture.ts';

const nowhere = '00'.repeat(32);

function idsOf(store: Store): string[] {
  return [...store.log.events()].map(({ eventId }) => eventId);
}

function chainOf(count: number): { store: Store; ids: string[] } {
  const store = open(newFolder());
  fillChain(store, count);
  return { store, ids: idsOf(store) };
}

describe('a correction', () => {
  it('is recorded once, found by its kind, and leaves what it names as it was', () => {
    const { store, ids } = chainOf(3);
    const before = store.log.byEventId(ids[1]!);
    const [first] = store.log.append([retraction(ids[1]!)]);
    expect(first).toMatchObject({ appended: true, event: { seq: 4 } });
    expect(store.log.append([retraction(ids[1]!)])).toEqual([{ event: first!.event, appended: false }]);
    store.log.append([superseding(ids[0]!, ids[2]!)]);
    expect(
      readCorrections(store.log).all.map(({ kind, corrected, by, inEffect }) => [kind, corrected, by, inEffect]),
    ).toEqual([
      ['retract', ids[1], undefined, true],
      ['supersede', ids[0], ids[2], true],
    ]);
    expect(store.log.byEventId(ids[1]!)).toEqual(before);
    expect(verifyStore(store.dir)).toMatchObject({ ok: true, events: 5, problems: [] });
  });

  it('counts in the result hash, whatever the order of independent ones', () => {
    const corrections = (ids: string[]) => [
      retraction(ids[0]!),
      superseding(ids[1]!, ids[2]!),
      retraction(ids[2]!, 'why not'),
    ];
    const hashOf = (order: readonly number[]): string => {
      const { store, ids } = chainOf(3);
      for (const k of order) store.log.append([corrections(ids)[k]!]);
      return verifyStore(store.dir).resultHash;
    };
    const hash = hashOf([0, 1, 2]);
    for (const order of [
      [2, 1, 0],
      [1, 0, 2],
      [0, 2, 1],
    ])
      expect(hashOf(order)).toBe(hash);
    expect(hashOf([0, 1])).not.toBe(hash);
    expect(hashOf([])).not.toBe(hashOf([0]));
  });

  it.each<[string, (ids: string[]) => NewEvent, string, string]>([
    ['names no event', () => retraction(nowhere), 'reference-missing', 'params.event'],
    ['names no replacement', (ids) => superseding(ids[0]!, nowhere), 'reference-missing', 'params.by'],
    ['replaces an event by itself', (ids) => superseding(ids[0]!, ids[0]!), 'bad-event', 'core.task.params.by'],
    ['gives no reason', (ids) => retraction(ids[0]!, ' \t'), 'bad-event', 'core.task.params.reason'],
    ['gives too long a reason', (ids) => retraction(ids[0]!, 'x'.repeat(2001)), 'bad-event', 'core.task.params.reason'],
    ['names no hash', () => retraction('event 1'), 'bad-event', 'core.task.params.event'],
    ['counts attempts from 1', (ids) => retraction(ids[0]!, 'why', 1), 'bad-event', 'core.task.params.attempt'],
    ['has a result', (ids) => changed(retraction(ids[0]!), { results: { x: 1 } }), 'bad-event', 'core.results'],
    ['is exact', (ids) => changed(retraction(ids[0]!), { class: 'exact' }), 'bad-event', 'core.class'],
  ])('that %s is refused, and nothing is written', (_what, make, code, where) => {
    const { store, ids } = chainOf(2);
    const history = store.log.historyHash();
    const error = refusal(() => store.log.append([eventOf(9), make(ids)]), code);
    expect(error.details.where).toBe(where);
    expect([store.log.size, store.log.historyHash()]).toEqual([2, history]);
  });

  it('is refused by a store that was opened for reading', () => {
    const { store, ids } = chainOf(1);
    refusal(() => open(store.dir, 'read').log.append([retraction(ids[0]!)]), 'read-only');
  });

  it.each<[string, JsonObject, string]>([
    ['names what no event is', { event: nowhere, reason: 'why' }, 'reference-missing'],
    ['has another shape', { event: nowhere }, 'event-malformed'],
  ])('that %s is found by verify where a hostile hand wrote it', (_what, params, code) => {
    const dir = newFolder();
    open(dir).close();
    const text = `{"class":"observed","outcome":{"status":"done"},"outputs":{},"results":{},"task":{"inputs":{},"kind":"retract","params":${JSON.stringify(params)},"v":1}}`;
    forge(dir, text, 'retract');
    expect(verifyStore(dir).problems.map((problem) => problem.code)).toContain(code);
    rmSync(dir, { recursive: true });
  });
});

const changed = (event: NewEvent, core: Partial<NewEvent['core']>): NewEvent => ({
  ...event,
  core: { ...event.core, ...core },
});

describe('evaluation', () => {
  it('is that of the rule: in effect if and only if no correction in effect names it', () => {
    fc.assert(
      fc.property(randomLog, ({ events }) => {
        const corrections = events.filter(({ core }) => namedEventsOf(core).length > 0);
        const inEffect = (eventId: string): boolean =>
          !corrections.some((other) => other.core.task.params.event === eventId && inEffect(other.eventId));
        const evaluated = evaluateCorrections(corrections);
        expect(evaluated.all.map((correction) => [correction.event, correction.inEffect])).toEqual(
          corrections.map((event) => [event, inEffect(event.eventId)]),
        );
        expect([...evaluated.inEffect.values()].flat().length).toBe(
          evaluated.all.filter((correction) => correction.inEffect).length,
        );
      }),
    );
  });

  it('follows replacements to their end, and says where they contradict each other', () => {
    const { store, ids } = chainOf(4);
    const [a, b, c, d] = ids as [string, string, string, string];
    const appending = (...events: NewEvent[]) => {
      store.log.append(events);
      return readCorrections(store.log);
    };
    let corrections = appending(superseding(a, b), superseding(b, c));
    expect([a, b, c, d].map((id) => followReplacements(corrections, id))).toEqual([c, c, c, d].map((end) => ({ end })));
    corrections = appending(superseding(b, d));
    expect(followReplacements(corrections, a)).toEqual({ fault: expect.stringContaining('several events are named') });
    corrections = appending(retraction(corrections.all.at(-1)!.event.eventId), superseding(c, a));
    expect(followReplacements(corrections, b)).toEqual({ fault: expect.stringContaining('in a circle') });
    corrections = appending(retraction(corrections.all.at(-1)!.event.eventId));
    expect(followReplacements(corrections, a)).toEqual({ end: c });
  });

  it('finds the corrections of events: theirs, those of what replaced them, and those of these corrections', () => {
    const { store, ids } = chainOf(4);
    const [a, b, c, d] = ids as [string, string, string, string];
    const first = superseding(b, c);
    const corrections = [first, superseding(a, b), retraction(eventIdOf(first.core)), retraction(d)];
    store.log.append(corrections);
    const found = (...eventIds: string[]) =>
      correctionsOf(readCorrections(store.log), eventIds).map(({ event }) => event.taskId);
    const tasks = corrections.map(({ core }) => taskIdOf(core.task));
    expect(found(a)).toEqual(tasks.slice(0, 3));
    expect(found(b)).toEqual([tasks[0], tasks[2]]);
    expect(found(c)).toEqual([]);
    expect(found(c, d)).toEqual([tasks[3]]);
  });
});
