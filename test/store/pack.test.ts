import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportPack, wholeStore } from '../../store/pack-export.ts';
import { importPack } from '../../store/pack-import.ts';
import type { Store } from '../../store/store.ts';
import { StoreError } from '../../store/store-error.ts';
import { verifyStore } from '../../store/verify.ts';
import { closureOf, contentOf, newStore, steps, takeApart } from './pack-fixture.ts';
import { eventOf, fillChain, newFolder, open } from './store-fixture.ts';

const newPack = (): string => join(newFolder(), 'a.pack');
const newDir = (): string => join(newFolder(), 'store');

/** The StoreError with which a promise is rejected. */
async function rejection(work: Promise<unknown>, code: string): Promise<StoreError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StoreError && error.code === code) return error;
  throw error ?? new Error(`expected a StoreError ${code}, but nothing was thrown`);
}

describe('a pack of a whole store', () => {
  it('gives an empty store the same result hash, history hash and events, with obs and without, and the same pack again', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (content, withoutObs) => {
        const source = newStore(content);
        const [path, again, dir] = [newPack(), newPack(), newDir()];
        const report = await exportPack(source, wholeStore(source), path, { withoutObs });
        const imported = await importPack(path, dir);
        expect(imported).toMatchObject({ ...report, store: { eventsAdded: source.log.size, eventsKnown: 0 } });
        const [here, there] = [verifyStore(source.dir), verifyStore(dir)];
        expect(there).toEqual({
          ...here,
          eventsWithoutObs: withoutObs ? source.log.size : 0,
          orphanBlobs: 0,
        });
        expect(report).toMatchObject({ resultHash: here.resultHash, source: { historyHash: here.historyHash } });
        const receiving = open(dir, 'read');
        const events = [...source.log.events()].map((event) => (withoutObs ? { ...event, obs: null } : event));
        expect([...receiving.log.events()]).toEqual(events);
        await exportPack(receiving, wholeStore(receiving), again);
        expect(readFileSync(again).equals(readFileSync(path))).toBe(true);
        source.close();
        receiving.close();
      }),
      { numRuns: 15 },
    );
  });

  it('adds nothing when it is imported again, and goes beside what the store holds already', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, async (content, other) => {
        const source = newStore(content);
        const receiving = newStore(other.map((step) => ({ ...step, kind: `other.${step.kind}` })));
        const before = [...receiving.log.events()];
        receiving.close();
        const path = newPack();
        await exportPack(source, wholeStore(source), path);
        const first = await importPack(path, receiving.dir);
        expect(first.store).toMatchObject({ eventsAdded: source.log.size, events: before.length + source.log.size });
        const log = contentOf(receiving.dir)['log.sqlite'];
        const second = await importPack(path, receiving.dir);
        expect(second.store).toEqual({ ...first.store, eventsAdded: 0, eventsKnown: source.log.size });
        expect(contentOf(receiving.dir)['log.sqlite']).toBe(log);
        expect(verifyStore(receiving.dir)).toMatchObject({ ok: true });
        expect([...open(receiving.dir, 'read').log.events()].slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 6 },
    );
  });

  it('heals a damaged blob of the store that receives it', async () => {
    const source = newStore();
    fillChain(source, 4);
    const [path, dir] = [newPack(), newDir()];
    await exportPack(source, wholeStore(source), path);
    await importPack(path, dir);
    const blob = [...source.log.events()][2]!.core.outputs.data!.hash;
    writeFileSync(join(dir, 'blobs', blob.slice(0, 2), blob.slice(2)), 'output X');
    expect(verifyStore(dir).ok).toBe(false);
    await importPack(path, dir);
    expect(verifyStore(dir).ok).toBe(true);
  });
});

describe('a pack of a part of a log', () => {
  it('shows by the Merkle tree that its events belong to the log at their places', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(fc.nat(30), { maxLength: 4 }),
        fc.boolean(),
        async (content, roots, withoutObs) => {
          const source = newStore(content);
          const seqs = closureOf(source, roots);
          const [path, dir] = [newPack(), newDir()];
          const report = await exportPack(source, { subject: 'part', seqs }, path, { withoutObs });
          expect(report.source).toEqual({ events: source.log.size, historyHash: source.log.historyHash() });
          const expect_ = `${source.log.size}:${source.log.historyHash()}`;
          await importPack(path, dir, { expect: expect_ });
          const chosen = [...source.log.events()].filter(({ seq }) => seqs.includes(seq));
          const receiving = open(dir, 'read');
          expect([...receiving.log.events()].map(({ eventId }) => eventId)).toEqual(
            chosen.map(({ eventId }) => eventId),
          );
          expect(verifyStore(dir)).toMatchObject({ ok: true, resultHash: report.resultHash, orphanBlobs: 0 });
          source.close();
          receiving.close();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is refused where the noted history hash is another', async () => {
    const source = newStore();
    fillChain(source, 5);
    const [path, dir] = [newPack(), newDir()];
    await exportPack(source, { subject: 'part', seqs: [1, 2, 3] }, path);
    const noted = source.log.historyHash(2);
    expect((await importPack(path, dir, { expect: noted, dryRun: true })).store).toBeNull();
    await rejection(importPack(path, dir, { expect: `5:${noted}` }), 'history-differs');
    await rejection(importPack(path, dir, { expect: '0'.repeat(64) }), 'history-differs');
    // Size 4 lies within what is left out.
    await rejection(importPack(path, dir, { expect: source.log.historyHash(4) }), 'history-differs');
    expect(existsSync(dir)).toBe(false);
  });

  it('that is not closed is not written', async () => {
    const source = newStore();
    fillChain(source, 5);
    const path = newPack();
    await rejection(exportPack(source, { subject: 'part', seqs: [1, 3] }, path), 'reference-missing');
    await rejection(exportPack(source, { subject: 'part', seqs: [1, 2, 1] }, path), 'pack-malformed');
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('what the receiving store holds already', () => {
  it('of an exact task with another result stays, and the other is recorded as a violation, with obs or without', async () => {
    for (const withoutObs of [false, true]) {
      const [source, receiving] = [newStore(), newStore()];
      source.log.append([eventOf(1, { results: { square: 2 }, blobs: source.blobs, output: Buffer.from('other') })]);
      receiving.log.append([eventOf(1)]);
      receiving.close();
      const path = newPack();
      await exportPack(source, wholeStore(source), path, { withoutObs });
      expect((await importPack(path, receiving.dir, { dryRun: true })).store).toMatchObject({ violations: 1 });
      expect((await importPack(path, receiving.dir)).store).toMatchObject({ violations: 1, eventsAdded: 0, events: 2 });
      expect((await importPack(path, receiving.dir)).store).toMatchObject({ violations: 1, events: 2 });
      const [first, violation] = open(receiving.dir, 'read').log.events();
      expect(first!.core.results).toEqual({ square: 1 });
      expect(violation!.core.task.kind).toBe('violation');
      expect(violation!.obs).toEqual(withoutObs ? null : [...source.log.events()][0]!.obs);
      expect(verifyStore(receiving.dir).problems).toEqual([]);
    }
  });

  it('of an exact task with another result refuses what rests on the other, and nothing is written', async () => {
    for (const use of ['inputs', 'manifest', 'params'] as const) {
      const [source, receiving] = [newStore(), newStore()];
      const [first] = source.log.append([eventOf(1, { blobs: source.blobs, output: Buffer.from('other') })]);
      const { eventId } = first!.event;
      const manifest = source.blobs.put(Buffer.from('a list of events')).hash;
      const uses = {
        inputs: eventOf(2, { inputs: { before: { event: eventId, output: 'data' } } }),
        manifest: eventOf(2, { inputs: { set: { manifest } } }),
        params: eventOf(2, {
          kind: 'retract',
          class: 'observed',
          params: { event: eventId, reason: 'wrong' },
          results: {},
        }),
      };
      source.log.append([uses[use]]);
      receiving.log.append([eventOf(1, { blobs: receiving.blobs })]);
      receiving.close();
      const path = newPack();
      await exportPack(source, wholeStore(source), path);
      const before = contentOf(receiving.dir);
      expect((await rejection(importPack(path, receiving.dir), 'import-conflict')).message).toMatch(/rests on one/);
      expect(contentOf(receiving.dir)).toEqual(before);
    }
  });

  it('of an observed task with another result refuses the import, and nothing is written', async () => {
    const [source, receiving] = [newStore(), newStore()];
    fillChain(source, 3);
    source.log.append([eventOf(9, { class: 'observed', results: { seen: 1 } })]);
    receiving.log.append([eventOf(9, { class: 'observed', results: { seen: 2 } })]);
    receiving.close();
    const path = newPack();
    await exportPack(source, wholeStore(source), path);
    const before = contentOf(receiving.dir);
    expect((await rejection(importPack(path, receiving.dir), 'import-conflict')).message).toMatch(/event 1 \(/);
    expect(contentOf(receiving.dir)).toEqual(before);
  });
});

describe('blobs that were purged', () => {
  /** A chain of 3 whose first output is gone, as an event of kind purge says if `said`. */
  function purgedStore(said: boolean): { source: Store; blob: string } {
    const source = newStore();
    fillChain(source, 3);
    const blob = [...source.log.events()][0]!.core.outputs.data!.hash;
    unlinkSync(source.blobs.path(blob));
    const purge = eventOf(1, { kind: 'purge', class: 'observed', params: { blob, bytes: 8, reason: 'large' } });
    if (said) source.log.append([purge]);
    return { source, blob };
  }

  it('are lacking in the pack and in the store that receives it, and nothing else is', async () => {
    const { source, blob } = purgedStore(true);
    const [path, dir] = [newPack(), newDir()];
    await exportPack(source, wholeStore(source), path);
    await importPack(path, dir);
    const receiving = open(dir, 'read');
    expect(receiving.log.historyHash()).toBe(source.log.historyHash());
    expect(receiving.blobs.has(blob)).toBe(false);
    expect(verifyStore(dir)).toMatchObject({ ok: true, purgedBlobs: 1 });
  });

  it('without a word of it stop the export', async () => {
    const { source } = purgedStore(false);
    const path = newPack();
    await rejection(exportPack(source, wholeStore(source), path), 'blob-missing');
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('the file', () => {
  it('is not replaced unless that is asked for, and what is no file never', async () => {
    const source = newStore();
    fillChain(source, 2);
    const path = newPack();
    writeFileSync(path, 'precious');
    await rejection(exportPack(source, wholeStore(source), path), 'pack-exists');
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await exportPack(source, wholeStore(source), path, { force: true });
    expect(takeApart(readFileSync(path)).map(({ letter }) => letter)).toEqual([
      'B',
      'P',
      'E',
      'B',
      'P',
      'B',
      'P',
      'E',
      'T',
    ]);
    await rejection(exportPack(source, wholeStore(source), dirname(path), { force: true }), 'pack-exists');
    await rejection(exportPack(source, wholeStore(source), join(source.dir, 'blobs', 'x')), 'pack-in-store');
    await rejection(exportPack(source, wholeStore(source), join(path, 'no', 'folder')), 'pack-io');
    expect(readdirSync(dirname(path))).toEqual(['a.pack']);
  });

  it('is not there after an export of a damaged store', async () => {
    const source = newStore();
    fillChain(source, 4);
    const path = newPack();
    const blob = source.blobs.path([...source.log.events()][2]!.core.outputs.data!.hash);
    writeFileSync(blob, 'output X');
    await rejection(exportPack(source, wholeStore(source), path), 'blob-corrupt');
    writeFileSync(blob, 'output 3 and more');
    await rejection(exportPack(source, wholeStore(source), path), 'blob-corrupt');
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});
