/** Small results as a JSON blob: keys sorted (whole numbers first, by value), numbers as the shortest decimals that read back to the same doubles. */
import { InputError } from '../numerics/input-error.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export const JSON_MEDIA_TYPE = 'application/json';

/** @throws Error (ours) where a number is not finite: such a number must never reach a blob */
export function writeJsonDocument(value: JsonValue): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(inKeyOrder(value, '')));
}

/** @throws InputError `bad-json` */
export function readJsonDocument(bytes: Uint8Array, where: string): JsonValue {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue;
  } catch {
    throw new InputError('bad-json', 'not a JSON document', { where });
  }
}

/** The value with the keys of every object in a fixed order (whole numbers by value, then code units) and −0 turned into 0. */
export function inKeyOrder(value: JsonValue, path: string): JsonValue {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${path || 'value'} is ${value}, which must never reach a blob`);
    return value + 0;
  }
  if (Array.isArray(value)) return value.map((item, index) => inKeyOrder(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, inKeyOrder(value[key]!, `${path}.${key}`)]),
  );
}
