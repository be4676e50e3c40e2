import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Projection, ProjectionRunner } from '../../store/projection.ts';
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
