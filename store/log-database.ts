/**
 * Opens `log.sqlite` and lets nothing through that is not a store of a version this program understands: the
 * application_id, user_version, recorded migrations and the whole schema are checked before any row is read.
 * Settings of every connection: WAL, synchronous=FULL, trusted_schema=OFF, recursive_triggers=ON, cell_size_check=ON.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { readHead, tailLost } from './head.ts';
import { copyLogIfNeeded } from './log-copy.ts';
import { applyMigrations, installedMigrations, migrationDrift } from './migrations.ts';
import { schemaDifferences } from './schema.ts';
import { StoreError } from './store-error.ts';

/** "varv" in ASCII. */
export const applicationId = 0x76617276;
const oldestSqlite = [3, 51, 3] as const;
const journalLimitBytes = 64 * 1024 * 1024;
/** 64 MiB: where many commits touch the same pages of an index, each page is copied into the database once for all. */
const checkpointPages = 16_384;
const busyTimeoutMs = 5000;

export function logPath(dir: string): string {
  return join(dir, 'log.sqlite');
}

/** For writing: brings the file to the present version, from nothing if it is new. The writer lock is held by now. */
export function openLogForWriting(dir: string): Database {
  return opened(dir, { readonly: false }, (db, path) => {
    const version = versionOf(db, path);
    if (version > 0) throwFirst(foundProblems(db, path, version));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${journalLimitBytes}`);
    db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    if (version === 0) db.pragma(`application_id = ${applicationId}`);
    applyMigrations(db, installedMigrations(), version);
    throwFirst(foundProblems(db, path, installedMigrations().length));
  });
}

/** A store of any earlier version is read as it is. */
export function openLogForReading(dir: string): Database {
  return opened(dir, { readonly: true, fileMustExist: true }, (db, path) => {
    const version = demandCreated(versionOf(db, path), dir);
    throwFirst(foundProblems(db, path, version));
  });
}

/** For verification: what is wrong in its schema and its migrations is told apart. */
export function openLogForVerifying(dir: string): { db: Database; drift: StoreError[]; schema: StoreError[] } {
  let drift: StoreError[] = [];
  let schema: StoreError[] = [];
  const db = opened(dir, { readonly: true, fileMustExist: true }, (opening, path) => {
    const migrations = installedMigrations().slice(0, demandCreated(versionOf(opening, path), dir));
    schema = schemaDifferences(opening, migrations, path);
    if (schema.length === 0) drift = migrationDrift(opening, migrations, path);
  });
  return { db, drift, schema };
}

/** SQLite's own complaint as a StoreError; other errors come back as they are. */
export function databaseError(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const isOfDisk = error.code === 'SQLITE_FULL' || error.code.startsWith('SQLITE_IOERR');
  const what = `SQLite cannot use the log (${error.code}: ${error.message})`;
  return new StoreError(isOfDisk ? 'log-io' : 'log-unreadable', what, {
    where: path,
    remedy: isOfDisk
      ? 'Check free space and the disk, then try again; `verify` tells whether what was recorded is whole.'
      : error.code === 'SQLITE_READONLY_ROLLBACK'
        ? 'The creation of this store was cut short: open it once for writing (any `run` does).'
        : 'Check that the file and its folder can be read; if it is damaged, restore it from a backup.',
    cause: error,
  });
}

function opened(dir: string, options: Sqlite.Options, prepare: (db: Database, path: string) => void): Database {
  const path = logPath(dir);
  demandRegularFile(path);
  const copy = options.readonly === true ? copyLogIfNeeded(path) : null;
  let db: Database | undefined;
  try {
    db = new Sqlite(copy?.path ?? path, { ...options, timeout: busyTimeoutMs });
    demandSqlite(db);
    db.pragma('trusted_schema = OFF');
    db.pragma('recursive_triggers = ON');
    db.pragma('cell_size_check = ON');
    prepare(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw databaseError(error, path);
  } finally {
    copy?.discard();
  }
}

/** SQLite would follow a link to another's file, and wait for whoever writes into a pipe. */
function demandRegularFile(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile()) return;
  throw new StoreError('not-a-store', 'log.sqlite is not a regular file', {
    where: path,
    expected: 'a file',
    found: stat.isSymbolicLink() ? 'a symbolic link' : stat.isDirectory() ? 'a folder' : 'something else',
    remedy: 'Give the folder of a store; a store may be reached through a link, but its files are its own.',
  });
}

function demandSqlite(db: Database): void {
  const version = db.prepare('SELECT sqlite_version()').pluck().get() as string;
  const parts = version.split('.').map(Number);
  const at = oldestSqlite.findIndex((part, index) => part !== parts[index]);
  if (at === -1 || parts[at]! > oldestSqlite[at]!) return;
  throw new StoreError('sqlite-too-old', 'this SQLite has faults that can lose data in WAL mode', {
    expected: `SQLite ${oldestSqlite.join('.')} or newer`,
    found: version,
    remedy: 'Install the better-sqlite3 that package.json names.',
  });
}

/** 0 for a file without anything in it, which is what a crash while creating a store leaves. */
function versionOf(db: Database, path: string): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  const application = db.pragma('application_id', { simple: true }) as number;
  const items = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  if (items === 0 && version === 0 && (application === 0 || application === applicationId)) return 0;
  if (application !== applicationId) {
    throw new StoreError('not-a-store', 'the database is not one that varve wrote', {
      where: path,
      expected: `application_id ${applicationId}`,
      found: String(application),
      remedy: 'Give another folder.',
    });
  }
  const known = installedMigrations().length;
  if (version > known) {
    throw new StoreError('store-newer', 'the store was written by a newer varve', {
      where: path,
      expected: `a store of version ${known} or older`,
      found: `version ${version}`,
      remedy: 'Use that varve or a newer one; this one changes nothing in the store.',
    });
  }
  if (version < 1) {
    throw new StoreError('schema-differs', 'the store has tables but no version', {
      where: path,
      expected: `user_version 1 to ${known}`,
      found: String(version),
    });
  }
  return version;
}

function demandCreated(version: number, dir: string): number {
  if (version > 0) return version;
  // The schema too may have been in the part that was lost.
  const head = readHead(dir);
  if (head !== null && head.size > 0) throw tailLost(dir, head, 0);
  throw new StoreError('store-older', 'the creation of this store was cut short: it holds nothing', {
    where: logPath(dir),
    remedy: 'Open it once for writing (any `run` does): that makes it whole.',
  });
}

function foundProblems(db: Database, path: string, version: number): StoreError[] {
  const migrations = installedMigrations().slice(0, version);
  const schema = schemaDifferences(db, migrations, path);
  return schema.length > 0 ? schema : migrationDrift(db, migrations, path);
}

function throwFirst(problems: StoreError[]): void {
  if (problems.length > 0) throw problems[0];
}
