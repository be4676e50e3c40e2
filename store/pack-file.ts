/**
 * A pack as a file, read record by record, as often as asked, from one descriptor: what is renamed over the path
 * meanwhile is not seen. Memory stays that of one record, whatever the file declares.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, readSync } from 'node:fs';
import { openRegularFile } from './durable-file.ts';
import {
  decodeRecord,
  malformed,
  maximumPayloadBytes,
  type PackRecord,
  packMagic,
  payloadLimits,
} from './pack-record.ts';
import { StoreError, systemCodeOf } from './store-error.ts';

export class PackFile {
  readonly path: string;
  readonly bytes: number;
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafe(maximumPayloadBytes);
  #hasher: Hash = createHash('sha256');
  #position = 0;

  constructor(path: string) {
    this.path = path;
    try {
      const { descriptor, bytes } = openRegularFile(path);
      this.#descriptor = descriptor;
      this.bytes = bytes;
    } catch (error) {
      throw packReadError(error, path);
    }
  }

  /** Bytes that were read in this pass. */
  get position(): number {
    return this.#position;
  }

  /** SHA-256 over what was read in this pass. */
  digest(): string {
    return this.#hasher.copy().digest('hex');
  }

  /** One pass over the file. A record's bytes are valid until the next is asked for. */
  *records(): Generator<PackRecord> {
    this.#hasher = createHash('sha256');
    this.#position = 0;
    this.#demandMagic();
    for (let ended = false; !ended; ) {
      const at = this.#position;
      try {
        const record = this.#next();
        ended = record.type === 'trailer';
        yield record;
      } catch (error) {
        throw this.placed(error, at);
      }
    }
    this.#demandEnd();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Says where in the file. */
  placed(error: unknown, at = this.#position): unknown {
    if (!(error instanceof StoreError)) return packReadError(error, this.path);
    const where = `${this.path} byte ${at}`;
    if (error.details.where?.startsWith(where)) return error;
    const inside = error.details.where === undefined ? '' : `, ${error.details.where}`;
    return new StoreError(error.code, error.what, { ...error.details, where: `${where}${inside}` });
  }

  #demandMagic(): void {
    const start = this.#read(Math.min(packMagic.length, this.bytes)).toString('latin1');
    if (start === packMagic) return;
    const newer = /^varve-pack [0-9]+/.test(start) && !packMagic.startsWith(start);
    throw new StoreError(newer ? 'pack-newer' : 'not-a-pack', newer ? 'the pack has another version' : 'not a pack', {
      where: this.path,
      expected: JSON.stringify(packMagic),
      found: JSON.stringify(start),
      remedy: newer ? 'Use the varve that wrote it, or a newer one.' : 'Give a file that `varve export` wrote.',
    });
  }

  #next(): PackRecord {
    const head = this.#read(5);
    const letter = head.toString('latin1', 0, 1);
    const length = head.readUInt32LE(1);
    const limit = payloadLimits[letter];
    if (limit !== undefined && length > limit) {
      throw malformed('a record is too long', { expected: `at most ${limit} bytes`, found: `${length}` });
    }
    return decodeRecord(letter, limit === undefined ? head.subarray(5) : this.#read(length));
  }

  #demandEnd(): void {
    const expected = this.digest();
    const found = this.#read(32).toString('hex');
    if (found !== expected) {
      throw malformed('the bytes of the pack are not those that were written', {
        where: this.path,
        expected: `SHA-256 ${expected}`,
        found,
      });
    }
    if (readSync(this.#descriptor, this.#buffer, 0, 1, this.#position) === 0) return;
    throw malformed('there are bytes after the end of the pack', { where: `${this.path} byte ${this.#position}` });
  }

  /** The next bytes, in the buffer that the next call uses again. */
  #read(length: number): Buffer {
    for (let filled = 0; filled < length; ) {
      const got = readSync(this.#descriptor, this.#buffer, filled, length - filled, this.#position + filled);
      if (got === 0) throw malformed('the pack ends too early', { expected: `${length - filled} more bytes` });
      filled += got;
    }
    const bytes = this.#buffer.subarray(0, length);
    this.#hasher.update(bytes);
    this.#position += length;
    return bytes;
  }
}

function packReadError(error: unknown, path: string): unknown {
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  const what =
    code === 'ENOENT' ? 'there is no such file' : code === 'ELOOP' ? 'a symbolic link' : `it cannot be read (${code})`;
  return new StoreError('pack-io', what, { where: path, remedy: 'Give a file that `varve export` wrote.' });
}
