/** Where two JSON values differ: leaf by leaf, each named by its path. */
import type { JsonValue } from '../../formats/json-document.ts';

/** A side that lacks the field lacks the key. */
export interface FieldDifference {
  /** Path such as `params.start.seed` or `dynamics.runs[0].members`. */
  readonly field: string;
  readonly a?: JsonValue;
  readonly b?: JsonValue;
}

type JsonRecord = { readonly [key: string]: JsonValue };

/** In the order of the paths. An array of plain values (a window, a list of elements) is one leaf. */
export function diffJson(a: JsonValue | undefined, b: JsonValue | undefined, field: string): FieldDifference[] {
  if (isRecord(a) && isRecord(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return keys.flatMap((key) => diffJson(member(a, key), member(b, key), field === '' ? key : `${field}.${key}`));
  }
  if (Array.isArray(a) && Array.isArray(b) && !(isPlain(a) && isPlain(b))) {
    return Array.from({ length: Math.max(a.length, b.length) }, (_, k) =>
      diffJson(a[k], b[k], `${field}[${k}]`),
    ).flat();
  }
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  return [{ field, ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) }];
}

/** How many differences `diffJson` finds, or some number beyond `limit` once there are more: for going through many values. */
export function countDifferences(a: JsonValue | undefined, b: JsonValue | undefined, limit: number): number {
  if (a === b) return 0;
  let count = 0;
  if (isRecord(a) && isRecord(b)) {
    for (const key in a) {
      count += countDifferences(a[key], member(b, key), limit - count);
      if (count > limit) return count;
    }
    for (const key in b) if (!Object.hasOwn(a, key)) count += 1;
    return count;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (isPlain(a) && isPlain(b)) return a.length === b.length && a.every((item, k) => item === b[k]) ? 0 : 1;
    for (let k = 0; k < Math.max(a.length, b.length) && count <= limit; k++) {
      count += countDifferences(a[k], b[k], limit - count);
    }
    return count;
  }
  return 1;
}

const isRecord = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlain = (values: readonly JsonValue[]): boolean =>
  values.every((value) => typeof value !== 'object' || value === null);

const member = (record: JsonRecord, key: string): JsonValue | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
