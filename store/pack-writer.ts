/**
 * Writes a pack under a temporary name beside its own; it gets its name when it is whole and durable. An existing file
 * is kept unless `force` is given, and nothing but a regular file is ever replaced.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory, unlinkIfThere } from './durable-file.ts';
import { encodeRecord, type PackRecord, packMagic } from './pack-record.ts';
import { StoreError, systemCodeOf } from './store-error.ts';

export class PackWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #force: boolean;
  readonly #hasher = createHash('sha256');
  #descriptor: number | undefined;
  #bytes = 0;

  constructor(path: string, force: boolean) {
    this.#path = path;
    this.#force = force;
    this.#temporary = `${path}.tmp-${randomBytes(8).toString('hex')}`;
    this.#attempt(() => {
      this.#demandFree();
      this.#descriptor = openSync(this.#temporary, 'wx', 0o644);
    });
    this.#write(Buffer.from(packMagic));
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(record: PackRecord): void {
    this.#write(encodeRecord(record));
  }

  /** Ends the pack with the SHA-256 of what precedes and gives it its name. Returns the SHA-256 of the whole file. */
  commit(): string {
    this.#write(this.#hasher.copy().digest());
    this.#attempt(() => {
      fsyncSync(this.#descriptor!);
      this.#demandFree();
      renameSync(this.#temporary, this.#path);
      syncDirectory(dirname(this.#path));
    });
    this.#close();
    return this.#hasher.digest('hex');
  }

  /** Removes what was written; after `commit` it does nothing. */
  discard(): void {
    if (this.#descriptor === undefined) return;
    this.#close();
    unlinkIfThere(this.#temporary);
  }

  #write(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
    this.#bytes += bytes.length;
    this.#attempt(() => writeFileSync(this.#descriptor!, bytes));
  }

  #demandFree(): void {
    const stat = lstatSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined || (stat.isFile() && this.#force)) return;
    throw new StoreError('pack-exists', stat.isFile() ? 'the file exists' : 'this is no regular file', {
      where: this.#path,
      expected: 'a new name',
      remedy: stat.isFile() ? 'Give another name, or --force to replace it.' : 'Give another name.',
    });
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === undefined) throw error;
      throw new StoreError('pack-io', `the pack could not be written (${code})`, {
        where: this.#path,
        remedy: 'Check free space and permissions, then export again. The store was not touched.',
        cause: error,
      });
    }
  }

  #close(): void {
    closeSync(this.#descriptor!);
    this.#descriptor = undefined;
  }
}
