/**
 * An entry is an event as the log keeps it: the canonical bytes of core, attestation and obs, and every hash over
 * them. It is made once, from a new event, and holds no JavaScript object of the caller, so what is hashed, what is
 * stored and what is handed back are the same bytes. An entry stays under 64 KiB: arrays belong in blobs.
 */
import { randomFillSync } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { taskTextOf } from './core-text.ts';
import type { EventCore, NewEvent, StoredEvent } from './event.ts';
import { demandCore } from './event-shape.ts';
import { prefixedHash } from './hash.ts';
import type { JsonObject } from './json.ts';
import { leafHash } from './merkle.ts';
import { StoreError } from './store-error.ts';

export const maximumEntryBytes = 64 * 1024;

export interface Entry {
  eventId: string;
  taskId: string;
  core: EventCore;
  coreText: string;
  attestationText: string;
  attestationHash: string;
  /** null where obs was left out by whoever handed the event over. */
  obsText: string | null;
  obsHash: string;
  leaf: string;
}

/** Validates, adds the salt to obs if it has none, and hashes. */
export function sealEntry(event: NewEvent): Entry {
  const coreText = canonicalJson(event.core);
  const core = demandCore(JSON.parse(coreText));
  const attestationText = canonicalJson(demandPlainObject(event.attestation, 'attestation'));
  const obsText = canonicalJson(withSalt(demandPlainObject(event.obs, 'obs')));
  return entryOf(core, coreText, attestationText, { text: obsText, hash: prefixedHash('obs', obsText) });
}

/** The same attestation and obs for another core. */
export function entryWithCore(entry: Entry, core: EventCore): Entry {
  const obs = { text: entry.obsText, hash: entry.obsHash };
  return entryOf(demandCore(core), canonicalJson(core), entry.attestationText, obs);
}

/** Demands the size and hashes. The texts are canonical and the core has the shape of one. */
export function entryOf(
  core: EventCore,
  coreText: string,
  attestationText: string,
  obs: { readonly text: string | null; readonly hash: string },
): Entry {
  demandSize(core, coreText, attestationText, obs.text ?? '');
  const eventId = prefixedHash('event', coreText);
  const attestationHash = attestationHashOf(attestationText);
  return {
    eventId,
    taskId: prefixedHash('task', taskTextOf(core, coreText)),
    core,
    coreText,
    attestationText,
    attestationHash,
    obsText: obs.text,
    obsHash: obs.hash,
    leaf: leafOf(eventId, attestationHash, obs.hash),
  };
}

let lastAttestation = { text: '', hash: '' };

/** Remembers the last one: events that follow each other mostly have the same attestation. */
export function attestationHashOf(text: string): string {
  if (text !== lastAttestation.text) lastAttestation = { text, hash: prefixedHash('attestation', text) };
  return lastAttestation.hash;
}

/** leaf = SHA-256(0x00 ‖ eventId ‖ H(attestation) ‖ H(obs)), all as hex digits here and as 32 bytes in the hash. */
export function leafOf(eventId: string, attestationHash: string, obsHash: string): string {
  return leafHash(Buffer.from(eventId + attestationHash + obsHash, 'hex')).toString('hex');
}

export function storedEventOf(entry: Entry, seq: number): StoredEvent {
  return {
    seq,
    eventId: entry.eventId,
    taskId: entry.taskId,
    core: entry.core,
    attestation: JSON.parse(entry.attestationText) as JsonObject,
    obs: entry.obsText === null ? null : (JSON.parse(entry.obsText) as JsonObject),
    leaf: entry.leaf,
  };
}

const saltBytes = 16;
/** Random bytes for many salts, drawn at once. */
const saltPool = Buffer.alloc(256 * saltBytes);
let saltsUsed = Number.POSITIVE_INFINITY;

function newSalt(): string {
  if (saltsUsed * saltBytes >= saltPool.length) {
    randomFillSync(saltPool);
    saltsUsed = 0;
  }
  saltsUsed += 1;
  return saltPool.toString('hex', (saltsUsed - 1) * saltBytes, saltsUsed * saltBytes);
}

/** 16 random bytes, so that H(obs) tells nothing about an obs that was left out. */
function withSalt(obs: JsonObject): JsonObject {
  if (obs.salt === undefined) return { ...obs, salt: newSalt() };
  if (typeof obs.salt === 'string' && /^[0-9a-f]{32}$/.test(obs.salt)) return obs;
  throw new StoreError('bad-event', 'not a salt', { where: 'obs.salt', expected: '32 lower-case hex digits, or none' });
}

export function demandPlainObject(value: unknown, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new StoreError('bad-event', 'not the shape of an event', { where: path, expected: 'an object' });
}

function demandSize(core: EventCore, ...texts: string[]): void {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes < maximumEntryBytes) return;
  throw new StoreError('entry-too-large', `the event of a ${core.task.kind} task is too large for the log`, {
    expected: `core, attestation and obs of less than ${maximumEntryBytes} bytes together`,
    found: `${bytes} bytes (${texts.map((text) => Buffer.byteLength(text)).join(' + ')})`,
    remedy: 'Write arrays as blobs and long lists of inputs as a manifest.',
  });
}
