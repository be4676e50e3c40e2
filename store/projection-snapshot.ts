/**
 * `cache/projections/<name>`: the state of a projection after some event, so that it need not be folded from the first.
 * Two lines of canonical JSON, {code, digest, name, peaks, seq} and the state.
 *
 * A snapshot is believed only if the digest is that of the state, the code is the code in use, and the tree over the
 * first `seq` events, given by its peaks, goes on to the log's own root. It may be deleted at any time, and writing it
 * never fails a command. It does not withstand someone who writes a false state with a digest to match: where others
 * can write in the folder of a store, delete `cache/` first.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson, parseCanonical } from './canonical-json.ts';
import { readRegularFile, replaceFile } from './durable-file.ts';
import { isHash, sha256Hex } from './hash.ts';
import type { Json, JsonObject } from './json.ts';
import { CompactRange } from './merkle.ts';
import { cachePath } from './store-folder.ts';

const maximumHeaderBytes = 64 * 1024;
const maximumStateBytes = 256 * 1024 * 1024;

/** Where snapshots are kept, and for which code they count. */
export interface SnapshotPlace {
  /** The folder of the store. */
  readonly dir: string;
  /** A hash of the code that folds: another code throws the snapshot away. */
  readonly code: string;
}

/** The part of the log that a snapshot is compared with. */
export interface Continued {
  /** The tree over the first `size` events. */
  treeAt(size: number): CompactRange;
  /** Whether the log begins with the events that this tree is over. */
  continues(tree: CompactRange): boolean;
}

export interface Snapshot {
  readonly seq: number;
  readonly state: Json;
}

/** SHA-256 over the canonical JSON of the state. */
export function stateDigest(state: unknown): string {
  return sha256Hex(canonicalJson(state));
}

/** undefined where there is none that can be believed, for whatever reason. */
export function readSnapshot(place: SnapshotPlace, name: string, log: Continued): Snapshot | undefined {
  try {
    const bytes = readRegularFile(snapshotPath(place, name));
    const end = bytes.indexOf('\n');
    if (end === -1 || bytes.at(-1) !== 0x0a) return undefined;
    const header = parseCanonical(bytes.toString('utf8', 0, end), maximumHeaderBytes) as JsonObject;
    const { code, digest, name: itsName, peaks, seq } = header;
    const state = bytes.subarray(end + 1, -1);
    if (Object.keys(header).length !== 5 || itsName !== name || code !== place.code) return undefined;
    if (digest !== sha256Hex(state) || !isPositive(seq) || !Array.isArray(peaks) || !peaks.every(isHash)) {
      return undefined;
    }
    const tree = CompactRange.fromPeaks(
      seq,
      peaks.map((hex) => Buffer.from(hex, 'hex')),
    );
    if (tree === undefined || !log.continues(tree)) return undefined;
    return { seq, state: parseCanonical(state.toString('utf8'), maximumStateBytes) };
  } catch {
    return undefined;
  }
}

/** @throws StoreError `not-canonical` where the state is not JSON */
export function writeSnapshot(place: SnapshotPlace, name: string, seq: number, state: unknown, log: Continued): void {
  const path = snapshotPath(place, name);
  const text = canonicalJson(state);
  try {
    const peaks = log.treeAt(seq).peaks();
    const hex = peaks.map((peak) => Buffer.from(peak).toString('hex'));
    const header = canonicalJson({ code: place.code, digest: sha256Hex(text), name, peaks: hex, seq });
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, `${header}\n${text}\n`);
  } catch {
    // What could not be kept is folded again next time.
  }
}

function snapshotPath({ dir }: SnapshotPlace, name: string): string {
  return join(cachePath(dir), 'projections', name);
}

function isPositive(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
