/** The values in nested parameters or results, each with its path. A list of plain values is one value. */
import type { JsonValue } from '../../formats/json-document.ts';

export type Plain = null | boolean | number | string;

export interface Leaf {
  readonly path: readonly string[];
  readonly value: Plain | readonly Plain[];
}

export function leavesOf(value: JsonValue, path: readonly string[] = []): Leaf[] {
  if (Array.isArray(value) && value.every(isPlain)) return [{ path, value }];
  if (isPlain(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

const isPlain = (value: JsonValue): value is Plain => typeof value !== 'object' || value === null;
