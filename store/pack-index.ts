/**
 * What was seen of a pack so far: its blobs and its events. Kept in a private SQLite database that spills to a
 * temporary file, because a pack may hold any number of either, and memory must not grow with it.
 */
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import type { BlobSizes } from './references.ts';

const cacheKib = 16 * 1024;

export class PackIndex implements BlobSizes {
  readonly #db: Database;
  readonly #blob: Statement;
  readonly #addBlob: Statement;
  readonly #addPurge: Statement;
  readonly #outputs: Statement;
  readonly #addEvent: Statement;
  readonly #addTask: Statement;

  constructor() {
    // No name: a temporary database, which is gone when it is closed or the process dies.
    this.#db = new Sqlite('');
    this.#db.pragma('journal_mode = OFF');
    this.#db.pragma(`cache_size = -${cacheKib}`);
    this.#db.exec(`
      CREATE TABLE blob (hash BLOB PRIMARY KEY, bytes INTEGER) WITHOUT ROWID;
      CREATE TABLE purge (hash BLOB PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE event (id BLOB PRIMARY KEY, counts INTEGER, outputs TEXT) WITHOUT ROWID;
      CREATE TABLE task (id BLOB PRIMARY KEY) WITHOUT ROWID;
      BEGIN;
    `);
    this.#blob = this.#db.prepare('SELECT bytes FROM blob WHERE hash = ?').pluck();
    this.#addBlob = this.#db.prepare('INSERT INTO blob VALUES (?, ?)');
    this.#addPurge = this.#db.prepare('INSERT OR IGNORE INTO purge VALUES (?)');
    this.#outputs = this.#db.prepare('SELECT outputs FROM event WHERE id = ?').pluck();
    this.#addEvent = this.#db.prepare('INSERT OR IGNORE INTO event VALUES (?, ?, ?)');
    this.#addTask = this.#db.prepare('INSERT OR IGNORE INTO task VALUES (?)');
  }

  /** Bytes of a blob; null where it is absent or was not named yet. */
  sizeOf(hash: string): number | null {
    return (this.#blob.get(bytesOf(hash)) as number | null | undefined) ?? null;
  }

  /** Whether an event named the blob, be it there or absent. */
  names(hash: string): boolean {
    return this.#blob.get(bytesOf(hash)) !== undefined;
  }

  /** Whether an event named the blob and the pack does not hold it. */
  lacks(hash: string): boolean {
    return this.#blob.get(bytesOf(hash)) === null;
  }

  /** `bytes` is null for a blob that an event names and the pack does not hold. */
  addBlob(hash: string, bytes: number | null): void {
    this.#addBlob.run(bytesOf(hash), bytes);
  }

  addPurge(hash: string): void {
    this.#addPurge.run(bytesOf(hash));
  }

  /** A blob that the pack lacks although nothing says that it was purged. */
  unexplainedAbsence(): string | undefined {
    const query = 'SELECT hash FROM blob WHERE bytes IS NULL AND hash NOT IN (SELECT hash FROM purge) LIMIT 1';
    return (this.#db.prepare(query).pluck().get() as Buffer | undefined)?.toString('hex');
  }

  /** False if the event or its task was added before. `counts`: in the result hash. */
  addEvent(eventId: string, taskId: string, counts: boolean, outputs: readonly string[]): boolean {
    const added = this.#addEvent.run(bytesOf(eventId), counts ? 1 : 0, JSON.stringify(outputs)).changes;
    return added + this.#addTask.run(bytesOf(taskId)).changes === 2;
  }

  /** Undefined where the pack has no such event so far. */
  outputNames(eventId: string): readonly string[] | undefined {
    const names = this.#outputs.get(bytesOf(eventId)) as string | undefined;
    return names === undefined ? undefined : (JSON.parse(names) as string[]);
  }

  /** Ids of the events that count in the result hash, sorted. */
  *countedIds(): Generator<string> {
    for (const id of this.#db.prepare('SELECT id FROM event WHERE counts = 1 ORDER BY id').pluck().iterate()) {
      yield (id as Buffer).toString('hex');
    }
  }

  close(): void {
    this.#db.close();
  }
}

const bytesOf = (hash: string): Buffer => Buffer.from(hash, 'hex');
