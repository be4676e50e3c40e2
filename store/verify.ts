/**
 * Verification of a store: every hash in it, from the stored bytes, without trusting anything that it says of itself.
 * Reads only, needs no lock, and works on a store that `openStore` refuses. What is wrong with the store is a problem
 * in the report; an exception means that there is no store at this path, or a fault in this program.
 */
import { resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import { demandHash } from './hash.ts';
import { type Head, headMissing, readHead } from './head.ts';
import { databaseError, logPath, openLogForVerifying } from './log-database.ts';
import { StoreError } from './store-error.ts';
import { blobsPath, demandStoreFolder } from './store-folder.ts';
import { verifyBlobs } from './verify-blobs.ts';
import { type Expectation, type LogFindings, LogVerification } from './verify-log.ts';
import { ProblemList, type VerifyReport } from './verify-report.ts';

export type { Problem, VerifyReport } from './verify-report.ts';

export interface VerifyOptions {
  /** A history hash noted elsewhere, of now or of any earlier size; `SIZE:HASH` asks for one size. */
  expect?: string;
  /** false: the log and HEAD alone, without reading the blobs. */
  blobs?: boolean;
}

export function verifyStore(directory: string, options: VerifyOptions = {}): VerifyReport {
  const dir = resolve(directory);
  const expectation = options.expect === undefined ? undefined : expectationOf(options.expect);
  const problems = new ProblemList();
  collect(problems, dir, () => demandStoreFolder(dir), ['log-missing']);
  // HEAD before the log: a writer at work then cannot make the log look short.
  const head = collect(problems, dir, () => readHead(dir));
  const log = verifyLog(dir, head ?? null, expectation, problems);
  if (head === null && log.events > 0) problems.addError(headMissing(dir, log.events), dir);
  const { uses, ...findings } = log;
  const blobs =
    options.blobs === false ? { orphanBlobs: 0, temporaryFiles: 0 } : verifyBlobs(blobsPath(dir), uses, problems);
  const found = problems.close();
  return { ok: found.length === 0, ...findings, blobs: uses.size, ...blobs, problems: found };
}

function verifyLog(dir: string, head: Head | null, expectation: Expectation | undefined, problems: ProblemList) {
  const verification = new LogVerification(dir, problems);
  const opened = collect(problems, dir, () => openLogForVerifying(dir));
  if (opened === undefined) return verification.findings();
  const { db, drift, schema } = opened;
  try {
    for (const problem of [...schema, ...drift]) problems.addError(problem, dir);
    // A foreign schema decides what a query returns, so nothing is read through it.
    if (schema.length > 0) return verification.findings();
    db.exec('BEGIN');
    const findings: LogFindings = verification.run(db, head, expectation);
    checkIntegrity(db, dir, problems);
    return findings;
  } finally {
    db.close();
  }
}

function checkIntegrity(db: Database, dir: string, problems: ProblemList): void {
  const where = logPath(dir);
  try {
    for (const found of db.prepare('PRAGMA integrity_check').pluck().all()) {
      if (found !== 'ok') problems.add({ code: 'sqlite-integrity', what: String(found), where, expected: 'ok' });
    }
  } catch (error) {
    problems.addError(databaseError(error, where), where);
  }
}

/** Runs a step; a StoreError becomes a problem (only those of `codes`, if given) and the result undefined. */
function collect<T>(problems: ProblemList, where: string, step: () => T, codes?: string[]): T | undefined {
  try {
    return step();
  } catch (error) {
    if (error instanceof StoreError && codes !== undefined && !codes.includes(error.code)) throw error;
    problems.addError(error, where);
    return undefined;
  }
}

function expectationOf(text: string): Expectation {
  const match = /^(?:([0-9]{1,15}):)?([^:]*)$/.exec(text);
  const hash = demandHash(match?.[2] ?? text, 'expected history hash');
  return match?.[1] === undefined ? { hash } : { hash, size: Number(match[1]) };
}
