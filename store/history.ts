/**
 * The Merkle tree over the leaves of the log, kept as far as the log was read, and its agreement with HEAD. On opening
 * the log must be at least as long as HEAD says and have HEAD's root at that size; a HEAD that a crash left behind is
 * brought up by the writer. Only where the user accepted a loss (`recovery.ts`) may HEAD differ.
 */
import type { Database, Statement } from 'better-sqlite3';
import { corrupt, hexOf } from './event-row.ts';
import { type Head, headMissing, historyDiffers, readHead, tailLost, writeHead } from './head.ts';
import { databaseError, logPath } from './log-database.ts';
import { CompactRange } from './merkle.ts';
import { logAcceptsHead } from './recovery.ts';

export class History {
  readonly #db: Database;
  readonly #dir: string;
  readonly #leaves: Statement;
  #range = new CompactRange();
  /** Events that HEAD covers: fewer than the log has where the last HEAD could not be written; −1 if HEAD is not of it. */
  #headSize = -1;

  constructor(db: Database, dir: string) {
    this.#db = db;
    this.#dir = dir;
    this.#leaves = db.prepare('SELECT seq, leaf FROM event WHERE seq > ? AND seq <= ? ORDER BY seq');
  }

  /** Reads HEAD before the log, so that a writer at work cannot make the log look short. */
  settleHead(writable: boolean): void {
    const head = readHead(this.#dir);
    this.#headSize = head !== null && this.#confirms(head) ? head.size : -1;
    const range = this.latest();
    if (head === null && range.size > 0) throw headMissing(this.#dir, range.size);
    if (writable) this.#bringUpHead();
  }

  /** False where the log ends in a recovery that accepts this HEAD. */
  #confirms(head: Head): boolean {
    this.#extend(this.#range, head.size);
    const { size } = this.#range;
    const found = this.#range.root();
    if (size === head.size && found === head.historyHash) return true;
    if (logAcceptsHead(this.#db, head)) return false;
    throw size < head.size ? tailLost(this.#dir, head, size) : historyDiffers(this.#dir, head, found);
  }

  /** The tree over all events in the log, those of another process included. A copy: the caller may extend it. */
  latest(): CompactRange {
    this.#extend(this.#range, Number.MAX_SAFE_INTEGER);
    return this.#range.clone();
  }

  at(size: number): CompactRange {
    const latest = this.latest();
    if (size === latest.size) return latest;
    if (!Number.isSafeInteger(size) || size < 0 || size > latest.size) {
      throw new RangeError(`no history hash at size ${size}: the log holds ${latest.size} events`);
    }
    const range = new CompactRange();
    this.#extend(range, size);
    return range;
  }

  /** Takes over the tree of a transaction that is now committed, and writes HEAD unless it covers all events. */
  commit(range: CompactRange): void {
    this.#range = range;
    this.#bringUpHead();
  }

  #bringUpHead(): void {
    const { size } = this.#range;
    if (size <= this.#headSize) return;
    writeHead(this.#dir, { size, historyHash: this.#range.root() });
    this.#headSize = size;
  }

  /** Adds the leaves after the range's end, up to and with that of event `toSeq`. */
  #extend(range: CompactRange, toSeq: number): void {
    try {
      for (const row of this.#leaves.iterate(range.size, toSeq)) {
        const { seq, leaf } = row as { seq: unknown; leaf: unknown };
        const next = range.size + 1;
        if (seq !== next) throw corrupt('column seq', `event ${next}`, `event ${String(seq)}`);
        range.append(Buffer.from(hexOf(leaf, `event ${next} column leaf`), 'hex'));
      }
    } catch (error) {
      throw databaseError(error, logPath(this.#dir));
    }
  }
}
