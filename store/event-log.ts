/**
 * The log: a gapless sequence of events, from 1, that only grows. `append` records a batch in one transaction, all or
 * nothing, and returns when it is durable and HEAD is written. The same task with the same core is recorded once; an
 * `exact` task with another core becomes a violation beside it; an `observed` one is refused. Every blob and every
 * event that a new event names must be there first.
 */
import type { Database } from 'better-sqlite3';
import Sqlite from 'better-sqlite3';
import type { BlobStore } from './blob-store.ts';
import { type Entry, sealEntry, storedEventOf } from './entry.ts';
import type { NewEvent, StoredEvent } from './event.ts';
import { corrupt, type EventRow, eventColumns, hexOf, storedEventOfRow } from './event-row.ts';
import { demandHash } from './hash.ts';
import { headMissing, historyDiffers, readHead, tailLost, writeHead } from './head.ts';
import { databaseError, logPath } from './log-database.ts';
import { CompactRange } from './merkle.ts';
import { demandReferences } from './references.ts';
import { StoreError } from './store-error.ts';
import { violationOf } from './violation.ts';

const pageEvents = 1024;
const maximumPrefixMatches = 64;

export interface AppendResult {
  /** What the log holds for the task: the new event, or the one recorded before. */
  event: StoredEvent;
  appended: boolean;
  /** Set if the task is exact and its recorded event has another core. */
  violation?: StoredEvent;
}

export class EventLog {
  readonly #db: Database;
  readonly #dir: string;
  readonly #blobs: BlobStore;
  readonly #writable: boolean;
  /** The Merkle tree over the leaves read or written so far. */
  #range = new CompactRange();

  /** Compares the log with HEAD; for writing, brings up a HEAD that a crash left behind. */
  constructor(db: Database, dir: string, blobs: BlobStore, writable: boolean) {
    this.#db = db;
    this.#dir = dir;
    this.#blobs = blobs;
    this.#writable = writable;
    this.#settleHead();
  }

  /** Number of events, those of another process included. */
  get size(): number {
    this.#catchUp();
    return this.#range.size;
  }

  /** Merkle root over the leaves of the first `size` events; of all if no size is given. */
  historyHash(size?: number): string {
    this.#catchUp();
    if (size === undefined || size === this.#range.size) return this.#range.root();
    if (!Number.isSafeInteger(size) || size < 0 || size > this.#range.size) {
      throw new RangeError(`no history hash at size ${size}: the log holds ${this.#range.size} events`);
    }
    const range = new CompactRange();
    this.#extend(range, size);
    return range.root();
  }

  append(events: readonly NewEvent[]): AppendResult[] {
    if (!this.#writable) {
      throw new StoreError('read-only', 'the store was opened for reading', {
        where: this.#dir,
        remedy: 'Open it for writing.',
      });
    }
    const entries = events.map(sealEntry);
    this.#catchUp();
    const range = this.#range.clone();
    let results: AppendResult[];
    try {
      const record = this.#db.transaction(() => entries.map((entry, at) => this.#record(entry, events[at]!, range)));
      results = record.immediate();
    } catch (error) {
      throw appendError(error, logPath(this.#dir));
    }
    if (range.size > this.#range.size) {
      this.#range = range;
      this.#writeHead();
    }
    return results;
  }

  /** From `fromSeq` (included) on, in order. Read page by page, so the log may be asked and appended to meanwhile. */
  *events(fromSeq = 1): IterableIterator<StoredEvent> {
    for (let next = fromSeq; ; ) {
      const page = this.#rows('WHERE seq >= ? ORDER BY seq LIMIT ?', next, pageEvents);
      for (const row of page) yield storedEventOfRow(row);
      if (page.length < pageEvents) return;
      next = (page.at(-1)!.seq as number) + 1;
    }
  }

  byTaskId(taskId: string): StoredEvent | undefined {
    return this.#one('WHERE task_id = ?', Buffer.from(demandHash(taskId, 'taskId'), 'hex'));
  }

  byEventId(eventId: string): StoredEvent | undefined {
    return this.#one('WHERE event_id = ?', Buffer.from(demandHash(eventId, 'eventId'), 'hex'));
  }

  /** Events whose id begins with these 1 to 64 hex digits, sorted by id: the first 64 of them. */
  byEventIdPrefix(prefix: string): StoredEvent[] {
    if (!/^[0-9a-f]{1,64}$/.test(prefix)) {
      throw new StoreError('bad-hash', 'not the beginning of an eventId', {
        expected: '1 to 64 lower-case hex digits',
        found: JSON.stringify(prefix.slice(0, 80)),
      });
    }
    const from = Buffer.from(prefix.padEnd(64, '0'), 'hex');
    const to = Buffer.from(prefix.padEnd(64, 'f'), 'hex');
    const rows = this.#rows('WHERE event_id BETWEEN ? AND ? ORDER BY event_id LIMIT ?', from, to, maximumPrefixMatches);
    return rows.map(storedEventOfRow);
  }

  #one(where: string, id: Buffer): StoredEvent | undefined {
    const row = this.#rows(where, id)[0];
    return row === undefined ? undefined : storedEventOfRow(row);
  }

  #rows(where: string, ...values: unknown[]): EventRow[] {
    try {
      return this.#db.prepare(`SELECT ${eventColumns} FROM event ${where}`).all(...values) as EventRow[];
    } catch (error) {
      throw databaseError(error, logPath(this.#dir));
    }
  }

  #record(entry: Entry, event: NewEvent, range: CompactRange): AppendResult {
    demandReferences(entry.core, this.#blobs, (eventId) => this.byEventId(eventId));
    const recorded = this.byTaskId(entry.taskId);
    if (recorded === undefined) return { event: this.#insert(entry, range), appended: true };
    if (recorded.eventId === entry.eventId) return { event: recorded, appended: false };
    if (recorded.core.class === 'observed' && entry.core.class === 'observed') throw observedAgain(recorded);
    const violation = sealEntry(violationOf(recorded, entry, event));
    const known = this.byTaskId(violation.taskId);
    return { event: recorded, appended: false, violation: known ?? this.#insert(violation, range) };
  }

  #insert(entry: Entry, range: CompactRange): StoredEvent {
    const seq = range.size + 1;
    this.#db
      .prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        seq,
        Buffer.from(entry.eventId, 'hex'),
        Buffer.from(entry.taskId, 'hex'),
        entry.core.task.kind,
        entry.coreText,
        entry.attestationText,
        Buffer.from(entry.attestationHash, 'hex'),
        entry.obsText,
        Buffer.from(entry.obsHash, 'hex'),
        Buffer.from(entry.leaf, 'hex'),
      );
    range.append(Buffer.from(entry.leaf, 'hex'));
    return storedEventOf(entry, seq);
  }

  #settleHead(): void {
    const head = readHead(this.#dir);
    if (head !== null) {
      this.#extend(this.#range, head.size);
      if (this.#range.size < head.size) throw tailLost(this.#dir, head, this.#range.size);
      const found = this.#range.root();
      if (found !== head.historyHash) throw historyDiffers(this.#dir, head, found);
    }
    this.#catchUp();
    if (head === null && this.#range.size > 0) throw headMissing(this.#dir, this.#range.size);
    if (this.#writable && this.#range.size > (head?.size ?? -1)) this.#writeHead();
  }

  #writeHead(): void {
    writeHead(this.#dir, { size: this.#range.size, historyHash: this.#range.root() });
  }

  #catchUp(): void {
    this.#extend(this.#range, Number.MAX_SAFE_INTEGER);
  }

  /** Adds the leaves after the range's end, up to and with that of event `toSeq`. */
  #extend(range: CompactRange, toSeq: number): void {
    try {
      const leaves = this.#db.prepare('SELECT seq, leaf FROM event WHERE seq > ? AND seq <= ? ORDER BY seq');
      for (const row of leaves.iterate(range.size, toSeq)) {
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

function observedAgain(recorded: StoredEvent): StoreError {
  return new StoreError('observed-again', 'this observed task is already recorded, with another result', {
    where: `event ${recorded.seq} (${recorded.eventId.slice(0, 12)}), task ${recorded.taskId.slice(0, 12)}`,
    remedy: 'What came from outside is never replaced: a retry is a new task with `attempt` + 1 in its params.',
  });
}

function appendError(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  return new StoreError('append-failed', `the events were not recorded (${error.code}: ${error.message})`, {
    where: path,
    remedy: 'Check free space and permissions, then run again: what was recorded before is whole.',
    cause: error,
  });
}
