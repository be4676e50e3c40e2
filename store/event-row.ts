/**
 * Reading rows of the table `event`. A row is trusted only as far as it was checked here: its types, that the core's
 * bytes hash to its event_id, that it has the shape of one, and that no text is nested so deep that using it would
 * exhaust the stack. The rest (canonical form, hashes of attestation and obs, leaf, references) is for `verify`.
 */
import { maximumDepth } from './canonical-reference.ts';
import type { EventCore, StoredEvent } from './event.ts';
import { demandCore } from './event-shape.ts';
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
  const core = coreOf(text, `${where} column core`);
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

function coreOf(text: string, where: string): EventCore {
  try {
    return demandCore(parseShallow(text, where));
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'bad-event') throw error;
    throw corrupt(`${where} ${error.details.where}`, error.details.expected ?? 'an event', 'something else');
  }
}

function objectOf(value: unknown, where: string): JsonObject {
  const object = parseShallow(textOf(value, where), where);
  if (typeof object === 'object' && object !== null && !Array.isArray(object)) return object as JsonObject;
  throw corrupt(where, 'an object', typeof object);
}

function parseShallow(text: string, where: string): unknown {
  if (isDeep(text)) throw corrupt(where, `at most ${maximumDepth} levels of nesting`, 'more');
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt(where, 'JSON', 'other text');
  }
}

/** Whether there may be more levels than an event has. Counts brackets outside strings, where there are many at all. */
function isDeep(text: string): boolean {
  if (count(text, '{') + count(text, '[') <= maximumDepth) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) {
      inString = true;
    } else if (code === openingBrace || code === openingBracket) {
      depth += 1;
      if (depth > maximumDepth) return true;
    } else if (code === closingBrace || code === closingBracket) {
      depth -= 1;
    }
  }
  return false;
}

const [quote, backslash, openingBrace, closingBrace, openingBracket, closingBracket] = Buffer.from('"\\{}[]');

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

export function corrupt(where: string, expected: string, found: string): StoreError {
  return new StoreError('event-corrupt', 'the log holds a damaged row', {
    where,
    expected,
    found,
    remedy: 'Run `verify` to see all damage, then restore log.sqlite from a backup.',
  });
}
