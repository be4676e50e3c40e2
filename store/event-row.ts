/**
 * Reading rows of the table `event`. A row is trusted only as far as it was checked here: its types, and that the
 * core's bytes hash to its event_id. The rest (attestation, obs, leaf, references) is for `verify`.
 */
import type { EventCore, StoredEvent } from './event.ts';
import { prefixedHash } from './hash.ts';
import type { JsonObject } from './json.ts';
import { StoreError } from './store-error.ts';

/** The ids as one run of bytes, because every value that SQLite hands over singly costs as much as hashing it. */
export const eventColumns = 'seq, CAST(event_id || task_id || leaf AS BLOB), kind, core, attestation, obs';

export type EventRow = [seq: number, ids: unknown, kind: unknown, core: unknown, attestation: unknown, obs: unknown];

export function storedEventOfRow([seq, ids, kind, coreText, attestation, obs]: EventRow): StoredEvent {
  const where = `event ${seq}`;
  if (!Buffer.isBuffer(ids) || ids.length !== 96) {
    throw corrupt(`${where} columns event_id, task_id, leaf`, '32 bytes each', 'other bytes');
  }
  const hex = ids.toString('hex');
  const eventId = hex.slice(0, 64);
  const text = textOf(coreText, `${where} column core`);
  const found = prefixedHash('event', text);
  if (found !== eventId) throw corrupt(`${where} column core`, `a core with eventId ${eventId}`, found);
  const core = JSON.parse(text) as EventCore;
  if (kind !== core.task.kind) throw corrupt(`${where} column kind`, core.task.kind, String(kind));
  return {
    seq,
    eventId,
    taskId: hex.slice(64, 128),
    core,
    attestation: objectOf(attestation, `${where} column attestation`),
    obs: obs === null ? null : objectOf(obs, `${where} column obs`),
    leaf: hex.slice(128),
  };
}

export function hexOf(value: unknown, where: string): string {
  if (Buffer.isBuffer(value) && value.length === 32) return value.toString('hex');
  throw corrupt(where, '32 bytes', typeof value);
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw corrupt(where, 'text', typeof value);
}

function objectOf(value: unknown, where: string): JsonObject {
  try {
    return JSON.parse(textOf(value, where)) as JsonObject;
  } catch (error) {
    throw error instanceof StoreError ? error : corrupt(where, 'JSON', 'other text');
  }
}

export function corrupt(where: string, expected: string, found: string): StoreError {
  return new StoreError('event-corrupt', 'the log holds a damaged row', {
    where,
    expected,
    found,
    remedy: 'Run `verify` to see all damage, then restore log.sqlite from a backup.',
  });
}
