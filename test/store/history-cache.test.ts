import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readHistoryCache } from '../../store/history-cache.ts';
import { openStore } from '../../store/store.ts';
import { eventOf, newFolder, open, refusal, tamper } from './store-fixture.ts';

const events = 700;
/** The largest multiple of 256 that leaves a leaf to be read. */
const cachedEvents = 512;

/** A closed store with its cache, and its history hash at every size, computed without one. */
let sound: string;
let hashes: string[];
beforeAll(() => {
  sound = join(process.env.TMPDIR ?? '/tmp', `varve-cached-${process.pid}`);
  const store = openStore({ dir: sound, mode: 'write', create: true });
  store.log.append(Array.from({ length: events }, (_, n) => eventOf(n)));
  hashes = Array.from({ length: events + 1 }, (_, size) => store.log.historyHash(size));
  store.close();
  return () => rmSync(sound, { recursive: true });
});

function copyOfSound(): { dir: string; cache: string } {
  const dir = join(newFolder(), 'store');
  cpSync(sound, dir, { recursive: true });
  return { dir, cache: join(dir, 'cache', 'history') };
}

function expectSound(dir: string): void {
  const { log } = open(dir, 'read');
  expect([log.size, log.historyHash()]).toEqual([events, hashes[events]]);
  for (const size of [0, 1, 255, 256, cachedEvents - 1, cachedEvents, cachedEvents + 1]) {
    expect(log.historyHash(size)).toBe(hashes[size]);
  }
}

describe('the cached history', () => {
  it('is left by a writer, read by all, and changes no hash at any size', () => {
    const { dir, cache } = copyOfSound();
    expect(readHistoryCache(dir)?.size).toBe(cachedEvents);
    expectSound(dir);
    rmSync(cache);
    expectSound(dir);
    expect(existsSync(cache)).toBe(false);
  });

  it('spares the leaves before it', () => {
    const { dir, cache } = copyOfSound();
    tamper(dir, (db) => db.exec('UPDATE event SET leaf = zeroblob(32) WHERE seq = 7'));
    expect(open(dir, 'read').log.size).toBe(events);
    rmSync(cache);
    refusal(() => open(dir, 'read'), 'history-differs');
  });

  it('is brought up while a store is written and when it is closed', () => {
    const { dir } = copyOfSound();
    const store = open(dir);
    store.log.append(Array.from({ length: 5000 }, (_, n) => eventOf(events + n)));
    expect(readHistoryCache(dir)?.size).toBe(5632);
    store.log.append(Array.from({ length: 500 }, (_, n) => eventOf(events + 5000 + n)));
    expect(readHistoryCache(dir)?.size).toBe(5632);
    const hash = store.log.historyHash();
    store.close();
    expect(readHistoryCache(dir)?.size).toBe(6144);
    expect(open(dir, 'read').log.historyHash()).toBe(hash);
  });

  it('is not believed with any byte changed, cut anywhere, or replaced by anything', () => {
    const { dir, cache } = copyOfSound();
    const bytes = readFileSync(cache);
    const damaged = fc.oneof(
      fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
        const copy = Buffer.from(bytes);
        copy[at]! ^= change;
        return copy;
      }),
      fc.nat({ max: bytes.length - 1 }).map((length) => bytes.subarray(0, length)),
      fc.uint8Array({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(damaged, (content) => {
        writeFileSync(cache, content);
        const reader = openStore({ dir, mode: 'read' });
        expect(reader.log.historyHash()).toBe(hashes[events]);
        reader.close();
      }),
      { numRuns: 120 },
    );
  });

  it('hides neither a lost tail nor another log', () => {
    for (const kept of [3, cachedEvents, events - 1]) {
      const { dir } = copyOfSound();
      tamper(dir, (db) => db.prepare('DELETE FROM event WHERE seq > ?').run(kept));
      for (const mode of ['read', 'write'] as const) {
        expect(refusal(() => open(dir, mode), 'tail-lost').message).toContain(`${events - kept} event`);
      }
    }
    const other = newFolder();
    const store = open(other);
    store.log.append(Array.from({ length: events }, (_, n) => eventOf(-1 - n)));
    store.close();
    const { dir } = copyOfSound();
    cpSync(join(other, 'log.sqlite'), join(dir, 'log.sqlite'));
    refusal(() => open(dir), 'history-differs');
  });

  it('of a longer log is of no use to a shorter one, and is replaced', () => {
    const { dir, cache } = copyOfSound();
    const short = newFolder();
    const store = open(short);
    store.log.append(Array.from({ length: 300 }, (_, n) => eventOf(n)));
    const hash = store.log.historyHash();
    store.close();
    cpSync(cache, join(short, 'cache', 'history'));
    const again = open(short);
    expect(again.log.historyHash()).toBe(hash);
    again.close();
    expect(readHistoryCache(short)?.size).toBe(256);
    expect(readHistoryCache(dir)?.size).toBe(cachedEvents);
  });

  it('fails nothing where it cannot be written', () => {
    const { dir, cache } = copyOfSound();
    rmSync(join(dir, 'cache'), { recursive: true });
    writeFileSync(join(dir, 'cache'), 'in the way');
    open(dir).close();
    expectSound(dir);
    rmSync(join(dir, 'cache'));
    mkdirSync(cache, { recursive: true });
    open(dir).close();
    expectSound(dir);
    expect(readdirSync(join(dir, 'cache'))).toEqual(['history']);
  });
});
