/**
 * Canonical JSON, the slow and obvious way: a strict validator that names the path of what it refuses, and
 * fast-json-stable-stringify. `canonical-json.ts` must agree with it on every value, and asks it wherever it meets
 * something out of the ordinary.
 */
import stringify from 'fast-json-stable-stringify';
import { StoreError } from './store-error.ts';

export const maximumDepth = 64;
export const loneSurrogate = /\p{Surrogate}/u;
const identifier = /^[A-Za-z_$][\w$]*$/;

export function referenceCanonicalJson(value: unknown): string {
  demandCanonical(value, '$', 0);
  return stringify(value);
}

function refuse(path: string, found: string, expected: string): never {
  throw new StoreError('not-canonical', 'the value cannot be written as canonical JSON', {
    where: path.length > 400 ? `${path.slice(0, 400)}…` : path,
    expected,
    found,
  });
}

function demandCanonical(value: unknown, path: string, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      break;
    case 'number':
      demandNumber(value, path);
      break;
    case 'string':
      demandString(value, path);
      break;
    case 'object':
      if (value !== null) demandComposite(value, path, depth);
      break;
    default:
      refuse(path, typeof value, 'null, boolean, number, string, array or object');
  }
}

function demandComposite(value: object, path: string, depth: number): void {
  if (depth >= maximumDepth) refuse(path, 'a deeper one', `at most ${maximumDepth} levels of nesting`);
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(path, 'a key that is a symbol', 'string keys only');
  if (Array.isArray(value)) demandArray(value, path, depth);
  else demandObject(value as Record<string, unknown>, path, depth);
}

function demandObject(value: Record<string, unknown>, path: string, depth: number): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(path, `an instance of ${prototype.constructor?.name ?? 'a class'}`, 'a plain object');
  }
  for (const key of Object.keys(value)) {
    const keyPath = identifier.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
    if (key === '__proto__') refuse(keyPath, 'the key __proto__', 'any other key');
    demandString(key, keyPath);
    demandCanonical(value[key], keyPath, depth + 1);
  }
}

function demandNumber(value: number, path: string): void {
  if (!Number.isFinite(value)) refuse(path, String(value), 'a finite number');
  if (Object.is(value, -0)) refuse(path, '-0', '0 (add 0 to turn −0 into 0)');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    refuse(path, String(value), 'an integer within ±(2^53 − 1), another unit, or a string');
  }
}

function demandString(value: string, path: string): void {
  if (loneSurrogate.test(value)) refuse(path, 'a string with a lone surrogate', 'well-formed Unicode');
}

function demandArray(value: unknown[], path: string, depth: number): void {
  if (Object.getPrototypeOf(value) !== Array.prototype) refuse(path, 'an instance of a subclass', 'a plain array');
  if (Object.keys(value).length !== value.length) {
    refuse(path, 'a sparse array or one with extra keys', 'a dense array');
  }
  for (let index = 0; index < value.length; index += 1) {
    if (!Object.hasOwn(value, index)) refuse(`${path}[${index}]`, 'nothing', 'a dense array');
    demandCanonical(value[index], `${path}[${index}]`, depth + 1);
  }
}
