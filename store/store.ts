/**
 * Opening a store. A store is a folder: `log.sqlite` (the events), `blobs/`, `HEAD`, and the writer's lock. There is
 * one writer at a time and any number of readers. What is opened was checked: version, migrations, schema, and the
 * log against HEAD. docs/format.md describes every byte.
 */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { BlobStore } from './blob-store.ts';
import { makeDirectoryDurably, syncDirectory } from './durable-file.ts';
import { EventLog } from './event-log.ts';
import { openLogForReading, openLogForWriting } from './log-database.ts';
import { StoreError, systemCodeOf } from './store-error.ts';
import { acquireWriterLock, type WriterLock } from './writer-lock.ts';

export interface OpenOptions {
  dir: string;
  mode: 'write' | 'read';
  /** With mode `write`: make the store if there is none. */
  create?: boolean;
  /** Told to a second writer; no user or host names are added. */
  holder?: string;
  /** How long to wait for another writer to end; 5 000 if not given. */
  lockWaitMs?: number;
}

export interface Store {
  dir: string;
  log: EventLog;
  blobs: BlobStore;
  close(): void;
}

/** Every name that a store's folder may hold. */
const ownName = /^(blobs|HEAD(\.tmp)?|log\.sqlite(-wal|-shm|-journal)?|writer\.(sqlite(-journal)?|json(\.tmp)?))$/;

export function openStore(options: OpenOptions): Store {
  const dir = resolve(options.dir);
  try {
    return options.mode === 'write' ? openForWriting(dir, options) : openForReading(dir);
  } catch (error) {
    throw storeIoError(error, dir);
  }
}

function openForReading(dir: string): Store {
  if (folderState(dir) !== 'store') throw missing(dir);
  accessSync(dir, constants.R_OK | constants.X_OK);
  return assemble(dir, () => openLogForReading(dir), false);
}

function openForWriting(dir: string, options: OpenOptions): Store {
  const isNew = folderState(dir) !== 'store';
  if (isNew && options.create !== true) throw missing(dir);
  if (isNew) makeDirectoryDurably(dir);
  accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  const lock = acquireWriterLock(dir, options.holder ?? 'varve', options.lockWaitMs);
  try {
    const open = () => {
      const db = openLogForWriting(dir);
      makeDirectoryDurably(blobsPath(dir));
      if (isNew) syncDirectory(dir);
      return db;
    };
    return assemble(dir, open, true, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function assemble(dir: string, open: () => Database, writable: boolean, lock?: WriterLock): Store {
  const db = open();
  const close = () => {
    db.close();
    lock?.release();
  };
  try {
    const blobs = new BlobStore(blobsPath(dir), writable);
    return { dir, blobs, log: new EventLog(db, dir, blobs, writable), close };
  } catch (error) {
    db.close();
    throw error;
  }
}

export function blobsPath(dir: string): string {
  return join(dir, 'blobs');
}

/** `new`: nothing there, or what a crash while creating a store leaves. Any other content is refused. */
export function folderState(dir: string): 'store' | 'new' {
  const stat = statSync(dir, { throwIfNoEntry: false });
  if (stat === undefined) return 'new';
  if (!stat.isDirectory()) throw notAStore(dir, 'a folder', 'a file');
  const names = readdirSync(dir);
  if (names.includes('log.sqlite')) return 'store';
  const foreign = names.find((name) => !ownName.test(name));
  if (foreign !== undefined) throw notAStore(dir, 'a store, an empty folder or none', `a folder with "${foreign}"`);
  return 'new';
}

function notAStore(dir: string, expected: string, found: string): StoreError {
  return new StoreError('not-a-store', 'this is not a store', {
    where: dir,
    expected,
    found,
    remedy: 'Give the folder of a store, or a new one.',
  });
}

function missing(dir: string): StoreError {
  return new StoreError('store-missing', 'there is no store here', {
    where: dir,
    remedy: 'Give the folder of a store with --store; `run` creates one.',
  });
}

function storeIoError(error: unknown, dir: string): unknown {
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  return new StoreError('store-io', `the store's folder cannot be used (${(error as Error).message})`, {
    where: dir,
    remedy: 'Check that the path exists and that you may read it, and for writing that you may write it.',
    cause: error,
  });
}
