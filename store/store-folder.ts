/** The folder of a store: which names it holds, and whether a folder is one. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError, systemCodeOf } from './store-error.ts';

/** Every name that a store's folder may hold. */
const ownName =
  /^(blobs|cache|HEAD(\.tmp)?|log\.sqlite(-wal|-shm|-journal)?|writer\.(sqlite(-journal)?|json(\.tmp)?))$/;

export function blobsPath(dir: string): string {
  return join(dir, 'blobs');
}

/** What can be deleted at any time. */
export function cachePath(dir: string): string {
  return join(dir, 'cache');
}

/** `new`: nothing there, or what a crash while creating a store leaves. Any other content is refused. */
export function folderState(dir: string): 'store' | 'new' {
  try {
    return stateOf(dir);
  } catch (error) {
    throw storeIoError(error, dir);
  }
}

function stateOf(dir: string): 'store' | 'new' {
  const stat = statSync(dir, { throwIfNoEntry: false });
  if (stat === undefined) return 'new';
  if (!stat.isDirectory()) throw notAStore(dir, 'a folder', 'a file');
  const names = readdirSync(dir);
  if (names.includes('log.sqlite')) return 'store';
  const foreign = names.find((name) => !ownName.test(name));
  if (foreign !== undefined) throw notAStore(dir, 'a store, an empty folder or none', `a folder with "${foreign}"`);
  if (names.includes('HEAD')) throw logMissing(dir);
  return 'new';
}

export function demandStoreFolder(dir: string): void {
  if (folderState(dir) === 'new') throw storeMissing(dir);
}

export function storeMissing(dir: string): StoreError {
  return new StoreError('store-missing', 'there is no store here', {
    where: dir,
    remedy: 'Give the folder of a store with --store; `run` creates one.',
  });
}

/** A failed system call as a StoreError; other errors come back as they are. */
export function storeIoError(error: unknown, dir: string): unknown {
  if (systemCodeOf(error) === undefined) return error;
  return new StoreError('store-io', `the store's folder cannot be used (${(error as Error).message})`, {
    where: dir,
    remedy: 'Check that the path exists and that you may read it, and for writing that you may write it.',
    cause: error,
  });
}

function notAStore(dir: string, expected: string, found: string): StoreError {
  return new StoreError('not-a-store', 'this is not a store', {
    where: dir,
    expected,
    found,
    remedy: 'Give the folder of a store, or a new one.',
  });
}

/** HEAD is first written after log.sqlite, so no crash leaves it alone. */
function logMissing(dir: string): StoreError {
  return new StoreError('log-missing', 'the log of this store is missing', {
    where: join(dir, 'log.sqlite'),
    expected: 'log.sqlite beside HEAD',
    remedy: 'Restore log.sqlite and its -wal file from a backup.',
  });
}
