/**
 * Reads the tokens of `.mtp` files and knows the line it is at. Nothing is allocated by a count that the file states:
 * lists grow as their entries are read.
 */
import { InputError } from '../numerics/input-error.ts';

// No two ways to match the same digits: a number of any length is judged in one pass.
const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y;
const INTEGER = /[-+]?\d+(?![\w.])/y;
const SPACE = /\s*/y;
const MAX_INTEGER = 2147483647;

export class MtpScanner {
  readonly #text: string;
  readonly #fileName: string;
  #at = 0;

  constructor(text: string, fileName: string) {
    this.#text = text;
    this.#fileName = fileName;
  }

  /** The next word, which must be this one. */
  word(word: string): void {
    if (!this.optionalWord(word)) this.fail('not what belongs here', word, this.#glance());
  }

  optionalWord(word: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(word, this.#at)) return false;
    if (/[\w.]/.test(this.#text[this.#at + word.length] ?? ' ')) return false;
    this.#at += word.length;
    return true;
  }

  /** The next words, which must be `name =`. */
  key(name: string): void {
    if (!this.optionalKey(name)) this.fail('not what belongs here', `${name} =`, this.#glance());
  }

  optionalKey(name: string): boolean {
    if (!this.optionalWord(name)) return false;
    this.#punctuation('=');
    return true;
  }

  restOfLine(): string {
    const end = this.#text.indexOf('\n', this.#at);
    const line = this.#text.slice(this.#at, end < 0 ? this.#text.length : end);
    this.#at += line.length;
    return line.trim();
  }

  number(): number {
    const value = Number(this.#match(NUMBER, 'a number'));
    if (!Number.isFinite(value)) this.fail('not a finite number', 'a number', String(value));
    return value;
  }

  integer(least: number, most: number): number {
    const value = Number(this.#match(INTEGER, 'an integer'));
    if (value < least || value > most) this.fail('out of range', `an integer from ${least} to ${most}`, String(value));
    return value;
  }

  /** `{x, y, …}` with exactly `count` numbers. */
  numbers(count: number): number[] {
    return this.#list(count, () => this.number());
  }

  integers(count: number): Int32Array {
    return Int32Array.from(this.#list(count, () => this.integer(-MAX_INTEGER, MAX_INTEGER)));
  }

  /** `{{i, j, k, l}, …}` with exactly `count` entries, flattened. */
  quadruples(count: number): Int32Array {
    const flat: number[] = [];
    this.#list(count, () => {
      for (const value of this.integers(4)) flat.push(value);
    });
    return Int32Array.from(flat);
  }

  /** `a-b` with species below `species`, or null where there is none. */
  optionalPair(species: number): [number, number] | null {
    this.#skipSpace();
    const pattern = /(\d+)-(\d+)(?![\w.])/y;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    const [a, b] = [Number(match[1]), Number(match[2])];
    if (a >= species || b >= species) this.fail('no such species', `below ${species}`, match[0]);
    this.#at = pattern.lastIndex;
    return [a, b];
  }

  /** Nothing may follow but what other programs append; gives the mark that begins it, with the line, or null. */
  end(): string | null {
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next === undefined) return null;
    if (next !== '#' && next !== '^') this.fail('there is more than belongs here', 'the end', this.#glance());
    return `${next} in line ${this.#line()}`;
  }

  /** Runs a check of what has been read and adds the file and line to its error. */
  check(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.fail(
        error.details.where === undefined ? error.what : `${error.what} (${error.details.where})`,
        error.details.expected,
        error.details.found,
      );
    }
  }

  fail(what: string, expected?: string, found?: string): never {
    throw new InputError('bad-mtp', what, {
      where: `${this.#fileName}:${this.#line()}`,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: found.slice(0, 200) }),
    });
  }

  #line(): number {
    let line = 1;
    for (let at = this.#text.indexOf('\n'); at >= 0 && at < this.#at; at = this.#text.indexOf('\n', at + 1)) line += 1;
    return line;
  }

  #list<T>(count: number, read: () => T): T[] {
    const items: T[] = [];
    this.#punctuation('{');
    for (let n = 0; n < count; n++) {
      if (n > 0) this.#punctuation(',');
      items.push(read());
    }
    this.#skipSpace();
    if (this.#text[this.#at] !== '}')
      this.fail('a list does not end where it should', `} after ${count} entries`, this.#glance());
    this.#at += 1;
    return items;
  }

  #punctuation(mark: string): void {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) this.fail('not what belongs here', mark, this.#glance());
    this.#at += 1;
  }

  #match(pattern: RegExp, what: string): string {
    this.#skipSpace();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return this.fail('not what belongs here', what, this.#glance());
    this.#at = pattern.lastIndex;
    return match[0];
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #glance(): string {
    const next = this.#text
      .slice(this.#at, this.#at + 40)
      .split('\n')[0]!
      .trim();
    return next === '' ? 'the end of the file or line' : JSON.stringify(next);
  }
}
