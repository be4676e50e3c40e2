/**
 * A blob that arrives in pieces, of any size in bounded memory: written under a temporary name, hashed on the way,
 * fsynced, and renamed to its name only if its bytes match it.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { blobIoError, demandBlobHash } from './blob-error.ts';
import { syncDirectory, unlinkIfThere } from './durable-file.ts';

export class BlobReceipt {
  readonly #hash: string;
  readonly #path: string;
  readonly #temporary: string;
  readonly #hasher = createHash('sha256');
  readonly #descriptor: number;
  #open = true;

  /** Both paths lie on the same file system. */
  constructor(hash: string, path: string, temporary: string) {
    this.#hash = hash;
    this.#path = path;
    this.#temporary = temporary;
    this.#descriptor = openSync(temporary, 'wx', 0o644);
  }

  write(piece: Uint8Array): void {
    this.#hasher.update(piece);
    this.#attempt(() => writeFileSync(this.#descriptor, piece));
  }

  /** @throws StoreError `blob-corrupt` if the bytes do not match the name */
  commit(): void {
    demandBlobHash(this.#hasher.digest('hex'), this.#hash, this.#path);
    this.#attempt(() => {
      fsyncSync(this.#descriptor);
      renameSync(this.#temporary, this.#path);
      syncDirectory(dirname(this.#path));
    });
    this.#close();
  }

  /** Removes what was written; after `commit` it does nothing. */
  discard(): void {
    if (!this.#open) return;
    this.#close();
    unlinkIfThere(this.#temporary);
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      throw blobIoError(error, this.#path, 'written');
    }
  }

  #close(): void {
    this.#open = false;
    closeSync(this.#descriptor);
  }
}
