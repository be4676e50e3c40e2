/**
 * The log: a gapless sequence of events, from 1, that only grows. `append` records a batch in one transaction, all or
 * nothing, and returns when it is durable and HEAD is written. The same task with the same core is recorded once; an
 * `exact` task with another core becomes a violation beside it; an `observed` one is refused. Every blob and every
 * event that a new event names must be there first.
 */
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import type { BlobStore } from './blob-store.ts';
import { type Entry, entryWithCore, sealEntry, storedEventOf } from './entry.ts';
import type { EventCore, NewEvent, StoredEvent } from './event.ts';
import { EventReader, type RecordedRow } from './event-reader.ts';
import { History } from './history.ts';
import { logPath } from './log-database.ts';
import type { CompactRange } from './merkle.ts';
import { demandReferences } from './references.ts';
import { StoreError, systemCodeOf } from './store-error.ts';
import { isObservedAgain, violationOf } from './violation.ts';

const maximumRecent = 4096;

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
  /** Names of the outputs of events that were named or appended lately. */
  readonly #recentOutputs = new Map<string, readonly string[]>();

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

  /** The Merkle tree over the first `size` events. */
  treeAt(size: number): CompactRange {
    return this.#history.at(size);
  }

  /** Whether the log begins with the events that this tree is over. */
  continues(tree: CompactRange): boolean {
    return this.#history.continues(tree);
  }

  /** Leaves behind what makes the next opening fast. For the writer, before the store is closed. */
  keepCache(): void {
    this.#history.keepCache();
  }

  append(events: readonly NewEvent[]): AppendResult[] {
    return this.appendEntries(events.map(sealEntry));
  }

  /** As `append`, for events that were recorded elsewhere. `mayBeAbsent`: blobs whose bytes were purged there. */
  appendEntries(entries: readonly Entry[], mayBeAbsent?: (blob: string) => boolean): AppendResult[] {
    if (!this.#writable) {
      throw new StoreError('read-only', 'the store was opened for reading', {
        where: this.#dir,
        remedy: 'Open it for writing.',
      });
    }
    const range = this.#history.latest();
    try {
      const record = this.#db.transaction(() => entries.map((entry) => this.#record(entry, range, mayBeAbsent)));
      const results = record.immediate();
      this.#history.commit(range);
      return results;
    } catch (error) {
      // Some may be of the transaction that is undone.
      this.#recentOutputs.clear();
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

  bySeq(seq: number): StoredEvent | undefined {
    return this.#reader.bySeq(seq);
  }

  byTaskId(taskId: string): StoredEvent | undefined {
    return this.#reader.byTaskId(taskId);
  }

  /** Where an event lies, without reading it. */
  seqOfEvent(eventId: string): number | undefined {
    return this.#reader.seqOfEvent(eventId);
  }

  /** Where the event of a task lies, without reading it. */
  seqOfTask(taskId: string): number | undefined {
    return this.#reader.seqOfTask(taskId);
  }

  byEventId(eventId: string): StoredEvent | undefined {
    return this.#reader.byEventId(eventId);
  }

  /** The eventIds of the events at these places, 32 bytes each, in any order. */
  eventIds(seqs: readonly number[]): Buffer {
    return this.#reader.eventIds(seqs, this.size);
  }

  /** Events whose id begins with these 1 to 64 hex digits, sorted by id: the first 64 of them. */
  byEventIdPrefix(prefix: string): StoredEvent[] {
    return this.#reader.byEventIdPrefix(prefix);
  }

  /** The stored texts and leaf of event `seq`; undefined if there is none. Nothing about them is checked. */
  recorded(seq: number): RecordedRow | undefined {
    return this.#reader.recorded(seq);
  }

  /** The leaves of `count` events from `fromSeq` on, 32 bytes each. */
  leaves(fromSeq: number, count: number): IterableIterator<Buffer> {
    return this.#reader.leaves(fromSeq, count);
  }

  #record(entry: Entry, range: CompactRange, mayBeAbsent?: (blob: string) => boolean): AppendResult {
    demandReferences(entry.core, this.#blobs, (eventId) => this.#outputNames(eventId), mayBeAbsent);
    const recorded = this.byTaskId(entry.taskId);
    if (recorded === undefined) return { event: this.#insert(entry, range), appended: true };
    if (recorded.eventId === entry.eventId) return { event: recorded, appended: false };
    if (isObservedAgain(recorded, entry)) throw observedAgain(recorded);
    const violation = entryWithCore(entry, violationOf(recorded, entry));
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
    this.#rememberOutputs(entry.eventId, entry.core);
    return storedEventOf(entry, seq);
  }

  #outputNames(eventId: string): readonly string[] | undefined {
    const recent = this.#recentOutputs.get(eventId);
    if (recent !== undefined) return recent;
    const core = this.byEventId(eventId)?.core;
    return core === undefined ? undefined : this.#rememberOutputs(eventId, core);
  }

  #rememberOutputs(eventId: string, core: EventCore): readonly string[] {
    if (this.#recentOutputs.size >= maximumRecent) this.#recentOutputs.clear();
    const names = Object.keys(core.outputs);
    this.#recentOutputs.set(eventId, names);
    return names;
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
