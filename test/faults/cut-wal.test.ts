/** The WAL of a store, cut at every frame and within frames: the log opens at a prefix, and HEAD says how much is lost. */
import { cpSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assessLoss, recoverStore } from '../../store/recover.ts';
import type { Store } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { eventOf, newFolder, open, refusal } from '../store/store-fixture.ts';

const COMMITS = 12;
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;

const told = { attestation: { code: 'test' }, obs: {}, lockWaitMs: 0 };

const numbers = Array.from({ length: COMMITS }, (_, n) => n + 1);
const append = (store: Store, ...ns: number[]) => store.log.append(ns.map((n) => eventOf(n, { blobs: store.blobs })));

/** A folder as a crash leaves it: all in the WAL, but for what was there before the first of the commits. */
async function crashedStore(withSchemaInWal: boolean) {
  const live = newFolder();
  if (!withSchemaInWal) open(live).close();
  const store = open(live);
  const historyHashes = [store.log.historyHash()];
  for (const n of numbers) {
    append(store, n);
    historyHashes.push(store.log.historyHash());
  }
  const dir = join(newFolder(), 'store');
  cpSync(live, dir, { recursive: true, filter: (path) => !/writer|-shm$/.test(path) });
  const { resultHash } = await verifyStore(live);
  return { dir, historyHashes, resultHash };
}

/** Every frame boundary, and bytes within header and frames. */
function cutsOf(walBytes: number): number[] {
  const cuts = [0, 1, WAL_HEADER_BYTES - 1];
  for (let at = WAL_HEADER_BYTES, frame = 0; at < walBytes; at += FRAME_BYTES, frame += 1) {
    cuts.push(at, at + [1, 23, 24, 25, 2000, FRAME_BYTES - 1][frame % 6]!);
  }
  return cuts;
}

/** Accepts the loss, and does the lost work again. */
async function goOn(dir: string, lost: number, resultHash: string): Promise<void> {
  const wal = readFileSync(join(dir, 'log.sqlite-wal'));
  for (const other of [lost - 1, lost + 1, null]) {
    await expect(recoverStore({ dir, acceptLoss: other, ...told })).rejects.toMatchObject({ code: 'other-loss' });
  }
  expect(readFileSync(join(dir, 'log.sqlite-wal')).equals(wal)).toBe(true);
  const recovery = await recoverStore({ dir, acceptLoss: lost, ...told });
  expect(recovery).toMatchObject({ seq: COMMITS - lost + 1, core: { task: { kind: 'recovery' } } });
  const store = open(dir);
  append(store, ...numbers);
  store.close();
  const report = { ok: true, events: COMMITS + 1, orphanBlobs: 0, acceptedLosses: 1, resultHash };
  expect(await verifyStore(dir)).toMatchObject(report);
}

describe.each([
  ['with its schema', true],
  ['on a checkpointed database', false],
])('a WAL that holds the log %s', (_name, withSchemaInWal) => {
  it('opens at a prefix wherever it is cut; the loss is told, refused, and accepted only as it is', async () => {
    const { dir: crashed, historyHashes, resultHash } = await crashedStore(withSchemaInWal);
    const walBytes = readFileSync(join(crashed, 'log.sqlite-wal')).length;
    expect((walBytes - WAL_HEADER_BYTES) % FRAME_BYTES).toBe(0);
    const prefixes = new Set<number>();
    for (const cut of cutsOf(walBytes)) {
      const dir = join(newFolder(), 'store');
      cpSync(crashed, dir, { recursive: true });
      const wal = join(dir, 'log.sqlite-wal');
      truncateSync(wal, cut);
      const left = readFileSync(wal);

      const report = await verifyStore(dir);
      const size = report.events;
      const lost = COMMITS - size;
      expect(lost, `cut at ${cut}`).toBeGreaterThan(0);
      expect(report.historyHash).toBe(historyHashes[size]);
      expect(report.problems.map(({ code }) => code)).toEqual(['tail-lost']);

      for (const mode of ['read', 'write'] as const) {
        expect(refusal(() => open(dir, mode), 'tail-lost').message).toMatch(
          new RegExp(`: ${lost} events? (is|are) missing.*\\brecover\\b`),
        );
      }
      expect(readFileSync(wal).equals(left)).toBe(true);
      const expected = { size: COMMITS, historyHash: historyHashes[COMMITS] };
      const found = { size, historyHash: historyHashes[size] };
      expect(await assessLoss(dir)).toEqual({ expected, found, lost, acceptedLosses: 0 });
      if (!prefixes.has(size)) await goOn(dir, lost, resultHash);
      prefixes.add(size);
      rmSync(dir, { recursive: true });
    }
    expect([...prefixes].sort((a, b) => a - b)).toEqual(numbers.map((n) => n - 1));
  });
});
