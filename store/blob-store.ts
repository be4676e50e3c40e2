/**
 * Blobs: bytes named by their SHA-256, at `blobs/<first 2 hex digits>/<other 62>`. `put` returns when the bytes are
 * durable (temporary file in `blobs/` → fsync → rename → fsync of the folder); `get` hashes what it reads and never
 * returns bytes that do not match their name.
 */
import { randomBytes } from 'node:crypto';
import { fsyncSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRegularFile, syncDirectory, withRegularFile, writeDurably } from './durable-file.ts';
import { demandHash, sha256Hex } from './hash.ts';
import { StoreError, systemCodeOf } from './store-error.ts';

export const temporaryPrefix = '.tmp-';

export class BlobStore {
  readonly #root: string;
  readonly #writable: boolean;
  /** Hashes that this process knows to be on the disk, so that a repeated `put` costs no fsync. */
  readonly #durable = new Set<string>();

  constructor(root: string, writable: boolean) {
    this.#root = root;
    this.#writable = writable;
  }

  path(hash: string): string {
    demandHash(hash, 'blob');
    return join(this.#root, hash.slice(0, 2), hash.slice(2));
  }

  put(bytes: Uint8Array): { hash: string; bytes: number } {
    this.#demandWritable();
    const hash = sha256Hex(bytes);
    if (!this.#durable.has(hash)) {
      try {
        if (!this.#settleExisting(hash, bytes)) this.#write(hash, bytes);
      } catch (error) {
        throw blobIoError(error, this.path(hash), 'written');
      }
      this.#durable.add(hash);
    }
    return { hash, bytes: bytes.byteLength };
  }

  has(hash: string): boolean {
    return this.sizeOf(hash) !== null;
  }

  /** Bytes of the file, or null if there is none. */
  sizeOf(hash: string): number | null {
    const stat = lstatSync(this.path(hash), { throwIfNoEntry: false });
    return stat?.isFile() ? stat.size : null;
  }

  get(hash: string): Uint8Array {
    const path = this.path(hash);
    let bytes: Buffer;
    try {
      bytes = readRegularFile(path);
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') {
        throw new StoreError('blob-missing', 'a blob is not in the store', {
          where: path,
          expected: `the bytes with SHA-256 ${hash}`,
          remedy:
            'Restore the file from a backup, or, if it was computed by varve, compute it anew: varve rematerialise ' +
            `${hash}; \`verify\` names the events that need it.`,
        });
      }
      throw blobIoError(error, path, 'read');
    }
    const found = sha256Hex(bytes);
    if (found !== hash) {
      throw new StoreError('blob-corrupt', 'the bytes of a blob do not match its name', {
        where: path,
        expected: `SHA-256 ${hash}`,
        found: `SHA-256 ${found}`,
        remedy: 'Restore the file from a backup; `verify` names the events that need it.',
      });
    }
    return bytes;
  }

  /** Drops the bytes, durably. The caller has recorded why: what the log names and nobody purged counts as lost. */
  remove(hash: string): void {
    const path = this.path(hash);
    this.#demandWritable();
    this.#durable.delete(hash);
    try {
      unlinkSync(path);
      syncDirectory(dirname(path));
    } catch (error) {
      throw blobIoError(error, path, 'removed');
    }
  }

  /** True if the file was there with these very bytes; they may be of a process that died before its fsync. */
  #settleExisting(hash: string, bytes: Uint8Array): boolean {
    const path = this.path(hash);
    if (this.sizeOf(hash) !== bytes.byteLength || !readRegularFile(path).equals(bytes)) return false;
    withRegularFile(path, (descriptor) => fsyncSync(descriptor));
    syncDirectory(dirname(path));
    syncDirectory(this.#root);
    return true;
  }

  #demandWritable(): void {
    if (this.#writable) return;
    throw new StoreError('read-only', 'the store was opened for reading', {
      where: this.#root,
      remedy: 'Open it for writing.',
    });
  }

  #write(hash: string, bytes: Uint8Array): void {
    const path = this.path(hash);
    if (mkdirSync(dirname(path), { recursive: true }) !== undefined) syncDirectory(this.#root);
    writeDurably(path, bytes, join(this.#root, temporaryPrefix + randomBytes(8).toString('hex')));
  }
}

function blobIoError(error: unknown, path: string, done: string): unknown {
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  return new StoreError('blob-io', `a blob could not be ${done} (${code})`, {
    where: path,
    remedy: 'Check free space and permissions, then run again: nothing that was recorded is lost.',
    cause: error,
  });
}
