import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Projection, ProjectionRunner } from '../../store/projection.ts';
import type { SnapshotPlace } from '../../store/projection-snapshot.ts';
import type { Store } from '../../store/store.ts';
import { eventOf, newFolder, open } from './store-fixture.ts';

interface Tally {
  count: number;
  byKind: Map<string, number[]>;
  last: { [n: string]: string };
}

const tally: Projection<Tally> = {
  name: 'tally',
  initial: { count: 0, byKind: new Map(), last: {} },
  apply(draft, event) {
    const { kind, params } = event.core.task;
    draft.count += 1;
    draft.byKind.set(kind, [...(draft.byKind.get(kind) ?? []), event.seq]);
    draft.last[String(params.n)] = event.eventId;
  },
};

describe('ProjectionRunner', () => {
  it('ends in the same state rebuilt or kept up, however the log grew', () => {
    const kind = fc.constantFrom('a', 'b.c', 'd');
    const appends = fc.array(fc.tuple(fc.array(kind, { maxLength: 6 }), fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(appends, (batches) => {
        const store = open(newFolder());
        const kept = new ProjectionRunner(tally, store.log);
        let n = 0;
        for (const [kinds, catchUp] of batches) {
          store.log.append(kinds.map((name) => eventOf(n++, { kind: name })));
          if (catchUp) kept.catchUp();
        }
        const rebuilt = new ProjectionRunner(tally, store.log);
        expect(kept.catchUp()).toEqual(rebuilt.catchUp());
        expect([kept.seq, kept.state.count]).toEqual([n, n]);
        store.close();
      }),
      { numRuns: 25 },
    );
  });

  it('folds logs longer than a batch, in order', () => {
    const store = open(newFolder());
    store.log.append(Array.from({ length: 5000 }, (_, n) => eventOf(n)));
    const runner = new ProjectionRunner(
      {
        name: 'order',
        initial: { last: 0 },
        apply(draft, event) {
          if (event.seq !== draft.last + 1) throw new Error('out of order');
          draft.last = event.seq;
        },
      },
      store.log,
    );
    expect(runner.catchUp()).toEqual({ last: 5000 });
    expect(runner.catchUp()).toBe(runner.state);
  });

  it('hands out frozen states and never changes an earlier one', () => {
    const store = open(newFolder());
    const runner = new ProjectionRunner(tally, store.log);
    const empty = runner.state;
    store.log.append([eventOf(1)]);
    const one = runner.catchUp();
    expect(empty.count).toBe(0);
    expect(Object.isFrozen(one) && Object.isFrozen(one.last)).toBe(true);
    expect(tally.initial.count).toBe(0);
  });

  it('keeps the state of the last whole batch when a reducer throws, and can go on', () => {
    const store = open(newFolder());
    store.log.append([eventOf(1), eventOf(2)]);
    let broken = true;
    const runner = new ProjectionRunner<{ seen: number[] }>(
      {
        name: 'fragile',
        initial: { seen: [] },
        apply(draft, event) {
          if (broken && event.seq === 2) throw new Error('broken');
          draft.seen.push(event.seq);
        },
      },
      store.log,
    );
    expect(() => runner.catchUp()).toThrow('broken');
    expect([runner.seq, runner.state]).toEqual([0, { seen: [] }]);
    broken = false;
    expect(runner.catchUp()).toEqual({ seen: [1, 2] });
  });
});

/** A state that is JSON and depends on the order of the events. */
interface Chain {
  length: number;
  kinds: { [kind: string]: number[] };
  ends: string[];
}

const chain: Projection<Chain> = {
  name: 'chain',
  initial: { length: 0, kinds: {}, ends: [] },
  apply(draft, { seq, eventId, core }) {
    draft.length += 1;
    draft.kinds[core.task.kind] ??= [];
    draft.kinds[core.task.kind]!.push(seq);
    draft.ends = [...draft.ends.slice(-2), eventId];
  },
};

const placeOf = ({ dir }: Store, code = 'code-1'): SnapshotPlace => ({ dir, code });
const snapshotOf = ({ dir }: Store): string => join(dir, 'cache', 'projections', 'chain');

/** A store with a snapshot at event 20 of 30. */
function storeWithSnapshot(): { store: Store; rebuilt: ProjectionRunner<Chain> } {
  const store = open(newFolder());
  const runner = new ProjectionRunner(chain, store.log);
  store.log.append(Array.from({ length: 20 }, (_, n) => eventOf(n)));
  runner.catchUp();
  runner.keepSnapshot(store.log, placeOf(store));
  store.log.append(Array.from({ length: 10 }, (_, n) => eventOf(20 + n, { kind: 'late' })));
  const rebuilt = new ProjectionRunner(chain, store.log);
  rebuilt.catchUp();
  return { store, rebuilt };
}

describe('snapshots', () => {
  it('give the state that rebuilding and going on give, wherever a process ended', () => {
    const step = fc.oneof(
      fc.array(fc.constantFrom('a', 'b.c', 'd'), { maxLength: 6 }).map((kinds) => ({ append: kinds })),
      fc.constantFrom('catch up', 'keep', 'start again', 'cut the snapshot', 'other code').map((name) => ({ name })),
      fc.nat({ max: 400 }).map((at) => ({ name: 'cut the snapshot', at })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 16 }), (steps) => {
        const store = open(newFolder());
        let runner = new ProjectionRunner(chain, store.log);
        let n = 0;
        for (const action of steps) {
          if ('append' in action) store.log.append(action.append.map((kind) => eventOf(n++, { kind })));
          else if (action.name === 'catch up') runner.catchUp();
          else if (action.name === 'keep') runner.keepSnapshot(store.log, placeOf(store));
          else if (action.name === 'start again') runner = ProjectionRunner.restore(chain, store.log, placeOf(store));
          else if (action.name === 'other code') runner.keepSnapshot(store.log, placeOf(store, 'code-2'));
          else cutFile(snapshotOf(store), 'at' in action ? action.at : 0);
        }
        runner.catchUp();
        const rebuilt = new ProjectionRunner(chain, store.log);
        rebuilt.catchUp();
        const restored = ProjectionRunner.restore(chain, store.log, placeOf(store));
        restored.catchUp();
        for (const other of [runner, restored]) {
          expect([other.seq, other.digest(), other.state]).toEqual([n, rebuilt.digest(), rebuilt.state]);
        }
        store.close();
      }),
      { numRuns: 40 },
    );
  });

  it('spare the events before them', () => {
    const { store, rebuilt } = storeWithSnapshot();
    const restored = ProjectionRunner.restore(chain, store.log, placeOf(store));
    expect(restored.seq).toBe(20);
    expect(restored.catchUp()).toEqual(rebuilt.state);
    expect(Object.isFrozen(restored.state.kinds)).toBe(true);
  });

  it('are not believed with any byte changed', () => {
    const { store, rebuilt } = storeWithSnapshot();
    const path = snapshotOf(store);
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(path, changed);
      expect(ProjectionRunner.restore(chain, store.log, placeOf(store)).seq, `byte ${at}`).toBe(0);
    }
    expect(new ProjectionRunner(chain, store.log).catchUp()).toEqual(rebuilt.state);
  });

  it('are not believed for other code, another history or a shorter log', () => {
    const { store } = storeWithSnapshot();
    expect(ProjectionRunner.restore(chain, store.log, placeOf(store, 'code-2')).seq).toBe(0);
    const place = placeOf(store);
    const other = open(newFolder());
    other.log.append(Array.from({ length: 19 }, (_, n) => eventOf(n)));
    expect(ProjectionRunner.restore(chain, other.log, place).seq).toBe(0);
    other.log.append(Array.from({ length: 11 }, (_, n) => eventOf(100 + n)));
    expect(ProjectionRunner.restore(chain, other.log, place).seq).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{\n{\n'],
    ['one line', '{"code":"code-1","digest":"","name":"chain","peaks":[],"seq":1}'],
    ['great depth', `${'['.repeat(1e6)}\n${'['.repeat(1e6)}\n`],
    ['an array', '[]\n[]\n'],
    ['null', 'null\nnull\n'],
  ])('that are %s are passed over', (_name, text) => {
    const { store } = storeWithSnapshot();
    writeFileSync(snapshotOf(store), text);
    expect(ProjectionRunner.restore(chain, store.log, placeOf(store)).seq).toBe(0);
  });

  it('refuse states that are not JSON, and do without a place to write', () => {
    const { store, rebuilt } = storeWithSnapshot();
    const maps = new ProjectionRunner(tally, store.log);
    maps.catchUp();
    expect(() => maps.digest()).toThrow('canonical JSON');
    rebuilt.keepSnapshot(store.log, { dir: snapshotOf(store), code: 'code-1' });
    expect(ProjectionRunner.restore(chain, store.log, placeOf(store)).seq).toBe(20);
  });
});

function cutFile(path: string, bytes: number): void {
  try {
    writeFileSync(path, readFileSync(path).subarray(0, bytes));
  } catch {
    // There is none yet.
  }
}
