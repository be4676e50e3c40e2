/** Queries of the table `event`. Every event that is returned was checked as `event-row.ts` says. */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvent } from './event.ts';
import { corrupt, type EventRow, eventColumns, hexOf, storedEventOfRow } from './event-row.ts';
import { demandHash } from './hash.ts';
import { databaseError } from './log-database.ts';
import { hashBytes } from './merkle.ts';
import { StoreError } from './store-error.ts';

const pageEvents = 1024;
const maximumPrefixMatches = 64;

/** To go through all ids takes as long as to ask for one in so many. */
const scanningIsFaster = 4;

function idBytes(value: unknown, which: number | string): Buffer {
  if (Buffer.isBuffer(value) && value.length === hashBytes) return value;
  throw corrupt(`event ${which} column event_id`, '32 bytes', typeof value);
}

/** A row as it is handed over: texts as bytes, so that no wrong byte turns into a replacement character. */
export interface RecordedRow {
  core: Buffer;
  attestation: Buffer;
  /** null where it was left out. */
  obs: Buffer | null;
  obsHash: string;
  leaf: string;
}

export class EventReader {
  readonly #path: string;
  readonly #page: Statement;
  readonly #kindPage: Statement;
  readonly #recorded: Statement;
  readonly #leaves: Statement;
  readonly #bySeq: Statement;
  readonly #byTask: Statement;
  readonly #byEvent: Statement;
  readonly #seqOfTask: Statement;
  readonly #seqOfEvent: Statement;
  readonly #byPrefix: Statement;
  readonly #idsBySeq: Statement;
  readonly #allIds: Statement;

  constructor(db: Database, path: string) {
    this.#path = path;
    const select = (condition: string) => db.prepare(`SELECT ${eventColumns} FROM event ${condition}`).raw();
    const texts = ['core', 'attestation', 'obs'].map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ');
    this.#page = select(`WHERE seq >= ? ORDER BY seq LIMIT ${pageEvents}`);
    this.#kindPage = select(`WHERE kind = ? AND seq >= ? ORDER BY seq LIMIT ${pageEvents}`);
    this.#bySeq = select('WHERE seq = ?');
    this.#recorded = db.prepare(`SELECT ${texts}, obs_hash, leaf FROM event WHERE seq = ?`);
    this.#leaves = db.prepare('SELECT seq, leaf FROM event WHERE seq >= ? AND seq < ? ORDER BY seq');
    this.#byTask = select('WHERE task_id = ?');
    this.#seqOfEvent = db.prepare('SELECT seq FROM event WHERE event_id = ?').pluck();
    this.#seqOfTask = db.prepare('SELECT seq FROM event WHERE task_id = ?').pluck();
    this.#byEvent = select('WHERE event_id = ?');
    const given = 'seq IN (SELECT value FROM json_each(?))';
    this.#idsBySeq = db.prepare(`SELECT event_id FROM event WHERE ${given}`).pluck();
    // The index over event_id holds all that is asked, in a small part of the table's bytes.
    this.#allIds = db.prepare('SELECT seq, event_id FROM event').raw();
    this.#byPrefix = select(`WHERE event_id BETWEEN ? AND ? ORDER BY event_id LIMIT ${maximumPrefixMatches}`);
  }

  /** From `fromSeq` (included) on, in order. Read page by page, so the log may be asked and appended to meanwhile. */
  events(fromSeq = 1): IterableIterator<StoredEvent> {
    return this.#paged(this.#page, [], fromSeq);
  }

  /** Those of one kind, as `events`; found by an index. */
  byKind(kind: string, fromSeq = 1): IterableIterator<StoredEvent> {
    return this.#paged(this.#kindPage, [kind], fromSeq);
  }

  recorded(seq: number): RecordedRow | undefined {
    const [row] = this.#rows(this.#recorded, seq);
    if (row === undefined) return undefined;
    const obsHash = hexOf(row.obs_hash, `event ${seq} column obs_hash`);
    const leaf = hexOf(row.leaf, `event ${seq} column leaf`);
    const { core, attestation, obs } = row as { core: Buffer; attestation: Buffer; obs: Buffer | null };
    return { core, attestation, obs, obsHash, leaf };
  }

  *leaves(fromSeq: number, count: number): IterableIterator<Buffer> {
    const end = fromSeq + count;
    for (let next = fromSeq; next < end; ) {
      const page = this.#rows(this.#leaves, next, Math.min(end, next + pageEvents));
      if (page.length === 0) throw corrupt('column seq', `event ${next}`, 'no such row');
      for (const { seq, leaf } of page) {
        if (seq !== next) throw corrupt('column seq', `event ${next}`, `event ${String(seq)}`);
        yield Buffer.from(hexOf(leaf, `event ${next} column leaf`), 'hex');
        next += 1;
      }
    }
  }

  /**
   * The eventIds of these events, 32 bytes each, in any order. Nothing is checked against what the events hold.
   * @param size of the log
   */
  eventIds(seqs: readonly number[], size: number): Buffer {
    if (seqs.length * scanningIsFaster < size) {
      const ids = this.#rows<unknown>(this.#idsBySeq, JSON.stringify(seqs)).map((id) => idBytes(id, 'of one of many'));
      if (ids.length < seqs.length) throw corrupt('column seq', `${seqs.length} events`, `${ids.length}`);
      return Buffer.concat(ids);
    }
    const wanted = new Uint8Array(size + 1);
    for (const seq of seqs) wanted[seq] = 1;
    const found = Buffer.alloc(seqs.length * hashBytes);
    let at = 0;
    try {
      for (const row of this.#allIds.iterate()) {
        const [seq, id] = row as [number, unknown];
        if (wanted[seq] === 1 && at < found.length) at += idBytes(id, seq).copy(found, at);
      }
    } catch (error) {
      throw databaseError(error, this.#path);
    }
    if (at < found.length) throw corrupt('column seq', `${seqs.length} events`, `${at / hashBytes}`);
    return found;
  }

  bySeq(seq: number): StoredEvent | undefined {
    return this.#all(this.#bySeq, seq)[0];
  }

  byTaskId(taskId: string): StoredEvent | undefined {
    return this.#all(this.#byTask, Buffer.from(demandHash(taskId, 'taskId'), 'hex'))[0];
  }

  /** Where an event lies, without reading it. */
  seqOfEvent(eventId: string): number | undefined {
    return this.#rows<number>(this.#seqOfEvent, Buffer.from(demandHash(eventId, 'eventId'), 'hex'))[0];
  }

  /** Where the event of a task lies, without reading it. */
  seqOfTask(taskId: string): number | undefined {
    return this.#rows<number>(this.#seqOfTask, Buffer.from(demandHash(taskId, 'taskId'), 'hex'))[0];
  }

  byEventId(eventId: string): StoredEvent | undefined {
    return this.#all(this.#byEvent, Buffer.from(demandHash(eventId, 'eventId'), 'hex'))[0];
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
    return this.#all(this.#byPrefix, from, to);
  }

  *#paged(statement: Statement, values: unknown[], fromSeq: number): IterableIterator<StoredEvent> {
    for (let next = fromSeq; ; ) {
      const page = this.#all(statement, ...values, next);
      yield* page;
      if (page.length < pageEvents) return;
      next = page.at(-1)!.seq + 1;
    }
  }

  #all(statement: Statement, ...values: unknown[]): StoredEvent[] {
    return this.#rows(statement, ...values).map((row) => storedEventOfRow(row as unknown as EventRow));
  }

  #rows<T = Record<string, unknown>>(statement: Statement, ...values: unknown[]): T[] {
    try {
      return statement.all(...values) as T[];
    } catch (error) {
      throw databaseError(error, this.#path);
    }
  }
}
