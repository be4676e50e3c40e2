/** Stores in folders of their own, and events that a test can make up: no physics, only the shapes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach } from 'vitest';
import type { BlobStore } from '../../store/blob-store.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { leafOf } from '../../store/entry.ts';
import type { NewEvent, TaskInput } from '../../store/event.ts';
import { prefixedHash } from '../../store/hash.ts';
import { writeHead } from '../../store/head.ts';
import type { JsonObject } from '../../store/json.ts';
import { CompactRange } from '../../store/merkle.ts';
import { openStore, type Store } from '../../store/store.ts';
import { StoreError } from '../../store/store-error.ts';

const folders: string[] = [];
const stores: Store[] = [];

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'varve-store-'));
  folders.push(folder);
  return folder;
}

/** Closed after the test, if the test has not done so. */
export function open(dir: string, mode: 'write' | 'read' = 'write', lockWaitMs = 50): Store {
  const store = openStore({ dir, mode, create: mode === 'write', holder: 'test', lockWaitMs });
  stores.push(store);
  return store;
}

export interface EventOptions {
  kind?: string;
  class?: 'exact' | 'observed';
  params?: JsonObject;
  inputs?: { [name: string]: TaskInput };
  results?: JsonObject;
  blobs?: BlobStore;
  output?: Uint8Array;
}

/** An event number `n`, with one output blob if a blob store is given. */
export function eventOf(n: number, options: EventOptions = {}): NewEvent {
  const bytes = options.output ?? Buffer.from(`output ${n}`);
  const blob = options.blobs?.put(bytes);
  return {
    core: {
      task: { kind: options.kind ?? 'test.count', v: 1, params: options.params ?? { n }, inputs: options.inputs ?? {} },
      class: options.class ?? 'exact',
      outcome: { status: 'done' },
      outputs: blob === undefined ? {} : { data: { ...blob, mediaType: 'application/octet-stream' } },
      results: options.results ?? { square: n * n },
    },
    attestation: { code: 'test' },
    obs: { startedAt: '2026-01-01T00:00:00Z' },
  };
}

/** A chain of `count` events, each with a blob and each naming the one before; the last also names a manifest. */
export function fillChain(store: Store, count: number): void {
  let previous: string | undefined;
  const manifest = store.blobs.put(Buffer.from('[]')).hash;
  for (let n = 1; n <= count; n += 1) {
    const inputs: { [name: string]: TaskInput } = {};
    if (previous !== undefined) inputs.before = [{ event: previous, output: 'data' }];
    if (n === count) inputs.set = { manifest };
    previous = store.log.append([eventOf(n, { blobs: store.blobs, inputs })])[0]!.event.eventId;
  }
}

/** Runs a step that must fail with a StoreError of this code, and returns the error. */
export function refusal(step: () => unknown, code: string): StoreError {
  try {
    step();
  } catch (error) {
    if (error instanceof StoreError && error.code === code) return error;
    throw error;
  }
  throw new Error(`expected a StoreError ${code}, but nothing was thrown`);
}

/** A hostile hand: plain SQLite on log.sqlite, with the triggers out of the way and afterwards as before. */
export function tamper(dir: string, change: (db: Database) => void): void {
  const db = new Sqlite(join(dir, 'log.sqlite'));
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER "${name}"`);
  change(db);
  for (const { sql } of triggers) db.exec(sql);
  db.close();
}

/** That of the core's task; of a task that has none, the hash of something. */
function taskIdOfForged(coreText: string): string {
  try {
    return prefixedHash('task', canonicalJson((JSON.parse(coreText) as JsonObject).task ?? null));
  } catch (error) {
    if (error instanceof StoreError) return prefixedHash('task', coreText);
    throw error;
  }
}

/** Writes a first event with this core, whatever it says, into an empty closed store; every hash and HEAD fit. */
export function forge(dir: string, coreText: string, kind = 'test.count'): void {
  const eventId = prefixedHash('event', coreText);
  const attestationHash = prefixedHash('attestation', '{}');
  const obsHash = prefixedHash('obs', '{}');
  const leaf = Buffer.from(leafOf(eventId, attestationHash, obsHash), 'hex');
  const hashes = [taskIdOfForged(coreText), eventId, attestationHash, obsHash];
  const [taskId, ...others] = hashes.map((hash) => Buffer.from(hash, 'hex'));
  tamper(dir, (db) => {
    db.prepare('INSERT INTO event VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      others[0],
      taskId,
      kind,
      coreText,
      '{}',
      others[1],
      '{}',
      others[2],
      leaf,
    );
  });
  const range = new CompactRange();
  range.append(leaf);
  writeHead(dir, { size: 1, historyHash: range.root() });
}
