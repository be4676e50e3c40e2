import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../store/event.ts';
import { violationKind } from '../../store/violation.ts';
import { eventOf, fillChain, newFolder, open, refusal } from './store-fixture.ts';

describe('append', () => {
  it('numbers events from 1 without gaps and gives them back as they were', () => {
    const store = open(newFolder());
    const events = [1, 2, 3].map((n) => eventOf(n, { blobs: store.blobs }));
    const results = store.log.append(events);
    expect(results.map(({ event, appended }) => [event.seq, appended])).toEqual([1, 2, 3].map((seq) => [seq, true]));
    expect([...store.log.events()]).toEqual(results.map(({ event }) => event));
    expect(results.map(({ event }) => event.core)).toEqual(events.map(({ core }) => core));
    expect([...store.log.events(3)].map(({ seq }) => seq)).toEqual([3]);
    expect(store.log.size).toBe(3);
    const { event } = results[1]!;
    expect(store.log.byTaskId(event.taskId)).toEqual(event);
    expect(store.log.byEventId(event.eventId)).toEqual(event);
    expect(store.log.byEventIdPrefix(event.eventId.slice(0, 9))).toEqual([event]);
    expect(store.log.byEventId('00'.repeat(32))).toBeUndefined();
    refusal(() => store.log.byEventIdPrefix("' OR 1"), 'bad-hash');
  });

  it('records the same work once', () => {
    const store = open(newFolder());
    const [first] = store.log.append([eventOf(1)]);
    const again = { ...eventOf(1), attestation: { code: 'rebuilt' }, obs: { startedAt: 'later' } };
    const [second, third] = store.log.append([again, again]);
    expect(second).toEqual({ event: first!.event, appended: false });
    expect(third).toEqual(second);
    expect(store.log.size).toBe(1);
  });

  it('records another result of an exact task as a violation, once, and overwrites nothing', () => {
    const store = open(newFolder());
    const [first] = store.log.append([eventOf(1, { blobs: store.blobs })]);
    const other = eventOf(1, { blobs: store.blobs, output: Buffer.from('else'), results: { square: 2 } });
    const [result] = store.log.append([other]);
    expect(result).toMatchObject({ event: first!.event, appended: false });
    const violation = result!.violation!;
    expect(violation.seq).toBe(2);
    expect(violation.core.task).toMatchObject({
      kind: violationKind,
      params: { taskId: first!.event.taskId, recordedEventId: first!.event.eventId },
    });
    expect(violation.core.task.params.other).toEqual({
      outcome: other.core.outcome,
      outputs: other.core.outputs,
      results: other.core.results,
    });
    expect(violation.core.outputs).toEqual(other.core.outputs);
    expect(store.log.append([other])[0]!.violation).toEqual(violation);
    expect(store.log.byTaskId(first!.event.taskId)).toEqual(first!.event);
    expect(store.log.size).toBe(2);
  });

  it('refuses another result of an observed task and tells how to retry', () => {
    const store = open(newFolder());
    store.log.append([eventOf(1, { class: 'observed' })]);
    const error = refusal(
      () => store.log.append([eventOf(1, { class: 'observed', results: { x: 1 } })]),
      'observed-again',
    );
    expect(error.message).toContain('attempt');
    expect(store.log.append([eventOf(1, { class: 'observed' })])[0]!.appended).toBe(false);
  });

  it('takes a batch whole or not at all', () => {
    const store = open(newFolder());
    const before = store.log.historyHash();
    const missing = eventOf(2, { inputs: { x: { event: '00'.repeat(32), output: 'data' } } });
    refusal(() => store.log.append([eventOf(1), missing]), 'reference-missing');
    expect([store.log.size, store.log.historyHash()]).toEqual([0, before]);
    expect(store.log.append([eventOf(1)])[0]!.event.seq).toBe(1);
  });

  it('demands every blob, event, output and manifest that is named', () => {
    const store = open(newFolder());
    const good = eventOf(1, { blobs: store.blobs });
    const descriptor = good.core.outputs.data!;
    const withOutput = (change: object): NewEvent => ({
      ...good,
      core: { ...good.core, outputs: { data: { ...descriptor, ...change } } },
    });
    refusal(() => store.log.append([withOutput({ bytes: descriptor.bytes + 1 })]), 'reference-missing');
    refusal(() => store.log.append([withOutput({ hash: '00'.repeat(32) })]), 'reference-missing');
    refusal(
      () => store.log.append([eventOf(2, { inputs: { x: { manifest: '00'.repeat(32) } } })]),
      'reference-missing',
    );
    const [first] = store.log.append([good]);
    const naming = (output: string) => eventOf(2, { inputs: { x: [{ event: first!.event.eventId, output }] } });
    expect(refusal(() => store.log.append([naming('forces')]), 'reference-missing').details.where).toBe('inputs.x[0]');
    expect(store.log.append([naming('data')])[0]!.appended).toBe(true);
  });

  it.each([
    ['a field too many', { core: { ...eventOf(1).core, extra: 1 } }, 'core.extra'],
    ['an unknown class', { core: { ...eventOf(1).core, class: 'maybe' } }, 'core.class'],
    ['an odd kind', eventOf(1, { kind: 'No Kind' }), 'core.task.kind'],
    [
      'an outcome without its reason',
      { core: { ...eventOf(1).core, outcome: { status: 'stopped' } } },
      'core.outcome.reason',
    ],
    [
      'a path for a hash',
      { core: { ...eventOf(1).core, outputs: { a: { hash: '../x', bytes: 1, mediaType: 'x' } } } },
      'core.outputs.a.hash',
    ],
    ['an attestation that is a list', { attestation: [] }, 'attestation'],
    ['a salt that is none', { obs: { salt: 'x' } }, 'obs.salt'],
  ])('refuses %s', (_name, change, where) => {
    const store = open(newFolder());
    const error = refusal(() => store.log.append([{ ...eventOf(1), ...change } as NewEvent]), 'bad-event');
    expect(error.details.where).toBe(where);
  });

  it('refuses an entry of 64 KiB and says what to do', () => {
    const store = open(newFolder());
    const error = refusal(
      () => store.log.append([eventOf(1, { params: { text: 'x'.repeat(65_536) } })]),
      'entry-too-large',
    );
    expect(error.message).toContain('blobs');
    expect(store.log.append([eventOf(1, { params: { text: 'x'.repeat(64_000) } })])[0]!.appended).toBe(true);
    const other = eventOf(1, { params: { text: 'x'.repeat(64_000) }, results: { square: 5 } });
    expect(store.log.append([other])[0]!.violation!.core.task.kind).toBe(violationKind);
  });

  it('salts obs, so that equal obs have different hashes and leaves', () => {
    const store = open(newFolder());
    const [one, two] = store.log.append([eventOf(1), eventOf(2)]);
    expect(one!.event.obs!.salt).toMatch(/^[0-9a-f]{32}$/);
    expect(one!.event.obs!.salt).not.toBe(two!.event.obs!.salt);
    expect(Object.keys(one!.event.obs!).sort()).toEqual(['salt', 'startedAt']);
  });

  it('can be asked and appended to while its events are read', () => {
    const store = open(newFolder());
    store.log.append([1, 2].map((n) => eventOf(n)));
    for (const event of store.log.events()) {
      expect(store.log.byTaskId(event.taskId)).toEqual(event);
      if (event.seq === 1) store.log.append([eventOf(3)]);
    }
    expect(store.log.size).toBe(3);
  });

  it('reads more events than fit in a page', () => {
    const store = open(newFolder());
    store.log.append(Array.from({ length: 2500 }, (_, n) => eventOf(n)));
    expect([...store.log.events()].map(({ seq }) => seq)).toEqual(Array.from({ length: 2500 }, (_, n) => n + 1));
  });

  it('knows the history hash of every earlier size', () => {
    const store = open(newFolder());
    const noted = [store.log.historyHash()];
    for (let n = 1; n <= 9; n += 1) {
      store.log.append([eventOf(n)]);
      noted.push(store.log.historyHash());
    }
    expect(noted.map((_, size) => store.log.historyHash(size))).toEqual(noted);
    expect(new Set(noted).size).toBe(10);
  });

  it('shows a reader what a writer appends meanwhile', () => {
    const dir = newFolder();
    const writer = open(dir);
    const reader = open(dir, 'read');
    writer.log.append([eventOf(1)]);
    expect([reader.log.size, reader.log.historyHash()]).toEqual([1, writer.log.historyHash()]);
    refusal(() => reader.log.append([eventOf(2)]), 'read-only');
    refusal(() => reader.blobs.put(Buffer.from('x')), 'read-only');
  });
});

describe('plain SQL on the log', () => {
  it.each([
    ['UPDATE', "UPDATE event SET kind = 'x' WHERE seq = 1"],
    ['UPDATE of the key', 'UPDATE event SET seq = 9 WHERE seq = 3'],
    ['UPDATE OR REPLACE', 'UPDATE OR REPLACE event SET seq = 2 WHERE seq = 3'],
    ['DELETE', 'DELETE FROM event WHERE seq = 3'],
    [
      'REPLACE',
      "REPLACE INTO event SELECT seq, event_id, task_id, 'x', core, attestation, attestation_hash, obs, obs_hash, leaf FROM event WHERE seq = 3",
    ],
    [
      'REPLACE by event_id',
      'REPLACE INTO event SELECT 4, event_id, randomblob(32), kind, core, attestation, attestation_hash, obs, obs_hash, leaf FROM event WHERE seq = 3',
    ],
    [
      'REPLACE by task_id',
      'REPLACE INTO event SELECT 4, randomblob(32), task_id, kind, core, attestation, attestation_hash, obs, obs_hash, leaf FROM event WHERE seq = 3',
    ],
    ['an upsert', "INSERT INTO event SELECT * FROM event WHERE seq = 3 ON CONFLICT DO UPDATE SET kind = 'x'"],
    [
      'a gap',
      'INSERT INTO event SELECT 5, randomblob(32), randomblob(32), kind, core, attestation, attestation_hash, obs, obs_hash, leaf FROM event WHERE seq = 3',
    ],
    [
      'a short hash',
      'INSERT INTO event SELECT 4, randomblob(31), randomblob(32), kind, core, attestation, attestation_hash, obs, obs_hash, leaf FROM event WHERE seq = 3',
    ],
    ['UPDATE of a migration', "UPDATE migration SET sha256 = 'x'"],
    ['DELETE of a migration', 'DELETE FROM migration'],
    ['REPLACE of a migration', 'REPLACE INTO migration SELECT * FROM migration'],
  ])('is refused: %s', (_name, sql) => {
    const dir = newFolder();
    const store = open(dir);
    fillChain(store, 3);
    const before = store.log.historyHash();
    const db = new Sqlite(join(dir, 'log.sqlite'));
    expect(() => db.exec(sql)).toThrow(/varve|CHECK/);
    db.close();
    expect([store.log.size, store.log.historyHash()]).toEqual([3, before]);
  });
});
