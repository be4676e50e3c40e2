/**
 * The steps that a verification consists of. Each depends on the files alone, not on another step, so any thread may
 * take any of them; their findings are merged in the order of the steps, so the report does not depend on the threads.
 */
import type { Database } from 'better-sqlite3';
import { databaseError, logPath, openLogForVerifying } from './log-database.ts';
import { blobsPath } from './store-folder.ts';
import { checkBlobFolder, type FolderFindings } from './verify-blobs.ts';
import { checkRange, type RangeFindings, type SeqRange } from './verify-range.ts';
import { type Problem, problemOf } from './verify-report.ts';

export type VerifyStep =
  | { readonly of: 'range'; readonly range: SeqRange }
  | { readonly of: 'integrity' }
  | { readonly of: 'folder'; readonly prefix: string };

export type VerifyFindings =
  | { readonly of: 'range'; readonly range: RangeFindings }
  | { readonly of: 'integrity'; readonly problems: readonly Problem[] }
  | { readonly of: 'folder'; readonly folder: FolderFindings };

/** Runs steps with a connection of its own, which sees one state of the log. */
export class StepRunner {
  readonly #dir: string;
  #db: Database | undefined;

  constructor(dir: string, db?: Database) {
    this.#dir = dir;
    this.#db = db;
  }

  run(step: VerifyStep): VerifyFindings {
    if (step.of === 'folder') return { of: 'folder', folder: checkBlobFolder(blobsPath(this.#dir), step.prefix) };
    this.#db ??= openSnapshot(this.#dir);
    const path = logPath(this.#dir);
    if (step.of === 'range') return { of: 'range', range: checkRange(this.#db, path, step.range) };
    return { of: 'integrity', problems: checkIntegrity(this.#db, path) };
  }
}

function openSnapshot(dir: string): Database {
  const { db } = openLogForVerifying(dir);
  db.exec('BEGIN');
  return db;
}

function checkIntegrity(db: Database, where: string): Problem[] {
  try {
    const found = db.prepare('PRAGMA integrity_check').pluck().all().map(String);
    const wrong = found.filter((what) => what !== 'ok');
    return wrong.map((what) => ({ code: 'sqlite-integrity', what, where, expected: 'ok' }));
  } catch (error) {
    return [problemOf(databaseError(error, where), where)];
  }
}
