/** Differing fields and inputs of two events as lines of text: numbers with all digits, hashes shortened. */
import type { FieldDifference } from '../../src/audit/diff/diff-json.ts';
import type { InputDifference, ItemGroup, TaskDifference } from '../../src/audit/diff/diff-tasks.ts';
import type { JsonValue } from '../../src/formats/json-document.ts';
import { shortId } from './numbers.ts';

/** Names an event for people, by its id. */
export type NameOf = (eventId: string) => string;

/** What the two sides are called, and how their events are. */
export interface SideWords {
  readonly inA: string;
  readonly inB: string;
  readonly nameOfA: NameOf;
  readonly nameOfB: NameOf;
}

const MAX_LINES = 12;
const MAX_ITEM_GROUPS = 4;
const MAX_TEXT = 60;

/** What the items of an input are; outputs where nothing better is known. */
const itemWords: { readonly [kindAndInput: string]: string } = {
  'analysis.arrhenius inputs.points': 'temperatures',
  'analysis.diffusion inputs.trajectory': 'segments',
  'analysis.displacements inputs.trajectory': 'segments',
  'analysis.jumps inputs.trajectory': 'segments',
  'analysis.rdf inputs.configurations': 'configurations',
  'analysis.rdf inputs.trajectory': 'segments',
  'analysis.replicas inputs.members': 'runs',
  'potential.fit inputs.training': 'configurations',
  'potential.fit inputs.validation': 'configurations',
};

export function differenceLines(kind: string, { fields, inputs }: TaskDifference, words: SideWords): string[] {
  const lines = [
    ...fields.map(fieldLine),
    ...inputs.map((input) => inputLine(input, itemWords[`${kind} ${input.field}`] ?? 'outputs', words)),
  ];
  return bounded(lines, MAX_LINES, 'fields');
}

/** The first `most`, and how many more there are. */
export const bounded = (lines: readonly string[], most: number, what: string): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `and ${lines.length - most} more ${what}`];

export function fieldLine({ field, a, b }: FieldDifference): string {
  const [left, right] = typeof a === 'string' && typeof b === 'string' ? shortened(a, b) : [valueText(a), valueText(b)];
  return `${field}  ${left} → ${right}`;
}

function inputLine(
  { field, same, onlyInA, onlyInB, reordered }: InputDifference,
  what: string,
  words: SideWords,
): string {
  if (reordered) return `${field}  the same ${same} ${what} in another order`;
  const [countA, countB] = [same + total(onlyInA), same + total(onlyInB)];
  if (countA === 1 && countB === 1) {
    return `${field}  ${groupText(onlyInA[0]!, words.nameOfA)} → ${groupText(onlyInB[0]!, words.nameOfB)}`;
  }
  return [
    `${field}  ${countA} ${what} ${words.inA}, ${countB} ${words.inB}, ${same} the same`,
    ...onlyIn(words.inA, onlyInA, words.nameOfA),
    ...onlyIn(words.inB, onlyInB, words.nameOfB),
  ].join('; ');
}

const total = (groups: readonly ItemGroup[]): number => groups.reduce((sum, { items }) => sum + items, 0);

function onlyIn(side: string, groups: readonly ItemGroup[], nameOf: NameOf): string[] {
  if (groups.length === 0) return [];
  const named = groups.map((group) => groupText(group, nameOf));
  return [`only ${side}: ${bounded(named, MAX_ITEM_GROUPS, 'events').join(', ')}`];
}

const groupText = ({ event, output, items }: ItemGroup, nameOf: NameOf): string =>
  `${items === 1 ? output : `${items} ${output}`} of ${nameOf(event)}`;

function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'string') return shortened(value, '')[0];
  const text = JSON.stringify(value);
  return text.length <= 2 * MAX_TEXT ? text : `${text.slice(0, 2 * MAX_TEXT)}…`;
}

/** Two texts cut so that where they first differ is still seen. */
function shortened(a: string, b: string): [string, string] {
  let first = 0;
  while (first < a.length && a[first] === b[first]) first++;
  const cut = (text: string): string => {
    if (/^[0-9a-f]{40,}$/.test(text)) return `${text.slice(0, Math.max(12, first + 4))}…`;
    if (text.length <= MAX_TEXT) return text;
    const from = first + 10 <= MAX_TEXT ? 0 : first - 20;
    return `${from > 0 ? '…' : ''}${text.slice(from, from + MAX_TEXT)}${from + MAX_TEXT < text.length ? '…' : ''}`;
  };
  return [cut(a), cut(b)];
}

/** Kind, short id and purpose. */
export const eventWords = (kind: string, eventId: string, purpose: string | undefined): string =>
  `${kind} ${shortId(eventId)}${purpose === undefined ? '' : ` (${purpose})`}`;

/** An event that differs, as it is shown. */
export interface DifferingEvent {
  /** Events with the same key are shown together. */
  readonly key: string;
  readonly title: string;
  readonly purpose: string;
  /** What is its own: where it stands. */
  readonly place: string;
  readonly lines: readonly string[];
}

/** Of groups shown, and of names in a group. */
const MAX_GROUPS = 20;
const MAX_NAMES = 3;

/** The first of each group in full, and where the others are. */
export function groupedLines(events: readonly DifferingEvent[]): string[] {
  const groups = new Map<string, DifferingEvent[]>();
  for (const event of events) {
    const group = groups.get(event.key);
    if (group === undefined) groups.set(event.key, [event]);
    else group.push(event);
  }
  const shown = [...groups.values()].slice(0, MAX_GROUPS);
  const hidden = [...groups.values()].slice(MAX_GROUPS).flat().length;
  return [
    ...shown.flatMap(groupLines),
    ...(hidden === 0 ? [] : [`and ${countOf(hidden, 'event')} more that differ in other fields`]),
  ];
}

function groupLines(group: readonly DifferingEvent[]): string[] {
  const [first, ...others] = group as [DifferingEvent, ...DifferingEvent[]];
  const alike = others.every(({ lines }) => lines.join() === first.lines.join());
  const names = bounded(
    others.map(({ purpose }) => purpose),
    MAX_NAMES,
    'events',
  );
  const likewise = `${alike ? 'the same' : 'the same fields, with other values,'} in ${countOf(others.length, 'more event')}:`;
  return [
    first.title,
    ...indented([first.place, ...first.lines]),
    ...(others.length === 0 ? [] : indented([likewise, ...indented(names)])),
  ];
}

export const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

export const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The fields in which two tasks differ, whatever the values. */
export const fieldNames = ({ fields, inputs }: TaskDifference): string =>
  [...fields, ...inputs].map(({ field }) => field).join();
