/**
 * One writer a store. The lock is SQLite's exclusive lock on `writer.sqlite`, an empty database that is used for
 * nothing else: the kernel holds it, so it dies with the process, by kill −9 too. `writer.json` {pid, since, holder}
 * only tells a human who holds it, and may be stale when nobody does.
 *
 * Nothing else may open `writer.sqlite` in this process: POSIX drops a process's locks on a file when any of its
 * descriptors of that file is closed.
 */
import { realpathSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { readFileStart, writeDurably } from './durable-file.ts';
import { StoreError } from './store-error.ts';

export const defaultLockWaitMs = 5000;

export interface WriterLock {
  release(): void;
}

/** Folders whose lock this process holds, links followed. */
const held = new Set<string>();

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
  const folder = realpathSync(dir);
  held.add(folder);
  return {
    release() {
      if (!lock.open) return;
      held.delete(folder);
      try {
        unlinkSync(notePath);
      } catch {
        // A note that stays behind misleads nobody while the lock is free.
      }
      lock.close();
    },
  };
}

/**
 * The process that writes the store now, as its note says; undefined where none does, or it left no note. Takes the lock
 * for a moment, as a reader, which a writer that is just beginning waits out.
 */
export function currentWriter(dir: string): { readonly pid: number; readonly since: string } | undefined {
  try {
    if (!held.has(realpathSync(dir)) && !isLocked(join(dir, 'writer.sqlite'))) return undefined;
    const { pid, since } = JSON.parse(readFileStart(join(dir, 'writer.json'), 4096).toString('utf8'));
    return Number.isSafeInteger(pid) && typeof since === 'string' ? { pid, since } : undefined;
  } catch {
    return undefined;
  }
}

function isLocked(path: string): boolean {
  let db: Database | undefined;
  try {
    db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 0 });
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
  } finally {
    db?.close();
  }
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
