/**
 * Opening a store. A store is a folder: `log.sqlite` (the events), `blobs/`, `HEAD`, and the writer's lock. There is
 * one writer at a time and any number of readers. What is opened was checked: version, migrations, schema, and the
 * log against HEAD. docs/format.md describes every byte.
 */
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { BlobStore } from './blob-store.ts';
import { makeDirectoryDurably, syncDirectory } from './durable-file.ts';
import { EventLog } from './event-log.ts';
import { openLogForReading, openLogForWriting } from './log-database.ts';
import { demandTail } from './recovery.ts';
import { blobsPath, demandStoreFolder, folderState, storeIoError, storeMissing } from './store-folder.ts';
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

export function openStore(options: OpenOptions): Store {
  const dir = resolve(options.dir);
  try {
    return options.mode === 'write' ? openForWriting(dir, options) : openForReading(dir);
  } catch (error) {
    throw storeIoError(error, dir);
  }
}

function openForReading(dir: string): Store {
  demandStoreFolder(dir);
  accessSync(dir, constants.R_OK | constants.X_OK);
  return assemble(dir, openLogForReading(dir), false);
}

function openForWriting(dir: string, options: OpenOptions): Store {
  const isNew = folderState(dir) !== 'store';
  if (isNew && options.create !== true) throw storeMissing(dir);
  if (isNew) makeDirectoryDurably(dir);
  accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  const lock = acquireWriterLock(dir, options.holder ?? 'varve', options.lockWaitMs);
  let db: Database | undefined;
  try {
    demandTail(dir);
    if (isNew) makeDirectoryDurably(blobsPath(dir));
    db = openLogForWriting(dir);
    makeDirectoryDurably(blobsPath(dir));
    if (isNew) syncDirectory(dir);
    return assemble(dir, db, true, lock);
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}

function assemble(dir: string, db: Database, writable: boolean, lock?: WriterLock): Store {
  try {
    const blobs = new BlobStore(blobsPath(dir), writable);
    const log = new EventLog(db, dir, blobs, writable);
    const close = () => {
      if (writable && db.open) log.keepCache();
      db.close();
      lock?.release();
    };
    return { dir, blobs, log, close };
  } catch (error) {
    db.close();
    throw error;
  }
}
