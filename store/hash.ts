/**
 * SHA-256 and the hashes that are built from it. Each kind of text has its own prefix, so that no text can stand for
 * two things; blobs alone are hashed bare, so that `sha256sum` agrees.
 *
 *   taskId             SHA-256("varve-task-1\n"        + canonical JSON of the task)
 *   eventId            SHA-256("varve-event-1\n"       + canonical JSON of the core)
 *   H(attestation)     SHA-256("varve-attestation-1\n" + canonical JSON of the attestation)
 *   H(obs)             SHA-256("varve-obs-1\n"         + canonical JSON of obs)
 */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { EventCore, Task } from './event.ts';
import { StoreError } from './store-error.ts';

export const prefixes = {
  task: 'varve-task-1\n',
  event: 'varve-event-1\n',
  attestation: 'varve-attestation-1\n',
  obs: 'varve-obs-1\n',
} as const;

const hexHash = /^[0-9a-f]{64}$/;

/** Strings are hashed as UTF-8. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex');
}

/** `text` is canonical JSON already, as a string or as the bytes of a row. */
export function prefixedHash(of: keyof typeof prefixes, text: string | Uint8Array): string {
  if (typeof text === 'string') return sha256Hex(prefixes[of] + text);
  return sha256Hex(Buffer.concat([Buffer.from(prefixes[of]), text]));
}

export function taskIdOf(task: Task): string {
  return prefixedHash('task', canonicalJson(task));
}

export function eventIdOf(core: EventCore): string {
  return prefixedHash('event', canonicalJson(core));
}

export function isHash(text: unknown): text is string {
  return typeof text === 'string' && hexHash.test(text);
}

/** Stands before every path or query that is made from a hash. */
export function demandHash(text: string, where: string): string {
  if (isHash(text)) return text;
  throw new StoreError('bad-hash', 'not a SHA-256', {
    where,
    expected: '64 lower-case hex digits',
    found: JSON.stringify(String(text).slice(0, 80)),
  });
}
