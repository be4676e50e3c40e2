/**
 * The fields in which two tasks differ of their own accord: kind, version, parameters, and which items their inputs
 * take. That an item was itself made differently is no difference of the task that takes it; it is found where the item
 * was made.
 */
import type { StoredEvent, TaskInput } from '../../../store/event.ts';
import type { JsonValue } from '../../formats/json-document.ts';
import type { ManifestEntry } from '../../formats/manifest.ts';
import { diffJson, type FieldDifference } from './diff-json.ts';

/** What one input takes from one output of one event. */
export interface ItemGroup {
  readonly event: string;
  readonly output: string;
  /** How many entries of a manifest; 1 for a whole output. */
  readonly items: number;
}

export interface InputDifference {
  /** `inputs.` and the input's name. */
  readonly field: string;
  /** How many items both take. */
  readonly same: number;
  readonly onlyInA: readonly ItemGroup[];
  readonly onlyInB: readonly ItemGroup[];
  /** Both take the same items, in another order. */
  readonly reordered: boolean;
}

export interface TaskDifference {
  readonly fields: readonly FieldDifference[];
  readonly inputs: readonly InputDifference[];
}

/** One item of an input; `index` where a manifest names a part of the output. */
export interface InputItem {
  readonly event: string;
  readonly output: string;
  readonly index?: number;
}

type ReadManifest = (hash: string) => readonly ManifestEntry[];

export interface TaskSide {
  readonly event: StoredEvent;
  readonly manifest: ReadManifest;
}

/** The items of an input in their order, lists and manifests opened. */
export function itemsOf(input: TaskInput | undefined, manifest: ReadManifest): readonly InputItem[] {
  if (input === undefined) return [];
  if (Array.isArray(input)) return input.flatMap((item) => itemsOf(item, manifest));
  return 'event' in input ? [input] : manifest(input.manifest);
}

export const inputNames = (a: StoredEvent, b: StoredEvent): string[] =>
  [...new Set([...Object.keys(a.core.task.inputs), ...Object.keys(b.core.task.inputs)])].sort();

export const inputOf = ({ core }: StoredEvent, name: string): TaskInput | undefined =>
  Object.hasOwn(core.task.inputs, name) ? core.task.inputs[name] : undefined;

/** @param counterpart which event of B an event of A is compared with, if any */
export function diffTasks(
  a: TaskSide,
  b: TaskSide,
  counterpart: (eventOfA: string) => string | undefined,
): TaskDifference {
  const fields = diffJson(ownFields(a.event), ownFields(b.event), '');
  const inputs: InputDifference[] = [];
  for (const name of inputNames(a.event, b.event)) {
    const [ofA, ofB] = [inputOf(a.event, name), inputOf(b.event, name)];
    if (sameManifest(ofA, ofB)) continue;
    const [itemsA, itemsB] = [itemsOf(ofA, a.manifest), itemsOf(ofB, b.manifest)];
    const difference = diffItems(itemsA, itemsB, counterpart);
    if (difference !== undefined) inputs.push({ field: `inputs.${name}`, ...difference });
    // The same items may be asked for in another form: an output, or a list of that one output.
    else if (itemsA.every(({ event }, k) => event === itemsB[k]?.event)) {
      fields.push(...diffJson(ofA as JsonValue, ofB as JsonValue, `inputs.${name}`));
    }
  }
  return { fields, inputs };
}

function ownFields({ core }: StoredEvent): JsonValue {
  const { kind, v, params } = core.task;
  return { class: core.class, kind, v, params };
}

/** Then every item is the same event on both sides. */
export const sameManifest = (a: TaskInput | undefined, b: TaskInput | undefined): boolean =>
  a !== undefined && b !== undefined && 'manifest' in a && 'manifest' in b && a.manifest === b.manifest;

/** Undefined where both take the same, or what differs follows from a producer that was made differently. */
function diffItems(
  itemsA: readonly InputItem[],
  itemsB: readonly InputItem[],
  counterpart: (eventOfA: string) => string | undefined,
): Omit<InputDifference, 'field'> | undefined {
  const takenByB = new Set(itemsB.map(({ event }) => event));
  const changed = new Set<string>();
  const inB = itemsA.map((item) => {
    const event = counterpart(item.event);
    if (event === undefined) return undefined;
    if (event !== item.event && takenByB.has(event)) changed.add(item.event).add(event);
    return keyOf({ ...item, event });
  });
  const keysB = itemsB.map(keyOf);
  const left = new Map<string, number>();
  for (const key of keysB) left.set(key, (left.get(key) ?? 0) + 1);
  const onlyInA: InputItem[] = [];
  itemsA.forEach((item, k) => {
    const key = inB[k];
    const count = key === undefined ? 0 : (left.get(key) ?? 0);
    if (count === 0) onlyInA.push(item);
    else left.set(key!, count - 1);
  });
  const onlyInB: InputItem[] = [];
  for (let k = itemsB.length - 1; k >= 0; k--) {
    const count = left.get(keysB[k]!)!;
    if (count === 0) continue;
    left.set(keysB[k]!, count - 1);
    onlyInB.push(itemsB[k]!);
  }
  onlyInB.reverse();
  // How many items a differently made output holds, and so which a manifest names, follows from how it was made.
  const ownChoice = (item: InputItem): boolean => item.index === undefined || !changed.has(item.event);
  const [ownA, ownB] = [onlyInA.filter(ownChoice), onlyInB.filter(ownChoice)];
  const reordered = onlyInA.length === 0 && onlyInB.length === 0 && inB.some((key, k) => key !== keysB[k]);
  if (ownA.length === 0 && ownB.length === 0 && !reordered) return undefined;
  return { same: itemsA.length - onlyInA.length, onlyInA: grouped(ownA), onlyInB: grouped(ownB), reordered };
}

const keyOf = ({ event, output, index }: InputItem): string => `${event} ${index ?? ''} ${output}`;

function grouped(items: readonly InputItem[]): ItemGroup[] {
  const groups = new Map<string, ItemGroup>();
  for (const { event, output } of items) {
    const key = `${event} ${output}`;
    groups.set(key, { event, output, items: (groups.get(key)?.items ?? 0) + 1 });
  }
  return [...groups.values()];
}
