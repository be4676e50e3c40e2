/**
 * One writer a store. The lock is SQLite's exclusive lock on `writer.sqlite`, an empty database that is used for
 * nothing else: the kernel holds it, so it dies with the process, by kill −9 too. `writer.json` {pid, since, holder}
 * only tells a human who holds it, and may be stale when nobody does.
 *
 * Nothing else may open `writer.sqlite` in this process: POSIX drops a process's locks on a file when any of its
 * descriptors of that file is closed.
 */
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { readFileStart, writeDurably } from './durable-file.ts';
import { StoreError } from './store-error.ts';

export const defaultLockWaitMs = 5000;

export interface WriterLock {
  release(): void;
}

export function acquireWriterLock(dir: string, holder: string, waitMs = defaultLockWaitMs): WriterLock {
  const path = join(dir, 'writer.sqlite');
  const notePath = join(dir, 'writer.json');
  let db: Database | undefined;
  try {
    db = new Sqlite(path, { timeout: waitMs });
    db.exec('BEGIN EXCLUSIVE');
    const note = { pid: process.pid, since: new Date().toISOString(), holder };
    writeDurably(notePath, `${JSON.stringify(note)}\n`, `${notePath}.tmp`);
  } catch (error) {
    db?.close();
    throw lockError(error, path, notePath, waitMs);
  }
  const lock = db;
  return {
    release() {
      if (!lock.open) return;
      try {
        unlinkSync(notePath);
      } catch {
        // A note that stays behind misleads nobody while the lock is free.
      }
      lock.close();
    },
  };
}

function lockError(error: unknown, path: string, notePath: string, waitMs: number): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  if (!error.code.startsWith('SQLITE_BUSY')) {
    return new StoreError('store-unwritable', `the writer lock cannot be taken (${error.code}: ${error.message})`, {
      where: path,
      remedy:
        'Check that the folder can be written; writer.sqlite holds no data and may be deleted when nobody writes.',
      cause: error,
    });
  }
  return new StoreError('store-locked', `the store is being written by ${holderOf(notePath)}`, {
    where: path,
    expected: `the lock to be free within ${waitMs / 1000} s`,
    remedy: 'Wait for it or stop it. Reading needs no lock.',
  });
}

function holderOf(notePath: string): string {
  try {
    const note = JSON.parse(readFileStart(notePath, 4096).toString('utf8')) as Record<string, unknown>;
    return `${String(note.holder)}, process ${String(note.pid)}, since ${String(note.since)}`;
  } catch {
    return 'a process that left no note of itself';
  }
}
