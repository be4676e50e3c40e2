/** A text line by line, without a copy of it: what is read of a file stays in proportion to the file. */
export class TextLines {
  readonly #text: string;
  #at = 0;
  #line = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Number of the line that was read last, counted from 1; 0 before the first. */
  get line(): number {
    return this.#line;
  }

  /** The next line without its end (LF or CRLF), or null behind the last. An end of line at the end begins no other. */
  next(): string | null {
    if (this.#at >= this.#text.length) return null;
    const [end, behind] = this.#end();
    const line = this.#text.slice(this.#at, end);
    this.#at = behind;
    this.#line += 1;
    return line;
  }

  /** The line that `next` would give. */
  peek(): string | null {
    return this.#at >= this.#text.length ? null : this.#text.slice(this.#at, this.#end()[0]);
  }

  /** Where the next line ends, and where the one after it begins. */
  #end(): [number, number] {
    const feed = this.#text.indexOf('\n', this.#at);
    if (feed < 0) return [this.#text.length, this.#text.length];
    return [this.#text[feed - 1] === '\r' && feed > this.#at ? feed - 1 : feed, feed + 1];
  }
}

/** What stands between white space. */
export const wordsOf = (line: string): string[] => {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
};
