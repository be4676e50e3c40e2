/**
 * Verifies the events of a log against each other, range after range in the order of seq: the gapless sequence, the
 * references to earlier events, the Merkle root at the size that HEAD gives. Each row was checked on its own before
 * (`verify-range.ts`). Keeps some 70 bytes an event, and gathers which blobs are named.
 */
import type { EventCore } from './event.ts';
import { Column, HashTable } from './hash-table.ts';
import { type Head, historyDiffers, tailLost } from './head.ts';
import { logPath } from './log-database.ts';
import { CompactRange, hashBytes } from './merkle.ts';
import { acceptsHead } from './recovery.ts';
import { resultHashOfBytes } from './result-hash.ts';
import type { StoreError } from './store-error.ts';
import { UsedBlobs } from './used-blobs.ts';
import { mark, noOutput, type RangeFindings } from './verify-range.ts';
import type { ProblemList } from './verify-report.ts';

export interface LogFindings {
  events: number;
  eventsWithoutObs: number;
  acceptedLosses: number;
  resultHash: string;
  historyHash: string;
}

/** A history hash noted elsewhere; without a size it may be the one of any size. */
export interface Expectation {
  hash: string;
  size?: number;
}

const hashWords = hashBytes / 4;

export class LogVerification {
  readonly used = new UsedBlobs((row, path) => `${this.#eventName(row)} ${this.#names[path]}`);
  /** Blobs whose bytes were dropped on purpose: they may be absent. */
  readonly purged = new Set<string>();
  readonly #problems: ProblemList;
  readonly #dir: string;
  readonly #head: Head | null;
  readonly #expectation: Expectation | undefined;
  readonly #range = new CompactRange();
  readonly #events = new HashTable();
  /** Of each event: the number of its list of outputs' names in `#names` plus 1; 0 where its core is damaged. */
  readonly #outputs = new Column(new Uint32Array(1024));
  readonly #isResult = new Column(new Uint8Array(1024));
  readonly #seqs = new Column(new Float64Array(1024));
  /** The first eight bytes of each row's eventId. */
  readonly #idStarts = new Column(new Uint32Array(2048));
  readonly #names: string[] = [];
  readonly #nameNumbers = new Map<string, number>();
  readonly #outputLists: (readonly string[])[] = [];
  #withoutObs = 0;
  #acceptedLosses = 0;
  /** The last row, where it is a recovery. */
  #lastRecovery: EventCore | null = null;
  /** HEAD and the log disagree, unless the last event accepts it. */
  #headFault: StoreError | null = null;
  #rows = 0;
  #expectationMet = false;
  #ended = false;

  constructor(dir: string, head: Head | null, expectation: Expectation | undefined, problems: ProblemList) {
    this.#dir = dir;
    this.#head = head;
    this.#expectation = expectation;
    this.#problems = problems;
  }

  /** Before the first range. */
  begin(): void {
    this.#compareHistory();
  }

  /** Ranges in the order of seq. What comes after rows that could not be read is left aside. */
  merge(range: RangeFindings): void {
    if (this.#ended) return;
    const { seqs, problems, uses, references } = range;
    const names = range.names.map((name) => this.#number(name));
    for (const blob of range.purged) this.purged.add(blob);
    const ids = new Uint32Array(range.eventIds.buffer);
    const usedHashes = new Uint32Array(uses.hashes.buffer);
    const referredIds = new Uint32Array(references.eventIds.buffer);
    const next = { problem: 0, use: 0, reference: 0 };
    for (let row = 0; row < seqs.length; row += 1) {
      const at = this.#rows;
      this.#rows += 1;
      this.#seqs.set(at, seqs[row]!);
      this.#idStarts.set(2 * at, ids[row * hashWords]!);
      this.#idStarts.set(2 * at + 1, ids[row * hashWords + 1]!);
      this.#demandNextSeq(seqs[row]!);
      for (; problems[next.problem]?.row === row; next.problem += 1)
        this.#problems.add(problems[next.problem]!.problem);
      for (; uses.rows[next.use] === row; next.use += 1) {
        const words = next.use * hashWords;
        this.#use(usedHashes, words, uses.bytes[next.use]!, at, names[uses.paths[next.use]!]!);
      }
      for (; references.rows[next.reference] === row; next.reference += 1) {
        const path = names[references.paths[next.reference]!]!;
        const output = references.outputs[next.reference]!;
        if (output === noOutput) this.#demandEvent(referredIds, next.reference, at, path);
        else this.#demandOutput(referredIds, next.reference, range.names[output]!, at, path);
      }
      this.#addEvent(ids, row, range.marks[row]!, names[range.outputs[row]!]!);
      this.#range.append(range.leaves.subarray(row * hashBytes, (row + 1) * hashBytes));
      this.#compareHistory();
    }
    this.#acceptedLosses += range.recoveries.length;
    const recovery = range.recoveries.at(-1);
    if (seqs.length > 0) this.#lastRecovery = recovery?.row === seqs.length - 1 ? recovery.core : null;
    if (range.end === undefined) return;
    this.#problems.add(range.end);
    this.#ended = true;
  }

  /** After the last range. */
  finish(): void {
    if (this.#head !== null) this.#settleHead(this.#head);
    if (this.#expectation !== undefined && !this.#expectationMet) this.#reportExpectation(this.#expectation);
  }

  findings(): LogFindings {
    return {
      events: this.#rows,
      eventsWithoutObs: this.#withoutObs,
      acceptedLosses: this.#acceptedLosses,
      resultHash: this.#resultHash(),
      historyHash: this.#range.root(),
    };
  }

  #demandNextSeq(seq: number): void {
    if (seq === this.#rows) return;
    const where = `event ${seq} column seq`;
    const what = 'the sequence has a gap';
    this.#problems.add({ code: 'log-gap', what, where, expected: String(this.#rows), found: String(seq) });
  }

  #addEvent(ids: Uint32Array, row: number, marks: number, outputs: number): void {
    if (marks & mark.withoutObs) this.#withoutObs += 1;
    if (!(marks & mark.hasId)) return;
    const event = this.#events.add(ids, row * hashWords);
    this.#outputs.set(event, marks & mark.coreKnown ? outputs + 1 : 0);
    if (!(marks & mark.outsideResult)) this.#isResult.set(event, 1);
  }

  #demandEvent(ids: Uint32Array, reference: number, row: number, path: number): void {
    if (this.#events.find(ids, reference * hashWords) !== -1) return;
    const eventId = Buffer.from(ids.buffer, reference * hashBytes, hashBytes).toString('hex');
    this.#problems.add({
      code: 'reference-missing',
      what: 'a correction names what no earlier event is',
      where: `${this.#eventName(row)} ${this.#names[path]}`,
      expected: `an earlier event ${eventId}`,
      found: 'no such event',
    });
  }

  #demandOutput(ids: Uint32Array, reference: number, output: string, row: number, path: number): void {
    const event = this.#events.find(ids, reference * hashWords);
    const list = event === -1 ? 0 : this.#outputs.get(event);
    // Of a damaged core nobody knows the outputs.
    if (event !== -1 && list === 0) return;
    if (event !== -1 && this.#outputNames(list - 1).includes(output)) return;
    const eventId = Buffer.from(ids.buffer, reference * hashBytes, hashBytes).toString('hex');
    this.#problems.add({
      code: 'reference-missing',
      what: 'an input names what no earlier event gave',
      where: `${this.#eventName(row)} ${this.#names[path]}`,
      expected: `an earlier event ${eventId} with output "${output}"`,
      found: event === -1 ? 'no such event' : `outputs ${this.#names[list - 1]}`,
    });
  }

  /** Of the list with this number. The same few lists come again and again. */
  #outputNames(list: number): readonly string[] {
    this.#outputLists[list] ??= JSON.parse(this.#names[list]!) as string[];
    return this.#outputLists[list];
  }

  #use(words: Uint32Array, at: number, bytes: number, row: number, path: number): void {
    const other = this.used.use(words, at, bytes, row, path);
    if (other === undefined) return;
    const what = `the size of blob ${other.hash} is not the one that ${other.where()} gives`;
    const where = `${this.#eventName(row)} ${this.#names[path]}`;
    this.#problems.add({ code: 'blob-size', what, where, expected: `${other.bytes}`, found: `${bytes}` });
  }

  #eventName(row: number): string {
    const start = Buffer.from(Uint32Array.of(this.#idStarts.get(2 * row), this.#idStarts.get(2 * row + 1)).buffer);
    return `event ${this.#seqs.get(row)} (${start.toString('hex')})`;
  }

  #number(name: string): number {
    const known = this.#nameNumbers.get(name);
    if (known !== undefined) return known;
    this.#nameNumbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  #compareHistory(): void {
    const { size } = this.#range;
    if (this.#head !== null && this.#head.size === size) {
      const root = this.#range.root();
      if (root !== this.#head.historyHash) this.#headFault = historyDiffers(this.#dir, this.#head, root);
    }
    const expected = this.#expectation;
    if (expected === undefined || this.#expectationMet) return;
    if (expected.size !== undefined && expected.size !== size) return;
    this.#expectationMet = this.#range.root() === expected.hash;
  }

  #settleHead(head: Head): void {
    if (this.#range.size < head.size) this.#headFault = tailLost(this.#dir, head, this.#range.size);
    if (this.#headFault === null || (this.#lastRecovery !== null && acceptsHead(this.#lastRecovery, head))) return;
    this.#problems.addError(this.#headFault, logPath(this.#dir));
  }

  #resultHash(): string {
    const ids = Buffer.alloc(this.#events.size * hashBytes);
    let length = 0;
    for (let event = 0; event < this.#events.size; event += 1) {
      if (this.#isResult.get(event) === 1) length += this.#events.bytesOf(event).copy(ids, length);
    }
    return resultHashOfBytes(ids.subarray(0, length));
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
