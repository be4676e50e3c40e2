/**
 * What the records of a pack must be beside each other, checked in one pass: every hash, every event's canonical form
 * and shape, references to what came before only, each blob once and right before the first event that names it, the
 * Merkle root over present and omitted leaves, and the trailer's counts. The exporter sends what it writes through the
 * same checks, so that no pack is written that cannot be imported.
 */
import { createHash, type Hash } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import { demandBlobHash } from './blob-error.ts';
import { pieceBytes } from './blob-store.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Entry } from './entry.ts';
import type { EventCore } from './event.ts';
import { CompactRange, perfectWidths } from './merkle.ts';
import { PackIndex } from './pack-index.ts';
import { malformed, maximumLogSize, type PackRecord, type PackTrailer } from './pack-record.ts';
import { purgedBlobOf, purgeKind } from './purge.ts';
import { demandReferences, namedBlobs } from './references.ts';
import { kindsOutsideResultHash, resultHashOfSorted } from './result-hash.ts';
import { StoreError } from './store-error.ts';
import type { Expectation } from './verify-log.ts';

type RecordOf<T extends PackRecord['type']> = Extract<PackRecord, { type: T }>;

/** More than the inputs and outputs of an entry below 64 KiB can name. */
const maximumBlobsOfEvent = 1024;

export class PackVerification {
  readonly #index = new PackIndex();
  readonly #expectation: Expectation | undefined;
  #expectationMet = false;
  readonly #range = new CompactRange();
  /** The blob whose pieces are being read. */
  #blob: { readonly hash: string; readonly bytes: number; left: number; readonly hasher: Hash } | undefined;
  /** Bytes of the blobs that wait for the event that names them. */
  readonly #waiting = new Map<string, number>();
  #afterOmission = false;
  #events = 0;
  #eventsWithoutObs = 0;
  #blobs = 0;
  #blobBytes = 0;

  /** `expectation`: a history hash that the log which the pack comes from had. */
  constructor(expectation?: Expectation) {
    this.#expectation = expectation;
    this.#meetExpectation();
  }

  /** @returns the event, if the record is one */
  visit(record: PackRecord): Entry | undefined {
    try {
      return this.#visit(record);
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError)) throw error;
      throw new StoreError('pack-io', `the list of what the pack holds cannot be kept (${error.code})`, {
        remedy: 'Check free space in the folder for temporary files (TMPDIR).',
        cause: error,
      });
    }
  }

  #visit(record: PackRecord): Entry | undefined {
    if (this.#blob !== undefined && record.type !== 'piece') {
      throw malformed('a blob is cut short', { expected: `${this.#blob.left} more bytes`, found: `an ${record.type}` });
    }
    switch (record.type) {
      case 'omitted':
        this.#visitOmitted(record);
        return undefined;
      case 'blob':
        this.#visitBlob(record);
        return undefined;
      case 'piece':
        this.#visitPiece(record.bytes);
        return undefined;
      case 'event':
        return this.#visitEvent(record);
      case 'trailer':
        this.#visitTrailer(record.trailer);
        return undefined;
    }
  }

  /** Whether the pieces of a blob are still to come. */
  get awaitsPiece(): boolean {
    return this.#blob !== undefined;
  }

  /** Blobs of this event that no event before named, in the order in which they stand before it. */
  newBlobs(core: EventCore): string[] {
    return namedBlobs(core).filter((hash) => !this.#index.names(hash));
  }

  /** Whether an event names the blob and the pack does not hold it, its bytes having been purged where it comes from. */
  lacks(hash: string): boolean {
    return this.#index.lacks(hash);
  }

  /** The trailer of what was visited so far. */
  trailer(subject: string): PackTrailer {
    return {
      events: this.#events,
      eventsWithoutObs: this.#eventsWithoutObs,
      blobs: this.#blobs,
      blobBytes: this.#blobBytes,
      resultHash: resultHashOfSorted(this.#index.countedIds()),
      source: { events: this.#range.size, historyHash: this.#range.root() },
      subject,
    };
  }

  /** To be asked at the end. @throws StoreError `history-differs` */
  demandExpectation(): void {
    if (this.#expectation === undefined || this.#expectationMet) return;
    const { hash, size } = this.#expectation;
    const at = size === undefined ? 'at no size that the pack shows' : `not at ${size} events`;
    throw new StoreError('history-differs', `the log that the pack comes from had the expected history hash ${at}`, {
      expected: hash,
      found: `${this.#range.root()} at ${this.#range.size} events`,
      remedy: 'A part of a log shows its hash only where what it holds ends: ask for the hash at the last size.',
    });
  }

  close(): void {
    this.#index.close();
  }

  #visitOmitted({ events, roots }: RecordOf<'omitted'>): void {
    this.#demandNoneWaiting();
    const from = this.#range.size;
    if (events < 1 || this.#afterOmission || events > maximumLogSize - from) {
      throw malformed('a stretch of omitted events that no log has', { found: `${events} after ${from}` });
    }
    const widths = [...perfectWidths(from, from + events)];
    if (roots.length !== widths.length) {
      throw malformed('a stretch of omitted events with a wrong number of hashes', {
        expected: `${widths.length} for events ${from + 1} to ${from + events}`,
        found: `${roots.length}`,
      });
    }
    widths.forEach((width, at) => {
      this.#range.appendPerfect(roots[at]!, width);
    });
    this.#afterOmission = true;
    this.#meetExpectation();
  }

  #visitBlob({ hash, bytes }: RecordOf<'blob'>): void {
    if (this.#index.names(hash) || this.#waiting.has(hash)) {
      throw malformed('a blob stands twice, or after an event that names it', { found: `blob ${hash}` });
    }
    if (this.#waiting.size === maximumBlobsOfEvent) {
      throw malformed('more blobs in a row than an event can name', { expected: `at most ${maximumBlobsOfEvent}` });
    }
    this.#blob = { hash, bytes, left: bytes, hasher: createHash('sha256') };
    if (bytes === 0) this.#endBlob();
  }

  #visitPiece(bytes: Uint8Array): void {
    if (this.#blob === undefined) throw malformed('a piece that belongs to no blob');
    const expected = Math.min(pieceBytes, this.#blob.left);
    if (bytes.length !== expected) {
      const found = `${bytes.length} bytes`;
      throw malformed('a piece of a blob has a wrong length', { expected: `${expected} bytes`, found });
    }
    this.#blob.hasher.update(bytes);
    this.#blob.left -= bytes.length;
    if (this.#blob.left === 0) this.#endBlob();
  }

  #endBlob(): void {
    const { hash, bytes, hasher } = this.#blob!;
    demandBlobHash(hasher.digest('hex'), hash, `blob ${hash}`);
    this.#blob = undefined;
    this.#blobs += 1;
    this.#blobBytes += bytes;
    this.#waiting.set(hash, bytes);
  }

  #visitEvent({ seq, entry }: RecordOf<'event'>): Entry {
    const next = this.#range.size + 1;
    if (seq !== next) throw malformed('an event out of order', { expected: `event ${next}`, found: `event ${seq}` });
    this.#settleBlobs(entry.core);
    demandReferences(
      entry.core,
      this.#index,
      (eventId) => this.#index.outputNames(eventId),
      (hash) => this.#index.lacks(hash),
    );
    const counts = !kindsOutsideResultHash.includes(entry.core.task.kind);
    if (!this.#index.addEvent(entry.eventId, entry.taskId, counts, Object.keys(entry.core.outputs))) {
      throw malformed('an event or its task stands twice', { found: `event ${entry.eventId}` });
    }
    const purged = purgedBlobOf(entry.core);
    if (purged !== undefined) this.#index.addPurge(purged);
    this.#events += 1;
    if (entry.obsText === null) this.#eventsWithoutObs += 1;
    this.#range.append(Buffer.from(entry.leaf, 'hex'));
    this.#afterOmission = false;
    this.#meetExpectation();
    return entry;
  }

  /** The blobs before an event are those that it is the first to name, in their order; those left out were purged. */
  #settleBlobs(core: EventCore): void {
    const named = this.newBlobs(core);
    const expected = named.filter((hash) => this.#waiting.has(hash));
    const found = [...this.#waiting.keys()];
    if (expected.join() !== found.join()) {
      throw malformed('blobs that the next event does not name, or in another order', {
        expected: `${expected.length} blobs in the order in which it names them`,
        found: found.map((hash) => hash.slice(0, 12)).join(', '),
      });
    }
    for (const hash of named) this.#index.addBlob(hash, this.#waiting.get(hash) ?? null);
    this.#waiting.clear();
  }

  #visitTrailer(found: PackTrailer): void {
    this.#demandNoneWaiting();
    const absent = this.#index.unexplainedAbsence();
    if (absent !== undefined) {
      throw malformed('an event names a blob that the pack does not hold', {
        expected: `blob ${absent}, or an event of kind ${purgeKind} that names it`,
        found: 'neither',
      });
    }
    const expected = this.trailer(found.subject);
    if (canonicalJson(expected) !== canonicalJson(found)) {
      throw malformed('the trailer does not count what the pack holds', {
        expected: canonicalJson(expected),
        found: canonicalJson(found),
      });
    }
  }

  #demandNoneWaiting(): void {
    const [hash] = this.#waiting.keys();
    if (hash !== undefined) throw malformed('a blob that no event names', { found: `blob ${hash}` });
  }

  /** A part of a log has a root wherever a present event or an omitted stretch ends. */
  #meetExpectation(): void {
    if (this.#expectation === undefined || this.#expectationMet) return;
    const { hash, size } = this.#expectation;
    this.#expectationMet = (size === undefined || size === this.#range.size) && this.#range.root() === hash;
  }
}
