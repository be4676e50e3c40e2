/**
 * The way on from a log that lost its tail, or from a lost HEAD. Nothing is given up unless the caller says how much:
 * then the loss is recorded in the log itself, as a `recovery` event, and HEAD is brought up to it. In this order, so
 * that a crash in between leaves a store that opens (a lost tail) or that can be recovered again (a lost HEAD).
 */
import { resolve } from 'node:path';
import { BlobStore } from './blob-store.ts';
import type { StoredEvent } from './event.ts';
import { EventLog } from './event-log.ts';
import { type Head, readHead } from './head.ts';
import type { JsonObject } from './json.ts';
import { openLogForWriting } from './log-database.ts';
import { recoveryCore } from './recovery.ts';
import { StoreError } from './store-error.ts';
import { blobsPath, demandStoreFolder, storeIoError } from './store-folder.ts';
import { verifyStore } from './verify.ts';
import { acquireWriterLock, type WriterLock } from './writer-lock.ts';

export interface Loss {
  /** What HEAD promises; null if HEAD is missing or was changed. */
  readonly expected: Head | null;
  /** What there is. */
  readonly found: Head;
  /** Number of events; null where nothing says how many there were. 0 if all is there. */
  readonly lost: number | null;
  /** Losses that were accepted before. */
  readonly acceptedLosses: number;
}

export interface RecoverOptions {
  readonly dir: string;
  /** Exactly what `assessLoss` says, so that nothing is given up unseen. */
  readonly acceptLoss: number | null;
  readonly attestation: JsonObject;
  readonly obs: JsonObject;
  readonly lockWaitMs?: number;
}

const headLost = ['head-missing', 'head-malformed'];

/** Reads only. @throws StoreError `not-recoverable` where there is other damage than a loss */
export async function assessLoss(directory: string): Promise<Loss> {
  const dir = resolve(directory);
  demandStoreFolder(dir);
  const { events, historyHash, acceptedLosses, problems } = await verifyStore(dir, { blobs: false });
  const found = { size: events, historyHash };
  const other = problems.find(({ code }) => code !== 'tail-lost' && !headLost.includes(code));
  if (other !== undefined) throw notRecoverable(problems.length, other.where, other.what);
  if (problems.some(({ code }) => headLost.includes(code))) {
    return { expected: null, found, lost: null, acceptedLosses };
  }
  const expected = readHead(dir) ?? found;
  return { expected, found, lost: problems.length === 0 ? 0 : expected.size - found.size, acceptedLosses };
}

/** Accepts the loss. The event that records it, or null where nothing is lost. */
export async function recoverStore(options: RecoverOptions): Promise<StoredEvent | null> {
  const dir = resolve(options.dir);
  demandStoreFolder(dir);
  let lock: WriterLock | undefined;
  try {
    lock = acquireWriterLock(dir, 'varve recover', options.lockWaitMs);
    const loss = await assessLoss(dir);
    if (loss.lost === 0) return null;
    if (loss.lost !== options.acceptLoss) throw otherLoss(dir, loss.lost, options.acceptLoss);
    return recordLoss(dir, loss, options);
  } catch (error) {
    throw storeIoError(error, dir);
  } finally {
    lock?.release();
  }
}

function recordLoss(dir: string, loss: Loss, { attestation, obs }: RecoverOptions): StoredEvent {
  const db = openLogForWriting(dir);
  try {
    const log = new EventLog(db, dir, new BlobStore(blobsPath(dir), true), true, true);
    return log.append([{ core: recoveryCore(loss), attestation, obs }])[0]!.event;
  } finally {
    db.close();
  }
}

function notRecoverable(problems: number, where: string, what: string): StoreError {
  return new StoreError('not-recoverable', 'more than the end of the log is damaged', {
    where,
    expected: 'a log in which every hash is as recorded, shorter than HEAD says, or without a HEAD',
    found: problems === 1 ? what : `${what}, and ${problems - 1} more`,
    remedy: 'Run `verify` to see all damage, and restore what it names from a backup.',
  });
}

function otherLoss(dir: string, lost: number | null, accepted: number | null): StoreError {
  return new StoreError('other-loss', 'not the loss that was to be accepted', {
    where: dir,
    expected: `${accepted ?? 'an unknown number of'} events lost`,
    found: `${lost ?? 'an unknown number of'} events lost`,
    remedy: 'Nothing was changed. Run `recover` without --accept-loss to see what is lost.',
  });
}
