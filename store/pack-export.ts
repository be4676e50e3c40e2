/**
 * Writes a store, or the events of it that are asked for, as a pack. The store is only read; what is appended to it
 * meanwhile is not in the pack. Every hash of what is written is checked on the way, so a damaged store gives no pack.
 */
import { resolve, sep } from 'node:path';
import { blobMissing } from './blob-error.ts';
import type { Entry } from './entry.ts';
import type { EventLog } from './event-log.ts';
import { corrupt } from './event-row.ts';
import { historyDiffers } from './head.ts';
import { CompactRange, perfectWidths } from './merkle.ts';
import { maximumSubjectLength, type PackRecord, type PackTrailer } from './pack-record.ts';
import { PackVerification } from './pack-verification.ts';
import { PackWriter } from './pack-writer.ts';
import { purgedBlobOf, purgeKind } from './purge.ts';
import { recordedEntry } from './recorded-entry.ts';
import { runSteps, type StepOptions } from './stepwise.ts';
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

export interface PackSelection {
  /** What was asked for, for people. */
  readonly subject: string;
  /** Ascending, each once, closed: what an event names is among them. */
  readonly seqs: Iterable<number>;
}

export interface ExportOptions extends StepOptions {
  /** Replace an existing file. */
  readonly force?: boolean;
  readonly withoutObs?: boolean;
}

export interface ExportReport extends PackTrailer {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export function wholeStore(store: Store): PackSelection {
  return { subject: 'store', seqs: Array.from({ length: store.log.size }, (_, at) => at + 1) };
}

/** @throws StoreError `pack-exists`, `pack-io`, and those of a damaged store; then there is no file */
export function exportPack(
  store: Store,
  selection: PackSelection,
  path: string,
  options: ExportOptions = {},
): Promise<ExportReport> {
  return runSteps(exportSteps(store, selection, path, options), options);
}

function* exportSteps(
  store: Store,
  { subject, seqs }: PackSelection,
  path: string,
  { force = false, withoutObs = false }: ExportOptions,
): Generator<number, ExportReport> {
  const file = resolve(path);
  if (file.startsWith(`${store.dir}${sep}`)) throw insideStore(file);
  const size = store.log.size;
  const historyHash = store.log.historyHash(size);
  const purged = new Set([...store.log.byKind(purgeKind)].map(({ core }) => purgedBlobOf(core)));
  const writer = new PackWriter(file, force);
  const verification = new PackVerification();
  const add = (record: PackRecord): number => {
    verification.visit(record);
    writer.write(record);
    return writer.bytes;
  };
  try {
    let next = 1;
    for (const seq of seqs) {
      if (seq > next) yield add(omission(store.log, next, seq));
      const entry = entryAt(store.log, seq);
      for (const hash of verification.newBlobs(entry.core)) {
        const bytes = store.blobs.sizeOf(hash);
        if (bytes === null) {
          if (purged.has(hash)) continue;
          throw blobMissing(hash, store.blobs.path(hash));
        }
        yield add({ type: 'blob', hash, bytes });
        for (const piece of store.blobs.pieces(hash)) yield add({ type: 'piece', bytes: piece });
      }
      yield add({ type: 'event', seq, entry: withoutObs ? { ...entry, obsText: null } : entry });
      next = seq + 1;
    }
    if (next <= size) yield add(omission(store.log, next, size + 1));
    const trailer = verification.trailer([...subject].slice(0, maximumSubjectLength).join(''));
    add({ type: 'trailer', trailer });
    if (trailer.source.historyHash !== historyHash) {
      throw historyDiffers(store.dir, { size, historyHash }, trailer.source.historyHash);
    }
    const sha256 = writer.commit();
    return { file, bytes: writer.bytes, sha256, ...trailer };
  } finally {
    verification.close();
    writer.discard();
  }
}

function entryAt(log: EventLog, seq: number): Entry {
  const row = log.recorded(seq);
  if (row === undefined) throw corrupt('column seq', `event ${seq}`, 'no such row');
  const { core, attestation, obs, obsHash, leaf } = row;
  const entry = recordedEntry({ core, attestation, obs: obs ?? { hash: obsHash } });
  if (entry.leaf !== leaf) throw corrupt(`event ${seq} column leaf`, entry.leaf, leaf);
  return entry;
}

/** Events `fromSeq` to `toSeq` (not included) as what their leaves come to. */
function omission(log: EventLog, fromSeq: number, toSeq: number): PackRecord {
  const roots: Uint8Array[] = [];
  let next = fromSeq;
  for (const width of perfectWidths(fromSeq - 1, toSeq - 1)) {
    const range = new CompactRange();
    for (const leaf of log.leaves(next, width)) range.append(leaf);
    roots.push(Buffer.from(range.root(), 'hex'));
    next += width;
  }
  return { type: 'omitted', events: toSeq - fromSeq, roots };
}

function insideStore(file: string): StoreError {
  return new StoreError('pack-in-store', 'a pack does not belong into the folder of a store', {
    where: file,
    remedy: 'Give a name outside of it.',
  });
}
