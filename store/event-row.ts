/**
 * Reading rows of the table `event`. A row is trusted only as far as it was checked here: its types, and that the
 * core's bytes hash to its event_id. The rest (attestation, obs, leaf, references) is for `verify`.
 */
import type { EventCore, StoredEvent } from './event.ts';
import { prefixedHash } from './hash.ts';
import type { JsonObject } from './json.ts';
import { StoreError } from './store-error.ts';

export const eventColumns = 'seq, event_id, task_id, kind, core, attestation, obs, leaf';

export interface EventRow {
  seq: unknown;
  event_id: unknown;
  task_id: unknown;
  kind: unknown;
  core: unknown;
  attestation: unknown;
  obs: unknown;
  leaf: unknown;
}

export function storedEventOfRow(row: EventRow): StoredEvent {
  const where = `event ${String(row.seq)}`;
  const eventId = hexOf(row.event_id, `${where} column event_id`);
  const coreText = textOf(row.core, `${where} column core`);
  const found = prefixedHash('event', coreText);
  if (found !== eventId) throw corrupt(`${where} column core`, `a core with eventId ${eventId}`, found);
  const core = JSON.parse(coreText) as EventCore;
  if (row.kind !== core.task.kind) throw corrupt(`${where} column kind`, core.task.kind, String(row.kind));
  return {
    seq: row.seq as number,
    eventId,
    taskId: hexOf(row.task_id, `${where} column task_id`),
    core,
    attestation: objectOf(row.attestation, `${where} column attestation`),
    obs: row.obs === null ? null : objectOf(row.obs, `${where} column obs`),
    leaf: hexOf(row.leaf, `${where} column leaf`),
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
