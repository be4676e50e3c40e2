import { describe, expect, it } from 'vitest';
import { resolveTask } from '../../src/execution/assignment.ts';
import { writeManifest } from '../../src/formats/manifest.ts';
import type { Task } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { eventOf, newFolder, open } from '../store/store-fixture.ts';

/** Two events with one output each, called `data`. */
function storeOfTwo(): { store: Store; events: string[]; hashes: string[] } {
  const store = open(newFolder());
  const results = store.log.append([1, 2].map((n) => eventOf(n, { blobs: store.blobs })));
  const events = results.map(({ event }) => event.eventId);
  return { store, events, hashes: results.map(({ event }) => event.core.outputs.data!.hash) };
}

const task = (inputs: Task['inputs']): Task => ({ kind: 'test.count', v: 3, params: { n: 1 }, inputs });

describe('a task made ready to run', () => {
  it('names blobs where the task names events, in the order of the task', () => {
    const { store, events, hashes } = storeOfTwo();
    const one = { event: events[0]!, output: 'data' };
    const two = { event: events[1]!, output: 'data' };
    expect(
      resolveTask(task({ a: one, b: [two, one, [two]], c: [] } as Task['inputs']), store.log, store.blobs),
    ).toEqual({
      kind: 'test.count',
      v: 3,
      params: { n: 1 },
      inputs: {
        a: [{ hash: hashes[0] }],
        b: [{ hash: hashes[1] }, { hash: hashes[0] }, { hash: hashes[1] }],
        c: [],
      },
    });
  });

  it('takes the entries of a manifest, each with its index', () => {
    const { store, events, hashes } = storeOfTwo();
    const entries = [
      { event: events[1]!, output: 'data', index: 7 },
      { event: events[0]!, output: 'data', index: 0 },
    ];
    const { hash } = store.blobs.put(writeManifest(entries));
    expect(resolveTask(task({ training: { manifest: hash } }), store.log, store.blobs).inputs).toEqual({
      training: [
        { hash: hashes[1], index: 7 },
        { hash: hashes[0], index: 0 },
      ],
    });
  });

  it('is refused where the log holds no such event or output, or the manifest is none', () => {
    const { store, events, hashes } = storeOfTwo();
    const resolve = (inputs: Task['inputs']) => () => resolveTask(task(inputs), store.log, store.blobs);
    expect(resolve({ a: { event: 'ab'.repeat(32), output: 'data' } })).toThrow(/no output data of event abab/);
    expect(resolve({ a: { event: events[0]!, output: 'other' } })).toThrow(/no output other of event/);
    expect(resolve({ a: { event: events[0]!, output: 'toString' } })).toThrow(/no output toString of event/);
    expect(resolve({ a: { manifest: hashes[0]! } })).toThrow(expect.objectContaining({ code: 'bad-json' }));
    expect(resolve({ a: { manifest: 'cd'.repeat(32) } })).toThrow(expect.objectContaining({ code: 'blob-missing' }));
  });
});
