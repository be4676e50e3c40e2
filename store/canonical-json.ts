/**
 * Canonical JSON (RFC 8785): one value, one sequence of bytes, so that a hash of the bytes names the value.
 *
 * Accepted are null, booleans, well-formed strings, finite numbers other than −0 and other than integers beyond
 * ±(2⁵³−1), dense arrays and plain objects, at most 64 levels deep. Everything else is a StoreError `not-canonical`
 * that names the JSON path. The key `__proto__` is refused, because assigning it elsewhere would change an object's
 * prototype.
 *
 * The writer here validates and writes in one pass and knows only what is ordinary; on anything else it gives up, and
 * the reference (`canonical-reference.ts`) writes the value or refuses it.
 */
import { loneSurrogate, maximumDepth, referenceCanonicalJson } from './canonical-reference.ts';
import type { Json } from './json.ts';
import { StoreError } from './store-error.ts';

/** Default limit of what is parsed: far above any event (64 KiB), far below what would exhaust memory. */
const maximumTextBytes = 64 * 1024 * 1024;
const maximumKnownKeys = 4096;
const maximumKnownLength = 64;
const needsCare = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Thrown within this file where the value is out of the ordinary. */
const givenUp = Symbol('given up');
/** Keys as they are written, with their colon. The same few names come again and again. */
const knownKeys = new Map<string, string>();

export function canonicalJson(value: unknown): string {
  return written(value, false);
}

/** The value of canonical text. Text that is not the canonical form of what it says (spaces, key order, duplicate keys, other spellings of a number) is refused. */
export function parseCanonical(text: string, limitBytes = maximumTextBytes): Json {
  // A character has at most three bytes of UTF-8.
  const bytes = text.length * 3 <= limitBytes ? 0 : Buffer.byteLength(text);
  if (bytes > limitBytes) {
    throw new StoreError('json-too-large', 'the JSON text is too large', {
      expected: `at most ${limitBytes} bytes`,
      found: `${bytes} bytes`,
    });
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new StoreError('not-canonical', `the text is not JSON (${(error as Error).message})`);
  }
  if (written(value, true) !== text) {
    throw new StoreError('not-canonical', 'the text is JSON but not its canonical form (RFC 8785)', {
      expected: 'sorted unique keys, no spaces, the shortest spelling of each number and string',
    });
  }
  return value;
}

/** `parsed`: the value comes from JSON.parse, which makes nothing but plain objects and dense arrays. */
function written(value: unknown, parsed: boolean): string {
  try {
    return textOf(value, parsed, 0);
  } catch (error) {
    if (error !== givenUp) throw error;
    return referenceCanonicalJson(value);
  }
}

function textOf(value: unknown, parsed: boolean, depth: number): string {
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'number') return numberText(value);
  if (value === true) return 'true';
  if (value === false) return 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object' || depth >= maximumDepth) throw givenUp;
  if (!parsed && !isOrdinary(value)) throw givenUp;
  return Array.isArray(value)
    ? arrayText(value, parsed, depth)
    : objectText(value as Record<string, unknown>, parsed, depth);
}

function isOrdinary(value: object): boolean {
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value)) return prototype === Object.prototype || prototype === null;
  return prototype === Array.prototype && Object.keys(value).length === value.length;
}

function stringText(text: string): string {
  if (!needsCare.test(text)) return `"${text}"`;
  if (loneSurrogate.test(text)) throw givenUp;
  return JSON.stringify(text);
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value) ? Object.is(value, -0) : Number.isInteger(value) || !Number.isFinite(value)) {
    throw givenUp;
  }
  return String(value);
}

function arrayText(items: readonly unknown[], parsed: boolean, depth: number): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) text += ',';
    text += textOf(items[index], parsed, depth + 1);
  }
  return `${text}]`;
}

function objectText(value: Record<string, unknown>, parsed: boolean, depth: number): string {
  const keys = Object.keys(value);
  if (!isSorted(keys)) keys.sort();
  let text = '{';
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index]!;
    if (index > 0) text += ',';
    text += keyText(key) + textOf(value[key], parsed, depth + 1);
  }
  return `${text}}`;
}

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index += 1) if (keys[index - 1]! > keys[index]!) return false;
  return true;
}

function keyText(key: string): string {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  if (key === '__proto__') throw givenUp;
  const text = `${stringText(key)}:`;
  if (key.length <= maximumKnownLength && knownKeys.size < maximumKnownKeys) knownKeys.set(key, text);
  return text;
}
