/**
 * A pack is a store, or a part of one, as a single file that is written and read as a stream. Integers are little-endian.
 *
 *   "varve-pack 1\n"
 *   records, each: type (1 byte), length of the payload (4 bytes), payload
 *     O  omitted   how many events are left out here (8), then 32 bytes for each perfect subtree over their leaves
 *     B  blob      SHA-256 (32), bytes (8); its pieces follow
 *     P  piece     bytes once inflated (4), 0 stored | 1 deflated (1), content
 *     E  event     seq (8), 1 if obs is there (1), bytes of core (4), of attestation (4), core, attestation, then obs
 *                  or, where it was left out, H(obs) (32)
 *     T  trailer   canonical JSON of `PackTrailer`; the last record
 *   SHA-256 of everything before (32)
 *
 * Events stand in the order of the log that they come from, each blob right before the first event that names it. What
 * a record may say beside the others is for `pack-verification.ts`; here is how one is spelt.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { pieceBytes } from './blob-store.ts';
import { parseCanonicalBytes } from './canonical-bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Entry, maximumEntryBytes } from './entry.ts';
import { isHash } from './hash.ts';
import { recordedEntry } from './recorded-entry.ts';
import { StoreError, type StoreErrorDetails } from './store-error.ts';

export const packMagic = 'varve-pack 1\n';
/** No log is longer; as in HEAD. */
export const maximumLogSize = 1e15;
const maximumTrailerBytes = 8192;
/** In code points. */
export const maximumSubjectLength = 500;
/** Fast, and within a few per cent of the best on trajectories and JSON. */
const deflateLevel = 3;

export interface PackTrailer {
  /** Events in the pack. */
  readonly events: number;
  readonly eventsWithoutObs: number;
  readonly blobs: number;
  readonly blobBytes: number;
  /** Over the events in the pack. */
  readonly resultHash: string;
  /** The log that the events come from. */
  readonly source: { readonly events: number; readonly historyHash: string };
  /** What was asked for, for people: `store`, `campaign …`, `cell …`. */
  readonly subject: string;
}

export type PackRecord =
  | { readonly type: 'omitted'; readonly events: number; readonly roots: readonly Uint8Array[] }
  | { readonly type: 'blob'; readonly hash: string; readonly bytes: number }
  | { readonly type: 'piece'; readonly bytes: Uint8Array }
  | { readonly type: 'event'; readonly seq: number; readonly entry: Entry }
  | { readonly type: 'trailer'; readonly trailer: PackTrailer };

/** Largest payload of each type, by its letter. */
export const payloadLimits: { readonly [letter: string]: number } = {
  O: 8 + 32 * 2 * 53,
  B: 40,
  P: 5 + pieceBytes,
  E: 17 + maximumEntryBytes + 32,
  T: maximumTrailerBytes,
};

export const maximumPayloadBytes = Math.max(...Object.values(payloadLimits));

/** Type, length and payload. */
export function encodeRecord(record: PackRecord): Buffer {
  const payload = Buffer.concat(payloadOf(record));
  const head = Buffer.alloc(5);
  head.write(letters[record.type], 'latin1');
  head.writeUInt32LE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

const letters = { omitted: 'O', blob: 'B', piece: 'P', event: 'E', trailer: 'T' } as const;

function payloadOf(record: PackRecord): Uint8Array[] {
  switch (record.type) {
    case 'omitted':
      return [uint64(record.events), ...record.roots];
    case 'blob':
      return [Buffer.from(record.hash, 'hex'), uint64(record.bytes)];
    case 'piece':
      return encodePiece(record.bytes);
    case 'event':
      return encodeEvent(record.seq, record.entry);
    case 'trailer':
      return [Buffer.from(canonicalJson(record.trailer))];
  }
}

function encodePiece(bytes: Uint8Array): Uint8Array[] {
  const deflated = deflateSync(bytes, { level: deflateLevel });
  const gains = deflated.length < bytes.length;
  return [uint32(bytes.length), Uint8Array.of(gains ? 1 : 0), gains ? deflated : bytes];
}

function encodeEvent(seq: number, { coreText, attestationText, obsText, obsHash }: Entry): Uint8Array[] {
  const core = Buffer.from(coreText);
  const attestation = Buffer.from(attestationText);
  const [withObs, obs] = obsText === null ? [0, Buffer.from(obsHash, 'hex')] : [1, Buffer.from(obsText)];
  return [uint64(seq), Uint8Array.of(withObs), uint32(core.length), uint32(attestation.length), core, attestation, obs];
}

/** @throws StoreError `pack-malformed`, without a place, and those of `recordedEntry` */
export function decodeRecord(letter: string, payload: Buffer): PackRecord {
  switch (letter) {
    case 'O':
      return decodeOmitted(payload);
    case 'B':
      demandLength(payload, 40);
      return { type: 'blob', hash: payload.toString('hex', 0, 32), bytes: count(payload, 32) };
    case 'P':
      return { type: 'piece', bytes: decodePiece(payload) };
    case 'E':
      return decodeEvent(payload);
    case 'T':
      return { type: 'trailer', trailer: decodeTrailer(payload) };
    default:
      throw malformed('a record of an unknown type', {
        expected: `one of ${Object.keys(payloadLimits).join(', ')}`,
        found: JSON.stringify(letter),
      });
  }
}

export function malformed(what: string, details: StoreErrorDetails = {}): StoreError {
  const remedy = 'Get the pack again: it is incomplete or was changed.';
  return new StoreError('pack-malformed', what, { remedy, ...details });
}

function decodeOmitted(payload: Buffer): PackRecord {
  if (payload.length % 32 !== 8) demandLength(payload, 40);
  const roots = Array.from({ length: (payload.length - 8) / 32 }, (_, k) =>
    Buffer.from(payload.subarray(8 + 32 * k, 40 + 32 * k)),
  );
  return { type: 'omitted', events: count(payload, 0), roots };
}

function decodePiece(payload: Buffer): Uint8Array {
  demandAtLeast(payload, 5);
  const declared = payload.readUInt32LE(0);
  const content = payload.subarray(5);
  const method = payload[4]!;
  if (declared > pieceBytes || method > 1) {
    throw malformed('a piece of a blob that no pack holds', {
      expected: `at most ${pieceBytes} bytes, stored (0) or deflated (1)`,
      found: `${declared} bytes, method ${method}`,
    });
  }
  if (method === 1) return inflated(content, declared);
  if (content.length === declared) return content;
  throw malformed('a stored piece has another length', { expected: `${declared}`, found: `${content.length}` });
}

/** Stops at the declared length, whatever the content would grow to. */
function inflated(content: Buffer, declared: number): Uint8Array {
  const fault = (found: string) =>
    malformed('a deflated piece is not what it declares', { expected: `${declared} bytes from fewer`, found });
  if (content.length >= declared) throw fault(`${declared} bytes from ${content.length}`);
  try {
    // The declarations of Node's types lack what `info` returns.
    const { buffer, engine } = inflateSync(content, { maxOutputLength: declared, info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (buffer.length !== declared) throw fault(`${buffer.length} bytes`);
    if (engine.bytesWritten !== content.length) throw fault('bytes after the end of the deflated data');
    return buffer;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw fault(code === 'ERR_BUFFER_TOO_LARGE' ? 'more' : `data that cannot be inflated (${code})`);
  }
}

function decodeEvent(payload: Buffer): PackRecord {
  demandAtLeast(payload, 17);
  const attestationAt = 17 + payload.readUInt32LE(9);
  const obsAt = attestationAt + payload.readUInt32LE(13);
  const withObs = payload[8]!;
  const fits = obsAt <= payload.length && (withObs === 1 || (withObs === 0 && payload.length === obsAt + 32));
  if (!fits) throw malformed('the lengths within an event do not fit');
  const obs = payload.subarray(obsAt);
  const entry = recordedEntry({
    core: payload.subarray(17, attestationAt),
    attestation: payload.subarray(attestationAt, obsAt),
    obs: withObs === 1 ? obs : { hash: obs.toString('hex') },
  });
  return { type: 'event', seq: count(payload, 0), entry };
}

function decodeTrailer(payload: Buffer): PackTrailer {
  const { value } = parseCanonicalBytes(payload, maximumTrailerBytes, 'trailer');
  const trailer = value as unknown as PackTrailer;
  const { source, subject } = trailer ?? {};
  const fields = ['blobBytes', 'blobs', 'events', 'eventsWithoutObs', 'resultHash', 'source', 'subject'];
  const sound =
    hasFields(trailer, fields) &&
    hasFields(source, ['events', 'historyHash']) &&
    [trailer.events, trailer.eventsWithoutObs, trailer.blobs, trailer.blobBytes, source!.events].every(isCount) &&
    [trailer.resultHash, source!.historyHash].every(isHash) &&
    typeof subject === 'string' &&
    [...subject].length <= maximumSubjectLength;
  if (sound) return trailer;
  throw malformed('the trailer is not one', { expected: `an object of ${fields.join(', ')}` });
}

function hasFields(value: unknown, fields: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === fields.join();
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** An unsigned 64-bit integer that a JavaScript number holds exactly. */
function count(payload: Buffer, at: number): number {
  const value = payload.readBigUInt64LE(at);
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw malformed('a number is too large', { expected: 'at most 2^53 − 1', found: String(value) });
}

function demandLength(payload: Buffer, bytes: number): void {
  if (payload.length === bytes) return;
  throw malformed('a record has a wrong length', { expected: `${bytes}`, found: `${payload.length}` });
}

function demandAtLeast(payload: Buffer, bytes: number): void {
  if (payload.length < bytes) demandLength(payload, bytes);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
