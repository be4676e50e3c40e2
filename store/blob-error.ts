/** What can be wrong with the file of a blob. */
import { StoreError, systemCodeOf } from './store-error.ts';

const remedyFor = (hash: string): string =>
  'Restore the file from a backup, or, if it was computed by varve, compute it anew: varve rematerialise ' +
  `${hash}; \`verify\` names the events that need it.`;

/** @throws StoreError `blob-corrupt` */
export function demandBlobHash(found: string, hash: string, path: string): void {
  if (found === hash) return;
  throw new StoreError('blob-corrupt', 'the bytes of a blob do not match its name', {
    where: path,
    expected: `SHA-256 ${hash}`,
    found: `SHA-256 ${found}`,
    remedy: remedyFor(hash),
  });
}

export function blobReadError(error: unknown, hash: string, path: string): unknown {
  return systemCodeOf(error) === 'ENOENT' ? blobMissing(hash, path) : blobIoError(error, path, 'read');
}

export function blobMissing(hash: string, path: string): StoreError {
  return new StoreError('blob-missing', 'a blob is not in the store', {
    where: path,
    expected: `the bytes with SHA-256 ${hash}`,
    remedy: remedyFor(hash),
  });
}

/** A failed system call as a StoreError; other errors come back as they are. */
export function blobIoError(error: unknown, path: string, done: 'read' | 'written' | 'removed'): unknown {
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  return new StoreError('blob-io', `a blob could not be ${done} (${code})`, {
    where: path,
    remedy: 'Check free space and permissions, then run again: nothing that was recorded is lost.',
    cause: error,
  });
}
