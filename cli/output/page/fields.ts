/** Parameters and results as rows of label, value and unit. */
import { readFieldName } from '../../../src/audit/explain/field-names.ts';
import { type Leaf, leavesOf, type Plain } from '../../../src/audit/explain/leaves.ts';
import { type Content, html, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import type { JsonObject } from '../../../store/json.ts';
import { formatNumber } from '../numbers.ts';

/** What a page shows of one event; `varve show` has the rest. */
const MAX_FIELDS = 40;
const MAX_TEXT = 300;

export type RoundNumber = (value: number) => string;

export const rounded: RoundNumber = (value) => formatNumber(value, 5);
/** What was asked keeps all its digits. */
export const allDigits: RoundNumber = String;

export function fieldTable(values: JsonObject, number: RoundNumber): Markup {
  const leaves = leavesOf(values);
  if (leaves.length === 0) return nothing;
  const left = leaves.length - MAX_FIELDS;
  return html`<dl class="fields">${leaves.slice(0, MAX_FIELDS).map((leaf) => fieldRow(leaf, number))}</dl>${
    left > 0 ? html`<p class="more">and ${left} more fields, which <code>varve show</code> prints</p>` : nothing
  }`;
}

const fieldRow = (leaf: Leaf, number: RoundNumber): Markup =>
  html`<div><dt>${shorten(readFieldName(leaf.path).label)}</dt><dd>${fieldValue(leaf, number)}</dd></div>`;

/** A number always with its unit. */
function fieldValue({ path, value }: Leaf, number: RoundNumber): string {
  const { unit } = readFieldName(path);
  const plain = (item: Plain): string =>
    typeof item === 'number' && !Number.isInteger(item) ? number(item) : item === null ? 'none' : String(item);
  const isList = typeof value === 'object' && value !== null;
  const text = isList ? `[${value.map(plain).join(', ')}]` : plain(value);
  const measured = isList ? value.some((item) => typeof item === 'number') : typeof value === 'number';
  return `${shorten(text)}${measured && unit !== '' ? ` ${unit}` : ''}`;
}

export const shorten = (text: string): string =>
  text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;

/** The fields in which the first event agrees with all others, and for each event the fields that are its own. */
export function splitShared(events: readonly JsonObject[]): { shared: JsonObject; own: JsonObject[] } {
  const [first, ...others] = events;
  const text = (value: unknown): string => JSON.stringify(value);
  const isShared = (key: string): boolean =>
    others.length > 0 && others.every((other) => Object.hasOwn(other, key) && text(other[key]) === text(first![key]));
  const keep = (event: JsonObject, wanted: (key: string) => boolean): JsonObject =>
    Object.fromEntries(Object.entries(event).filter(([key]) => wanted(key)));
  const shared = keep(first ?? {}, isShared);
  return { shared, own: events.map((event) => keep(event, (key) => !Object.hasOwn(shared, key))) };
}

export const exactBytes = (bytes: number): string =>
  `${String(bytes).replace(/\B(?=(\d{3})+$)/g, '\u202f')} ${bytes === 1 ? 'byte' : 'bytes'}`;

export const hash = (value: string): Markup => html`<code class="hash">${value}</code>`;

export const badge = (tone: 'good' | 'warn' | 'bad' | 'plain', text: Content): Markup =>
  html`<span class="badge ${tone}">${text}</span>`;
