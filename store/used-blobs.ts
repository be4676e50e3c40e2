/** The blobs that the events of a log name: who named each first, and with how many bytes. */
import { Column, HashTable } from './hash-table.ts';

/** Stands for the size of a manifest, which nobody states. */
export const manifestBytes = -1;

export interface UsedBlob {
  readonly hash: string;
  readonly bytes: number;
  /** The event and the path in it that named the blob first. */
  where(): string;
}

export class UsedBlobs {
  readonly #table = new HashTable();
  readonly #bytes = new Column(new Float64Array(1024));
  /** Which row of the log named it first, and by which path. */
  readonly #rows = new Column(new Uint32Array(1024));
  readonly #paths = new Column(new Uint32Array(1024));
  readonly #nameOf: (row: number, path: number) => string;

  /** @param nameOf what to call a path of a row in a report */
  constructor(nameOf: (row: number, path: number) => string) {
    this.#nameOf = nameOf;
  }

  get size(): number {
    return this.#table.size;
  }

  find(words: Uint32Array, at: number): number {
    return this.#table.find(words, at);
  }

  at(blob: number): UsedBlob {
    return {
      hash: this.#table.bytesOf(blob).toString('hex'),
      bytes: this.#bytes.get(blob),
      where: () => this.#nameOf(this.#rows.get(blob), this.#paths.get(blob)),
    };
  }

  /** The blob as it is known already where the size is another one than was stated before. */
  use(words: Uint32Array, at: number, bytes: number, row: number, path: number): UsedBlob | undefined {
    const before = this.#table.size;
    const blob = this.#table.add(words, at);
    if (blob === before) {
      this.#bytes.set(blob, bytes);
      this.#rows.set(blob, row);
      this.#paths.set(blob, path);
    } else if (this.#bytes.get(blob) === manifestBytes) this.#bytes.set(blob, bytes);
    else if (bytes !== manifestBytes && bytes !== this.#bytes.get(blob)) return this.at(blob);
    return undefined;
  }
}
