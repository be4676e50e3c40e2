/** The first place in which two JSON values differ, in the order of their sorted keys. */
import type { JsonValue } from '../../formats/json-document.ts';
import { type ExactNumber, exactNumber, unitsInLastPlace } from './exact-number.ts';

export interface ValueDifference {
  /** `a.b[3]`; empty for the whole value. */
  readonly place: string;
  readonly recorded: ExactNumber | string;
  readonly recomputed: ExactNumber | string;
  readonly unitsInLastPlace?: number;
}

const LONGEST_TEXT = 200;

export function locateInJson(
  recorded: JsonValue | undefined,
  recomputed: JsonValue | undefined,
  place = '',
): ValueDifference | undefined {
  if (typeof recorded === 'number' && typeof recomputed === 'number') {
    return Object.is(recorded, recomputed) ? undefined : numberDifference(place, recorded, recomputed);
  }
  if (isComposite(recorded) && isComposite(recomputed) && Array.isArray(recorded) === Array.isArray(recomputed)) {
    for (const key of keysOf(recorded, recomputed)) {
      const inner = Array.isArray(recorded) ? `${place}[${key}]` : place === '' ? key : `${place}.${key}`;
      const found = locateInJson(entryOf(recorded, key), entryOf(recomputed, key), inner);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return recorded === recomputed ? undefined : { place, recorded: textOf(recorded), recomputed: textOf(recomputed) };
}

export const numberDifference = (place: string, recorded: number, recomputed: number): ValueDifference => ({
  place,
  recorded: exactNumber(recorded),
  recomputed: exactNumber(recomputed),
  unitsInLastPlace: unitsInLastPlace(recorded, recomputed),
});

type Composite = JsonValue[] | { [key: string]: JsonValue };

const isComposite = (value: JsonValue | undefined): value is Composite => typeof value === 'object' && value !== null;

/** Of both, in order: by number in arrays, by code units in objects. */
function keysOf(a: Composite, b: Composite): string[] {
  if (Array.isArray(a)) return Object.keys(Array.isArray(b) && b.length > a.length ? b : a);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

const entryOf = (value: Composite, key: string): JsonValue | undefined =>
  Object.hasOwn(value, key) ? (value as { [key: string]: JsonValue })[key] : undefined;

function textOf(value: JsonValue | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
