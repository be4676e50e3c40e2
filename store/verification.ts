/**
 * One verification: the steps that it takes, and the report that their findings add up to. What there is to verify is
 * what is there when it begins: what a writer appends from then on is left aside.
 */
import type { Database } from 'better-sqlite3';
import { type Head, headMissing, readHead } from './head.ts';
import { openLogForVerifying } from './log-database.ts';
import { StoreError } from './store-error.ts';
import { blobsPath, demandStoreFolder } from './store-folder.ts';
import { type BlobFolders, BlobVerification, listBlobFolders } from './verify-blobs.ts';
import { type Expectation, LogVerification } from './verify-log.ts';
import type { SeqRange } from './verify-range.ts';
import { ProblemList, type VerifyReport } from './verify-report.ts';
import { StepRunner, type VerifyFindings, type VerifyStep } from './verify-step.ts';

/** Some 10 MB of rows: handing their findings over costs little beside checking them. */
const rangeEvents = 4096;
/** No row with its index entries takes less, so a file holds no more rows than it has room for. */
const leastRowBytes = 200;
const lowestSeq = -(1n << 63n);
const highestSeq = (1n << 63n) - 1n;

const noFolders: BlobFolders = { prefixes: [], temporaryFiles: 0, problems: [] };

export class Verification {
  readonly steps: readonly VerifyStep[];
  readonly #dir: string;
  readonly #db: Database | undefined;
  readonly #problems = new ProblemList();
  readonly #head: Head | null | undefined;
  readonly #log: LogVerification;
  readonly #folders: BlobFolders;
  readonly #withBlobs: boolean;
  readonly #blobs: BlobVerification;
  #foldersMerged = 0;
  #folderProblems = 0;

  /** @param withBlobs false: the log and HEAD alone */
  constructor(dir: string, expectation: Expectation | undefined, withBlobs = true, eventsPerRange = rangeEvents) {
    this.#dir = dir;
    this.#collect(() => demandStoreFolder(dir), ['log-missing']);
    // HEAD before the log: a writer at work then cannot make the log look short.
    this.#head = this.#collect(() => readHead(dir));
    this.#log = new LogVerification(dir, this.#head ?? null, expectation, this.#problems);
    this.#db = this.#openLog();
    const ranges = this.#db === undefined ? [] : rangesOf(this.#db, eventsPerRange);
    // The folders after the log, so that the blobs of its events are in them.
    this.#folders = withBlobs ? listBlobFolders(blobsPath(dir)) : noFolders;
    this.#withBlobs = withBlobs;
    this.#blobs = new BlobVerification(blobsPath(dir), this.#log.used, this.#problems);
    this.steps = [
      ...ranges.map((range): VerifyStep => ({ of: 'range', range })),
      ...(this.#db === undefined ? [] : [{ of: 'integrity' } as const]),
      ...this.#folders.prefixes.map((prefix): VerifyStep => ({ of: 'folder', prefix })),
    ];
    if (this.#db !== undefined) this.#log.begin();
  }

  /** Runs steps in this thread. */
  runner(): StepRunner {
    return new StepRunner(this.#dir, this.#db);
  }

  /** The findings of every step, in the order of the steps. */
  merge(findings: VerifyFindings): void {
    if (findings.of === 'range') {
      this.#log.merge(findings.range);
    } else if (findings.of === 'integrity') {
      this.#log.finish();
      for (const problem of findings.problems) this.#problems.add(problem);
    } else {
      this.#addFolderProblems();
      this.#blobs.merge(findings.folder);
      this.#foldersMerged += 1;
    }
  }

  report(): VerifyReport {
    const log = this.#log.findings();
    if (this.#head === null && log.events > 0) this.#problems.addError(headMissing(this.#dir, log.events), this.#dir);
    this.#addFolderProblems();
    const blobFindings = this.#withBlobs ? this.#blobs.finish(this.#log.purged) : { orphanBlobs: 0, purgedBlobs: 0 };
    const { temporaryFiles } = this.#folders;
    const blobs = this.#log.used.size;
    const problems = this.#problems.close();
    return { ok: problems.length === 0, ...log, blobs, ...blobFindings, temporaryFiles, problems };
  }

  close(): void {
    this.#db?.close();
  }

  #openLog(): Database | undefined {
    const opened = this.#collect(() => openLogForVerifying(this.#dir));
    if (opened === undefined) return undefined;
    const { db, drift, schema } = opened;
    for (const problem of [...schema, ...drift]) this.#problems.addError(problem, this.#dir);
    // A foreign schema decides what a query returns, so nothing is read through it.
    if (schema.length === 0) return db;
    db.close();
    return undefined;
  }

  /** Those of what lies in `blobs/` before the next folder. */
  #addFolderProblems(): void {
    const { problems } = this.#folders;
    for (
      ;
      (problems[this.#folderProblems]?.beforeFolder ?? Infinity) <= this.#foldersMerged;
      this.#folderProblems += 1
    ) {
      this.#problems.add(problems[this.#folderProblems]!.problem);
    }
  }

  /** Runs a step; a StoreError becomes a problem (only those of `codes`, if given) and the result undefined. */
  #collect<T>(step: () => T, codes?: string[]): T | undefined {
    try {
      return step();
    } catch (error) {
      if (error instanceof StoreError && codes !== undefined && !codes.includes(error.code)) throw error;
      this.#problems.addError(error, this.#dir);
      return undefined;
    }
  }
}

/** Ranges that hold every row there is, also one with a seq that no sound log would give it. */
function rangesOf(db: Database, events: number): SeqRange[] {
  const last = lastSeq(db);
  const pages = db.pragma('page_count', { simple: true }) as number;
  const room = (pages * (db.pragma('page_size', { simple: true }) as number)) / leastRowBytes;
  const ranges: SeqRange[] = [];
  let from = lowestSeq;
  for (let upTo = events; upTo < last && upTo < room; upTo += events) {
    ranges.push({ from, upTo: BigInt(upTo) });
    from = BigInt(upTo) + 1n;
  }
  return [...ranges, { from, upTo: last }];
}

/** Begins to read: the connection sees this state of the log from now on. */
function lastSeq(db: Database): bigint {
  db.exec('BEGIN');
  try {
    const last = db.prepare('SELECT max(seq) FROM event').safeIntegers().pluck().get();
    return typeof last === 'bigint' ? last : 0n;
  } catch {
    // Reading the rows will say what is wrong.
    return highestSeq;
  }
}
