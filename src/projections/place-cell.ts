/** A cell from a place of the plan: a number of its event, or why there is none, in the words that all tables share. */
import type { JsonValue } from '../formats/json-document.ts';
import { type Place, placeEvents, whyWithheld } from './boundary-results.ts';
import { describeWithdrawal } from './campaign-results.ts';
import type { Cell, PublishedValue } from './table.ts';

export interface PlaceCell {
  readonly name: string;
  readonly unit: string;
  readonly published?: PublishedValue | null;
  readonly value: (results: { readonly [name: string]: JsonValue }) => number | null;
  readonly interval95?: (results: { readonly [name: string]: JsonValue }) => Cell['interval95'];
  readonly notes?: (results: { readonly [name: string]: JsonValue }) => readonly string[];
  /** Why an event without this number has none; the event's own reason where left out. */
  readonly without?: string;
  /** The number counts though the event withholds what it was made for. */
  readonly always?: boolean;
}

export function placeCell(place: Place, { name, unit, published = null, ...of }: PlaceCell): Cell {
  const cell: Cell = {
    name,
    value: null,
    unit,
    interval95: null,
    status: 'missing',
    notes: [],
    events: placeEvents(place),
    published,
  };
  if (place.withdrawn.length > 0) {
    return { ...cell, status: 'withdrawn', notes: place.withdrawn.map(describeWithdrawal) };
  }
  const withheld = whyWithheld(place);
  if (place.event === undefined) {
    return withheld === undefined ? cell : { ...cell, status: 'withheld', notes: [withheld] };
  }
  const { results } = place.event.core;
  const reason = of.always === true ? undefined : withheld;
  const value = of.value(results);
  if (reason !== undefined || value === null) {
    const why = reason ?? of.without ?? withheld;
    return { ...cell, status: 'withheld', notes: why === undefined ? [] : [why] };
  }
  return {
    ...cell,
    value,
    interval95: of.interval95?.(results) ?? null,
    status: 'computed',
    notes: of.notes?.(results) ?? [],
  };
}

/** A cell that a row cannot have. */
export const noCell = (name: string, unit: string, why: string): Cell => ({
  name,
  value: null,
  unit,
  interval95: null,
  status: 'withheld',
  notes: [why],
  events: [],
  published: null,
});
