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
  #recordAt = 0;

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
    this.#recordAt = 0;
    this.#demandMagic();
    for (let ended = false; !ended; ) {
      const record = this.#next();
      ended = record.type === 'trailer';
      yield record;
    }
    this.#demandEnd();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Runs a step that concerns the present record: what it finds wrong is told with the record's place in the file. */
  at<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof StoreError)) throw packReadError(error, this.path);
      if (error.code === 'pack-io') throw error;
      const { where, expected, found } = error.details;
      throw malformed(error.what, {
        where: `${this.path} byte ${this.#recordAt}${where === undefined ? '' : `, ${where}`}`,
        ...(expected === undefined ? {} : { expected }),
        ...(found === undefined ? {} : { found }),
      });
    }
  }

  #demandMagic(): void {
    const start = this.at(() => this.#read(Math.min(packMagic.length, this.bytes)).toString('latin1'));
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
    this.#recordAt = this.#position;
    return this.at(() => {
      const head = this.#read(5);
      const letter = head.toString('latin1', 0, 1);
      const length = head.readUInt32LE(1);
      const limit = payloadLimits[letter] ?? 0;
      if (length > limit) {
        throw malformed('a record of an unknown type, or too long', {
          expected: `a type of ${Object.keys(payloadLimits).join(', ')} and at most ${limit} bytes`,
          found: `type ${JSON.stringify(letter)}, ${length} bytes`,
        });
      }
      return decodeRecord(letter, this.#read(length));
    });
  }

  #demandEnd(): void {
    this.#recordAt = this.#position;
    this.at(() => {
      const expected = this.digest();
      const found = this.#read(32).toString('hex');
      if (found !== expected) {
        throw malformed('the bytes of the pack are not those that were written', {
          expected: `SHA-256 ${expected}`,
          found: `SHA-256 ${found}`,
        });
      }
      if (readSync(this.#descriptor, this.#buffer, 0, 1, this.#position) === 0) return;
      throw malformed('there are bytes after the end of the pack');
    });
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
