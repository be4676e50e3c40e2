/**
 * Takes a pack into a store. The whole pack is verified, also against what the store holds, before the first byte is
 * written; a store that is not there yet is made only then. While writing, the pack is read again, and nothing is
 * recorded that is not what was verified. Stopped anywhere and started again, the import goes on; done twice, it adds
 * nothing.
 */
import { resolve } from 'node:path';
import type { BlobReceipt } from './blob-receipt.ts';
import { type Entry, entryWithCore } from './entry.ts';
import type { StoredEvent } from './event.ts';
import { manifestsOf } from './event-shape.ts';
import { PackFile } from './pack-file.ts';
import type { PackTrailer } from './pack-record.ts';
import { PackVerification } from './pack-verification.ts';
import { runSteps, type StepOptions } from './stepwise.ts';
import { openStore, type Store } from './store.ts';
import { StoreError } from './store-error.ts';
import { folderState } from './store-folder.ts';
import { expectationOf } from './verify.ts';
import type { Expectation } from './verify-log.ts';
import { isObservedAgain, violationOf } from './violation.ts';

export interface ImportOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (phase: 'verifying' | 'writing', bytes: number, totalBytes: number) => void;
  /** A history hash of the log that the pack comes from, noted elsewhere; `SIZE:HASH` asks for one size. */
  readonly expect?: string;
  /** Verify only. */
  readonly dryRun?: boolean;
}

export interface ImportReport extends PackTrailer {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The store as it is now; null after a dry run where there is none. */
  readonly store: ReceivingState | null;
}

interface ReceivingState extends Comparison {
  readonly dir: string;
  readonly events: number;
  readonly historyHash: string;
}

interface Comparison {
  /** Events of the pack that the store held before. */
  readonly eventsKnown: number;
  readonly eventsAdded: number;
  /** Exact tasks of which the pack has another result than the store; each is recorded beside it. */
  readonly violations: number;
}

const batchEvents = 256;

/** @throws StoreError; where the pack is damaged or contradicts the store, before anything was written */
export async function importPack(path: string, dir: string, options: ImportOptions = {}): Promise<ImportReport> {
  const pack = new PackFile(resolve(path));
  try {
    const verified = await verifyPack(pack, dir, options);
    const store = options.dryRun === true ? verified.store : await writePack(pack, dir, verified, options);
    return { ...verified.trailer, file: pack.path, bytes: pack.bytes, sha256: verified.sha256, store };
  } finally {
    pack.close();
  }
}

interface Verified {
  readonly trailer: PackTrailer;
  /** Of the whole file. */
  readonly sha256: string;
  /** SHA-256 of the pack up to each batch of events, and up to its end. */
  readonly checkpoints: readonly string[];
  readonly store: ReceivingState | null;
}

async function verifyPack(pack: PackFile, dir: string, options: ImportOptions): Promise<Verified> {
  const expectation = options.expect === undefined ? undefined : expectationOf(options.expect);
  const receiving = openReceiving(dir);
  try {
    return await runSteps(verificationSteps(pack, receiving, expectation), stepOptions(pack, 'verifying', options));
  } finally {
    receiving?.close();
  }
}

async function writePack(
  pack: PackFile,
  dir: string,
  verified: Verified,
  options: ImportOptions,
): Promise<ReceivingState> {
  const store = openStore({ dir, mode: 'write', create: true, holder: 'varve import' });
  try {
    const comparison = await runSteps(writingSteps(pack, store, verified), stepOptions(pack, 'writing', options));
    return stateOf(store, comparison);
  } finally {
    store.close();
  }
}

function stateOf({ dir, log }: Store, comparison: Comparison): ReceivingState {
  return { dir, events: log.size, historyHash: log.historyHash(), ...comparison };
}

const stepOptions = (pack: PackFile, phase: 'verifying' | 'writing', options: ImportOptions): StepOptions => ({
  signal: options.signal,
  onProgress: (bytes) => options.onProgress?.(phase, bytes, pack.bytes),
});

/** null where the import will make the store, or where making it was cut short. */
function openReceiving(dir: string): Store | null {
  if (folderState(resolve(dir)) === 'new') return null;
  try {
    return openStore({ dir, mode: 'read' });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store-older') return null;
    throw error;
  }
}

function* verificationSteps(
  pack: PackFile,
  receiving: Store | null,
  expectation: Expectation | undefined,
): Generator<number, Verified> {
  const verification = new PackVerification(expectation);
  const checkpoints: string[] = [];
  const counts = { eventsKnown: 0, eventsAdded: 0, violations: 0 };
  const diverging = new Set<string>();
  let events = 0;
  let trailer: PackTrailer | undefined;
  try {
    for (const record of pack.records()) {
      const entry = pack.at(() => verification.visit(record));
      if (entry !== undefined) {
        if (receiving !== null) counts[compare(entry, receiving, diverging)] += 1;
        events += 1;
        if (events % batchEvents === 0) checkpoints.push(pack.digest());
      }
      if (record.type === 'trailer') {
        checkpoints.push(pack.digest());
        trailer = record.trailer;
        verification.demandExpectation();
      }
      yield pack.position;
    }
    const store = receiving === null ? null : stateOf(receiving, counts);
    return { trailer: trailer!, sha256: pack.digest(), checkpoints, store };
  } finally {
    verification.close();
  }
}

/**
 * What taking over the event will do, or would do. `diverging` collects the events of the pack that the store will
 * have as violations only: nothing that names one of them could be recorded.
 */
function compare(entry: Entry, { log, dir }: Store, diverging: Set<string>): keyof Comparison {
  const recorded = log.byTaskId(entry.taskId);
  if (recorded === undefined) {
    if (mayRestOn(entry, diverging)) throw restsOnOther(entry, dir);
    return 'eventsAdded';
  }
  if (recorded.eventId === entry.eventId) return 'eventsKnown';
  if (isObservedAgain(recorded, entry)) throw observedConflict(entry, recorded, dir);
  // Throws here, rather than half-way through the writing, if a violation of this size cannot be recorded.
  entryWithCore(entry, violationOf(recorded, entry));
  diverging.add(entry.eventId);
  return 'violations';
}

/** Of manifests the store cannot tell what they name. */
function mayRestOn({ core, coreText }: Entry, diverging: ReadonlySet<string>): boolean {
  if (diverging.size === 0) return false;
  if ((coreText.match(/[0-9a-f]{64}/g) ?? []).some((hash) => diverging.has(hash))) return true;
  return manifestsOf(core).length > 0;
}

const elsewhere = 'Import into another store and compare the two.';

function observedConflict(entry: Entry, recorded: StoredEvent, dir: string): StoreError {
  return new StoreError('import-conflict', 'the store has another result of the same observed task', {
    where: `event ${entry.eventId.slice(0, 16)} of the pack`,
    expected: `event ${recorded.seq} (${recorded.eventId.slice(0, 16)}) of ${dir}`,
    found: 'another outcome, other outputs or results',
    remedy: `What came from outside is never replaced. ${elsewhere}`,
  });
}

function restsOnOther(entry: Entry, dir: string): StoreError {
  return new StoreError('import-conflict', 'an event rests on one of which the store has another result', {
    where: `event ${entry.eventId.slice(0, 16)} of the pack`,
    expected: `what it rests on to be as in ${dir}, or not there`,
    found: 'another result of an exact task',
    remedy: elsewhere,
  });
}

function* writingSteps(pack: PackFile, store: Store, { checkpoints }: Verified): Generator<number, Comparison> {
  const verification = new PackVerification();
  const counts = { eventsKnown: 0, eventsAdded: 0, violations: 0 };
  let receipt: BlobReceipt | null = null;
  let batch: Entry[] = [];
  let batches = 0;
  const appendBatch = (): void => {
    if (pack.digest() !== checkpoints[batches]) throw packChanged(pack.path);
    for (const { appended, violation } of store.log.appendEntries(batch, (hash) => verification.lacks(hash))) {
      if (violation !== undefined) counts.violations += 1;
      else counts[appended ? 'eventsAdded' : 'eventsKnown'] += 1;
    }
    batch = [];
    batches += 1;
  };
  try {
    for (const record of pack.records()) {
      const entry = pack.at(() => verification.visit(record));
      if (record.type === 'blob') receipt = store.blobs.receive(record.hash, record.bytes);
      if (record.type === 'piece') receipt?.write(record.bytes);
      if (!verification.awaitsPiece) {
        receipt?.commit();
        receipt = null;
      }
      if (entry !== undefined) batch.push(entry);
      if (batch.length === batchEvents || record.type === 'trailer') appendBatch();
      yield pack.position;
    }
    return counts;
  } finally {
    verification.close();
    receipt?.discard();
  }
}

function packChanged(path: string): StoreError {
  return new StoreError('pack-differs', 'the pack changed while it was imported', {
    where: path,
    remedy: 'What was recorded until then is what was verified. Import the pack again when nobody writes it.',
  });
}
