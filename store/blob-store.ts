/**
 * Blobs: bytes named by their SHA-256, at `blobs/<first 2 hex digits>/<other 62>`. `put` returns when the bytes are
 * durable (temporary file in `blobs/` → fsync → rename → fsync of the folder); `get` hashes what it reads and never
 * returns bytes that do not match their name.
 */
import { createHash, randomBytes } from 'node:crypto';
import { fsyncSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blobIoError, blobReadError, demandBlobHash } from './blob-error.ts';
import { BlobReceipt } from './blob-receipt.ts';
import { readPieces, readRegularFile, syncDirectory, withRegularFile, writeDurably } from './durable-file.ts';
import { demandHash, sha256Hex } from './hash.ts';
import { StoreError } from './store-error.ts';

export const temporaryPrefix = '.tmp-';
export const pieceBytes = 1024 * 1024;

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
        if (!this.#holds(hash, bytes)) this.#write(hash, bytes);
      } catch (error) {
        throw blobIoError(error, this.path(hash), 'written');
      }
      this.#durable.add(hash);
    }
    return { hash, bytes: bytes.byteLength };
  }

  /** To write a blob in pieces; null if it is there already. The receipt is committed or discarded by the caller. */
  receive(hash: string, bytes: number): BlobReceipt | null {
    this.#demandWritable();
    const path = this.path(hash);
    try {
      if (this.sizeOf(hash) === bytes && hashFile(path).hash === hash) {
        this.#settle(path);
        return null;
      }
      return new BlobReceipt(hash, this.#folderOf(path), this.#temporaryPath());
    } catch (error) {
      throw blobIoError(error, path, 'written');
    }
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
      throw blobReadError(error, hash, path);
    }
    demandBlobHash(sha256Hex(bytes), hash, path);
    return bytes;
  }

  /** As `get`, 1 MiB at a time, each piece valid until the next is asked for. Throws after the last if it does not match. */
  *pieces(hash: string): Generator<Buffer> {
    const path = this.path(hash);
    const hasher = createHash('sha256');
    try {
      for (const piece of readPieces(path, pieceBytes)) {
        hasher.update(piece);
        yield piece;
      }
    } catch (error) {
      throw blobReadError(error, hash, path);
    }
    demandBlobHash(hasher.digest('hex'), hash, path);
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

  #demandWritable(): void {
    if (this.#writable) return;
    throw new StoreError('read-only', 'the store was opened for reading', {
      where: this.#root,
      remedy: 'Open it for writing.',
    });
  }

  /** True if the file was there with these very bytes; they may be of a process that died before its fsync. */
  #holds(hash: string, bytes: Uint8Array): boolean {
    const path = this.path(hash);
    if (this.sizeOf(hash) !== bytes.byteLength || !readRegularFile(path).equals(bytes)) return false;
    this.#settle(path);
    return true;
  }

  #settle(path: string): void {
    withRegularFile(path, (descriptor) => fsyncSync(descriptor));
    syncDirectory(dirname(path));
    syncDirectory(this.#root);
  }

  #write(hash: string, bytes: Uint8Array): void {
    writeDurably(this.#folderOf(this.path(hash)), bytes, this.#temporaryPath());
  }

  /** The path, its folder being there. */
  #folderOf(path: string): string {
    if (mkdirSync(dirname(path), { recursive: true }) !== undefined) syncDirectory(this.#root);
    return path;
  }

  #temporaryPath(): string {
    return join(this.#root, temporaryPrefix + randomBytes(8).toString('hex'));
  }
}

/** Memory stays bounded, whatever the size of the file. */
export function hashFile(path: string): { hash: string; bytes: number } {
  const hasher = createHash('sha256');
  let bytes = 0;
  for (const piece of readPieces(path, pieceBytes)) {
    hasher.update(piece);
    bytes += piece.byteLength;
  }
  return { hash: hasher.digest('hex'), bytes };
}
