/**
 * The Merkle tree over the leaves of the log, kept as far as the log was read, and its agreement with HEAD. On opening
 * the log must be at least as long as HEAD says and have HEAD's root at that size; a HEAD that a crash left behind is
 * brought up by the writer. Only where the user accepted a loss (`recovery.ts`) may HEAD differ.
 *
 * Where `cache/history` holds the tree at an earlier size, only the leaves after it are read. It always stays some way
 * behind the end, so that the log's last leaves are read and compared on every opening: another log beside this HEAD is
 * noticed. What was changed before them, `verify` finds.
 */
import type { Database, Statement } from 'better-sqlite3';
import { corrupt, hexOf } from './event-row.ts';
import { type Head, headMissing, historyDiffers, readHead, tailLost, writeHead } from './head.ts';
import { readHistoryCache, writeHistoryCache } from './history-cache.ts';
import { databaseError, logPath } from './log-database.ts';
import { CompactRange } from './merkle.ts';
import { logAcceptsHead } from './recovery.ts';

/** The cache is for a multiple of this size, and at least one leaf behind the end. */
const cacheStep = 256;
/** While a store is being written, the cache is brought up when it is this far behind. */
const cacheLag = 16 * cacheStep;

export class History {
  readonly #db: Database;
  readonly #dir: string;
  readonly #leaves: Statement;
  /** An earlier size from which trees can be built: that of the cache, or none. */
  #base = new CompactRange();
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
    const fits = head !== null && (this.#beginWithCache(head) || this.#confirms(head));
    this.#headSize = fits ? head.size : -1;
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
    const range = size < this.#base.size ? new CompactRange() : this.#base.clone();
    this.#extend(range, size);
    return range;
  }

  /** Whether the log begins with the events that this tree is over: with the leaves after them it has the log's root. */
  continues(tree: CompactRange): boolean {
    const latest = this.latest();
    if (tree.size > latest.size) return false;
    const range = tree.clone();
    this.#extend(range, latest.size);
    return range.root() === latest.root();
  }

  /** Takes over the tree of a transaction that is now committed, and writes HEAD unless it covers all events. */
  commit(range: CompactRange): void {
    this.#range = range;
    this.#bringUpHead();
    if (range.size - this.#base.size >= cacheLag + cacheStep) this.keepCache();
  }

  /** Brings up the cache, for the writer. Never throws: nothing depends on it. */
  keepCache(): void {
    const size = Math.floor((this.#range.size - 1) / cacheStep) * cacheStep;
    if (size <= this.#base.size) return;
    const range = this.#base.clone();
    try {
      this.#extend(range, size);
    } catch {
      return;
    }
    this.#base = range;
    writeHistoryCache(this.#dir, range);
  }

  /** Whether the cached tree and the leaves after it give HEAD's root; if not, nothing is taken from it. */
  #beginWithCache(head: Head): boolean {
    const cached = readHistoryCache(this.#dir);
    if (cached === undefined || cached.size >= head.size) return false;
    const range = cached.clone();
    try {
      this.#extend(range, head.size);
    } catch {
      // Reading the whole log will say what is wrong with it.
      return false;
    }
    if (range.size !== head.size || range.root() !== head.historyHash) return false;
    this.#base = cached;
    this.#range = range;
    return true;
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
