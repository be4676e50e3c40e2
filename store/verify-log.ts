/**
 * Verifies the events of an opened log in one pass, from stored bytes: each row on its own, the gapless sequence, the
 * references to earlier events, and the Merkle root at the size that HEAD gives. Collects which blobs are named.
 */
import type { Database } from 'better-sqlite3';
import type { EventCore } from './event.ts';
import { inputsOf, outputsOf } from './event-shape.ts';
import { type Head, historyDiffers, tailLost } from './head.ts';
import { databaseError, logPath } from './log-database.ts';
import { CompactRange } from './merkle.ts';
import { acceptsHead, recoveryKind } from './recovery.ts';
import { kindsOutsideResultHash, resultHash } from './result-hash.ts';
import type { StoreError } from './store-error.ts';
import { checkEventRow, type VerifiedRow, verifiedColumns } from './verify-event.ts';
import type { ProblemList } from './verify-report.ts';

/** Who named a blob first, and with how many bytes (null: a manifest, whose size nobody states). */
export interface BlobUse {
  bytes: number | null;
  where: string;
}

export interface LogFindings {
  events: number;
  eventsWithoutObs: number;
  acceptedLosses: number;
  resultHash: string;
  historyHash: string;
  uses: Map<string, BlobUse>;
}

/** A history hash noted elsewhere; without a size it may be the one of any size. */
export interface Expectation {
  hash: string;
  size?: number;
}

export class LogVerification {
  readonly #problems: ProblemList;
  readonly #dir: string;
  readonly #range = new CompactRange();
  /** Names of the outputs of each event seen so far; null if the event's core is damaged. */
  readonly #outputs = new Map<string, readonly string[] | null>();
  readonly #resultIds: string[] = [];
  readonly #uses = new Map<string, BlobUse>();
  #withoutObs = 0;
  #rows = 0;
  #expectationMet = false;
  #acceptedLosses = 0;
  /** HEAD and the log disagree, unless the last event accepts it. */
  #headFault: StoreError | null = null;
  #last: EventCore | null = null;

  constructor(dir: string, problems: ProblemList) {
    this.#dir = dir;
    this.#problems = problems;
  }

  run(db: Database, head: Head | null, expectation?: Expectation): LogFindings {
    const path = logPath(this.#dir);
    try {
      this.#meet(expectation);
      this.#compareWithHead(head);
      for (const row of db.prepare(`SELECT ${verifiedColumns} FROM event ORDER BY seq`).iterate()) {
        this.#visit(row as VerifiedRow);
        this.#meet(expectation);
        this.#compareWithHead(head);
      }
    } catch (error) {
      this.#problems.addError(databaseError(error, path), path);
    }
    if (head !== null) this.#settleHead(head);
    if (expectation !== undefined && !this.#expectationMet) this.#reportExpectation(expectation);
    return this.findings();
  }

  findings(): LogFindings {
    return {
      events: this.#rows,
      eventsWithoutObs: this.#withoutObs,
      acceptedLosses: this.#acceptedLosses,
      resultHash: resultHash(this.#resultIds),
      historyHash: this.#range.root(),
      uses: this.#uses,
    };
  }

  #visit(row: VerifiedRow): void {
    this.#rows += 1;
    if (row.seq !== this.#rows) {
      const where = `event ${String(row.seq)} column seq`;
      const what = 'the sequence has a gap';
      this.#problems.add({ code: 'log-gap', what, where, expected: String(this.#rows), found: String(row.seq) });
    }
    if (row.obs === null) this.#withoutObs += 1;
    const checked = checkEventRow(row);
    for (const problem of checked.problems) this.#problems.add(problem);
    this.#range.append(Buffer.from(checked.leaf, 'hex'));
    const { core, eventId } = checked;
    this.#last = core;
    if (core?.task.kind === recoveryKind) this.#acceptedLosses += 1;
    if (core !== null) this.#visitReferences(core, `event ${String(row.seq)} (${eventId.slice(0, 16)})`);
    this.#outputs.set(eventId, core === null ? null : Object.keys(core.outputs));
    const kind = core?.task.kind ?? String(row.kind);
    if (eventId !== '' && !kindsOutsideResultHash.includes(kind)) this.#resultIds.push(eventId);
  }

  #visitReferences(core: EventCore, where: string): void {
    for (const [name, descriptor] of outputsOf(core)) {
      this.#use(descriptor.hash, descriptor.bytes, `${where} outputs.${name}`);
    }
    for (const { path, input } of inputsOf(core)) {
      if ('manifest' in input) this.#use(input.manifest, null, `${where} ${path}`);
      else this.#demandOutput(input.event, input.output, `${where} ${path}`);
    }
  }

  #demandOutput(eventId: string, output: string, where: string): void {
    const outputs = this.#outputs.get(eventId);
    if (outputs === null || outputs?.includes(output)) return;
    const what = 'an input names what no earlier event gave';
    const expected = `an earlier event ${eventId} with output "${output}"`;
    const found = outputs === undefined ? 'no such event' : `outputs ${JSON.stringify(outputs)}`;
    this.#problems.add({ code: 'reference-missing', what, where, expected, found });
  }

  #use(hash: string, bytes: number | null, where: string): void {
    const known = this.#uses.get(hash);
    if (known === undefined || known.bytes === null) {
      this.#uses.set(hash, { bytes, where: known?.where ?? where });
    } else if (bytes !== null && known.bytes !== bytes) {
      const what = `the size of blob ${hash} is not the one that ${known.where} gives`;
      this.#problems.add({ code: 'blob-size', what, where, expected: `${known.bytes}`, found: `${bytes}` });
    }
  }

  #compareWithHead(head: Head | null): void {
    if (head === null || head.size !== this.#range.size) return;
    const root = this.#range.root();
    if (root !== head.historyHash) this.#headFault = historyDiffers(this.#dir, head, root);
  }

  #settleHead(head: Head): void {
    if (this.#range.size < head.size) this.#headFault = tailLost(this.#dir, head, this.#range.size);
    if (this.#headFault === null || (this.#last !== null && acceptsHead(this.#last, head))) return;
    this.#problems.addError(this.#headFault, this.#dir);
  }

  #meet(expectation: Expectation | undefined): void {
    if (expectation === undefined || this.#expectationMet) return;
    if (expectation.size !== undefined && expectation.size !== this.#range.size) return;
    this.#expectationMet = this.#range.root() === expectation.hash;
  }

  #reportExpectation({ hash, size }: Expectation): void {
    const at = size === undefined ? 'at any size' : `at ${size} events`;
    this.#problems.add({
      code: 'history-unexpected',
      what: `the log never had the expected history hash ${at}`,
      where: logPath(this.#dir),
      expected: hash,
      found: `${this.#range.root()} at ${this.#range.size} events`,
    });
  }
}
