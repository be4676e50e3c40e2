/**
 * A set of 32-byte hashes that are numbered from 0 in the order in which they came, in 40 to 80 bytes each (a Map of hex
 * strings takes five times as much), and columns of numbers beside it. Open addressing; where a hash is put depends on
 * numbers drawn for each table, so that no store can be made whose hashes all meet in one place.
 */
import { randomFillSync } from 'node:crypto';
import { hashBytes } from './merkle.ts';

const hashWords = hashBytes / 4;

export class HashTable {
  #size = 0;
  #words = new Uint32Array(1024 * hashWords);
  /** Numbers of hashes plus 1; 0 where there is none. A power of two of them, at least two for each hash. */
  #slots = new Uint32Array(2048);
  readonly #multipliers = randomFillSync(new Uint32Array(hashWords)).map((value) => value | 1);

  get size(): number {
    return this.#size;
  }

  /** The number of the hash that begins at word `at`; −1 if it is not in the table. */
  find(words: Uint32Array, at: number): number {
    return this.#slots[this.#slotOf(words, at)]! - 1;
  }

  /** The number of the hash that begins at word `at`; it is added if it is not in the table. */
  add(words: Uint32Array, at: number): number {
    const slot = this.#slotOf(words, at);
    const known = this.#slots[slot]!;
    if (known !== 0) return known - 1;
    this.#words = roomFor(this.#words, (this.#size + 1) * hashWords);
    for (let word = 0; word < hashWords; word += 1) this.#words[this.#size * hashWords + word] = words[at + word]!;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    if (this.#size * 2 > this.#slots.length) this.#spread();
    return this.#size - 1;
  }

  /** Its 32 bytes: a view, good until the next `add`. */
  bytesOf(number: number): Buffer {
    return Buffer.from(this.#words.buffer, number * hashBytes, hashBytes);
  }

  #slotOf(words: Uint32Array, at: number): number {
    let mixed = 0;
    for (let word = 0; word < hashWords; word += 1) {
      mixed = Math.imul(mixed ^ words[at + word]!, this.#multipliers[word]!);
      mixed ^= mixed >>> 15;
    }
    const mask = this.#slots.length - 1;
    for (let slot = mixed & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]!;
      if (known === 0 || this.#holds(known - 1, words, at)) return slot;
    }
  }

  #holds(number: number, words: Uint32Array, at: number): boolean {
    const begin = number * hashWords;
    for (let word = 0; word < hashWords; word += 1) {
      if (this.#words[begin + word] !== words[at + word]) return false;
    }
    return true;
  }

  #spread(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number += 1) {
      this.#slots[this.#slotOf(this.#words, number * hashWords)] = number + 1;
    }
  }
}

/** Numbers beside the hashes of a table; 0 where none was set. */
export class Column<A extends Uint8Array | Uint32Array | Float64Array> {
  #values: A;

  constructor(values: A) {
    this.#values = values;
  }

  get(at: number): number {
    return this.#values[at] ?? 0;
  }

  set(at: number, value: number): void {
    this.#values = roomFor(this.#values, at + 1);
    this.#values[at] = value;
  }
}

function roomFor<A extends Uint8Array | Uint32Array | Float64Array>(values: A, length: number): A {
  if (length <= values.length) return values;
  const larger = new (values.constructor as new (length: number) => A)(Math.max(length, values.length * 2));
  larger.set(values);
  return larger;
}
