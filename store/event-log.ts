/**
 * The log: a gapless sequence of events, from 1, that only grows. `append` records a batch in one transaction, all or
 * nothing, and returns when it is durable and HEAD is written. The same task with the same core is recorded once; an
 * `exact` task with another core becomes a violation beside it; an `observed` one is refused. Every blob and every
 * event that a new event names must be there first.
 */
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import type { BlobStore } from './blob-store.ts';
import { type Entry, sealEntry, storedEventOf } from './entry.ts';
import type { NewEvent, StoredEvent } from './event.ts';
import { EventReader } from './event-reader.ts';
import { History } from './history.ts';
import { logPath } from './log-database.ts';
import type { CompactRange } from './merkle.ts';
import { demandReferences } from './references.ts';
import { StoreError, systemCodeOf } from './store-error.ts';
import { violationOf } from './violation.ts';

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
  readonly #reader: EventReader;
  readonly #history: History;
  readonly #insertion: Statement;

  /**
   * Compares the log with HEAD; for writing, brings up a HEAD that a crash left behind. With `recovering` HEAD is left
   * alone until the first append, which is the recovery.
   */
  constructor(db: Database, dir: string, blobs: BlobStore, writable: boolean, recovering = false) {
    this.#db = db;
    this.#dir = dir;
    this.#blobs = blobs;
    this.#writable = writable;
    this.#reader = new EventReader(db, logPath(dir));
    this.#history = new History(db, dir);
    this.#insertion = db.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    if (!recovering) this.#history.settleHead(writable);
  }

  /** Number of events, those of another process included. */
  get size(): number {
    return this.#history.latest().size;
  }

  /** Merkle root over the leaves of the first `size` events; of all if no size is given. */
  historyHash(size?: number): string {
    return (size === undefined ? this.#history.latest() : this.#history.at(size)).root();
  }

  append(events: readonly NewEvent[]): AppendResult[] {
    if (!this.#writable) {
      throw new StoreError('read-only', 'the store was opened for reading', {
        where: this.#dir,
        remedy: 'Open it for writing.',
      });
    }
    const entries = events.map(sealEntry);
    const range = this.#history.latest();
    try {
      const record = this.#db.transaction(() => entries.map((entry, at) => this.#record(entry, events[at]!, range)));
      const results = record.immediate();
      this.#history.commit(range);
      return results;
    } catch (error) {
      throw appendError(error, this.#dir);
    }
  }

  /** From `fromSeq` (included) on, in order. Read page by page, so the log may be asked and appended to meanwhile. */
  events(fromSeq?: number): IterableIterator<StoredEvent> {
    return this.#reader.events(fromSeq);
  }

  /** Those of one kind, as `events`; found by an index. */
  byKind(kind: string, fromSeq?: number): IterableIterator<StoredEvent> {
    return this.#reader.byKind(kind, fromSeq);
  }

  byTaskId(taskId: string): StoredEvent | undefined {
    return this.#reader.byTaskId(taskId);
  }

  byEventId(eventId: string): StoredEvent | undefined {
    return this.#reader.byEventId(eventId);
  }

  /** Events whose id begins with these 1 to 64 hex digits, sorted by id: the first 64 of them. */
  byEventIdPrefix(prefix: string): StoredEvent[] {
    return this.#reader.byEventIdPrefix(prefix);
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
    this.#insertion.run(
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
}

function observedAgain(recorded: StoredEvent): StoreError {
  return new StoreError('observed-again', 'this observed task is already recorded, with another result', {
    where: `event ${recorded.seq} (${recorded.eventId.slice(0, 12)}), task ${recorded.taskId.slice(0, 12)}`,
    remedy: 'What came from outside is never replaced: a retry is a new task with `attempt` + 1 in its params.',
  });
}

function appendError(error: unknown, dir: string): unknown {
  const code = error instanceof Sqlite.SqliteError ? error.code : systemCodeOf(error);
  if (code === undefined) return error;
  return new StoreError('append-failed', `the events were not acknowledged (${code}: ${(error as Error).message})`, {
    where: dir,
    remedy: 'Check free space and permissions, then run again: what was recorded before is whole.',
    cause: error,
  });
}
