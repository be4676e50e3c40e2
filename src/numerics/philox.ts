/**
 * Random numbers by counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11). Draw n of stream s under a seed is a
 * pure function of (seed, s, n), so no draw depends on scheduling (docs/numerics.md, rule 4).
 */
import { log } from './elementary.ts';
import { InputError } from './input-error.ts';

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** Ten rounds on `counter` (four words) under a key of two words; writes four words to `out`. */
export function philox4x32(counter: ArrayLike<number>, key0: number, key1: number, out: Uint32Array): void {
  let c0 = counter[0]! >>> 0;
  let c1 = counter[1]! >>> 0;
  let c2 = counter[2]! >>> 0;
  let c3 = counter[3]! >>> 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** One stream of a seed. Streams of one seed, and seeds, are independent of each other. */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #counter: Uint32Array;
  readonly #block = new Uint32Array(4);
  #used = 4;

  /**
   * @param seedHex 16 hexadecimal digits: the 64-bit key
   * @param stream which stream of that seed, an integer in [0, 2³²)
   * @throws InputError `bad-seed` for anything else
   */
  constructor(seedHex: string, stream: number) {
    if (!/^[0-9a-f]{16}$/.test(seedHex)) {
      throw new InputError('bad-seed', 'a seed is 16 hexadecimal digits', { found: JSON.stringify(seedHex) });
    }
    if (!Number.isInteger(stream) || stream < 0 || stream > 0xffffffff) {
      throw new InputError('bad-seed', 'a stream is an integer from 0 to 4294967295', { found: String(stream) });
    }
    this.#key0 = Number.parseInt(seedHex.slice(8), 16);
    this.#key1 = Number.parseInt(seedHex.slice(0, 8), 16);
    this.#counter = Uint32Array.of(0, 0, stream, 0);
  }

  /** The next 32 random bits. */
  word(): number {
    if (this.#used === 4) {
      philox4x32(this.#counter, this.#key0, this.#key1, this.#block);
      this.#counter[0] = this.#counter[0]! + 1;
      if (this.#counter[0] === 0) this.#counter[1] = this.#counter[1]! + 1;
      this.#used = 0;
    }
    return this.#block[this.#used++]!;
  }

  /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
  uniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Standard normal, by Marsaglia's polar method (needs log and sqrt only). */
  normal(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
    }
  }

  /** Uniform integer in [0, n), without bias. */
  integer(n: number): number {
    const limit = 4294967296 - (4294967296 % n);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % n;
    }
  }
}
