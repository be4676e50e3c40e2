/**
 * Lines of a text that arrives in pieces, split into fields and numbers without making strings of them: what is held is one
 * piece and the line that it cuts. Numbers have the bits that `Number` gives.
 */
import { InputError } from '../numerics/input-error.ts';
import { readNumber } from './exact-decimal.ts';

export const MAX_LINE_BYTES = 65_536;
const MAX_FIELDS = 256;

/** Powers of ten that are exact as doubles. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** A mantissa below 2⁵³ times or over an exact power of ten is rounded once, hence rightly (Clinger 1990). */
const MOST_EXACT_DIGITS = 15;

export class LineFeed {
  readonly fileName: string;
  /** Number of the line that `advance` went to last, counted from 1. */
  line = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #next = 0;
  #ended = false;
  #start = 0;
  #end = 0;
  readonly #fieldStarts = new Int32Array(MAX_FIELDS);
  readonly #fieldEnds = new Int32Array(MAX_FIELDS);
  #fields = 0;
  readonly #decoder = new TextDecoder();

  constructor(fileName: string) {
    this.fileName = fileName;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The bytes must not change afterwards. */
  push(piece: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#next);
    if (rest.length === 0) this.#bytes = piece;
    else {
      const joined = new Uint8Array(rest.length + piece.length);
      joined.set(rest);
      joined.set(piece, rest.length);
      this.#bytes = joined;
    }
    this.#next = 0;
  }

  /** Says that no more will come. */
  finish(): void {
    this.#ended = true;
  }

  /**
   * Goes to the next line. @returns false where it is not there yet, or, after `finish`, where there is none
   * @throws InputError `line-too-long`
   */
  advance(): boolean {
    const bytes = this.#bytes;
    const feed = bytes.indexOf(10, this.#next);
    const whole = feed >= 0;
    const end = whole ? feed : bytes.length;
    if (end - this.#next > MAX_LINE_BYTES) {
      throw new InputError('line-too-long', 'a line is longer than any of such a file', {
        where: `${this.fileName}:${this.line + 1}`,
        expected: `at most ${MAX_LINE_BYTES} bytes`,
      });
    }
    if (!whole && (!this.#ended || this.#next >= bytes.length)) return false;
    this.#start = this.#next;
    this.#end = end > this.#next && bytes[end - 1] === 13 ? end - 1 : end;
    this.#next = whole ? feed + 1 : bytes.length;
    this.line += 1;
    this.#fields = -1;
    return true;
  }

  text(): string {
    return this.#decoder.decode(this.#bytes.subarray(this.#start, this.#end));
  }

  /** Number of fields of this line between blanks and tabs; at most 256 are counted. */
  fieldCount(): number {
    if (this.#fields >= 0) return this.#fields;
    const bytes = this.#bytes;
    let count = 0;
    let at = this.#start;
    const end = this.#end;
    while (count < MAX_FIELDS) {
      while (at < end && (bytes[at]! === 32 || bytes[at]! === 9)) at++;
      if (at >= end) break;
      this.#fieldStarts[count] = at;
      while (at < end && bytes[at]! !== 32 && bytes[at]! !== 9) at++;
      this.#fieldEnds[count] = at;
      count += 1;
    }
    this.#fields = count;
    return count;
  }

  /** Field k of this line, which must have so many. */
  word(k: number): string {
    return this.#decoder.decode(this.#bytes.subarray(this.#fieldStarts[k]!, this.#fieldEnds[k]!));
  }

  /** Whether field k has these bytes. */
  equals(k: number, expected: Uint8Array): boolean {
    const start = this.#fieldStarts[k]!;
    if (this.#fieldEnds[k]! - start !== expected.length) return false;
    for (let i = 0; i < expected.length; i++) if (this.#bytes[start + i] !== expected[i]) return false;
    return true;
  }

  /** Field k as a finite number; NaN where it is none. */
  number(k: number): number {
    const bytes = this.#bytes;
    let at = this.#fieldStarts[k]!;
    const end = this.#fieldEnds[k]!;
    const negative = bytes[at] === 45;
    if (negative || bytes[at] === 43) at++;
    let mantissa = 0;
    let digits = 0;
    let decimals = 0;
    let point = false;
    for (; at < end; at++) {
      const digit = bytes[at]! - 48;
      if (digit >= 0 && digit <= 9) {
        mantissa = 10 * mantissa + digit;
        if (mantissa > 0) digits++;
        if (point) decimals++;
      } else if (digit === -2 && !point) point = true;
      else return readNumber(this.word(k)) ?? Number.NaN;
    }
    if (digits === 0 || digits > MOST_EXACT_DIGITS || decimals > 22) return readNumber(this.word(k)) ?? Number.NaN;
    const value = mantissa / POWERS[decimals]!;
    return negative ? -value : value;
  }
}
