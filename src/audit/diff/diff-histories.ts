/**
 * Where two histories part. Two events that stand against each other and are not the same event differ
 * - in a field of their own (a parameter, which inputs they take): the histories part there, and where all that both
 *   rest on is the same, they part there *first*;
 * - in their result alone, the task being the same: a divergence, if the task is exact;
 * - in nothing but what they rest on: they follow from a parting further up, and are counted.
 * The cost grows linearly with the histories; a chain may be of any length.
 */
import type { StoredEvent } from '../../../store/event.ts';
import type { JsonValue } from '../../formats/json-document.ts';
import { diffJson } from './diff-json.ts';
import { type History, type Matching, matchHistories } from './diff-matching.ts';
import {
  diffTasks,
  inputNames,
  inputOf,
  itemsOf,
  sameManifest,
  type TaskDifference,
  type TaskSide,
} from './diff-tasks.ts';

export interface Parting extends TaskDifference {
  readonly a: StoredEvent;
  readonly b: StoredEvent;
  /** All that both rest on is the same. */
  readonly first: boolean;
  /** The same was asked, and something else came out: `fields` are those of the outcome, results and outputs. */
  readonly sameTask: boolean;
}

export interface HistoryDifference {
  /** First ones first. */
  readonly partings: readonly Parting[];
  /** Pairs that differ in what they rest on and in nothing else. */
  readonly followers: number;
  readonly shared: number;
  /** Events without counterpart. */
  readonly onlyInA: readonly StoredEvent[];
  readonly onlyInB: readonly StoredEvent[];
}

/** @param rootsAsked the two roots are to be compared, whatever they are */
export function diffHistories(a: History, b: History, rootsAsked = false): HistoryDifference {
  const matching = matchHistories(a, b, rootsAsked);
  const partings = matching.pairs.flatMap(([eventA, eventB]) => partingOf(eventA, eventB, a, b, matching) ?? []);
  const withoutCounterpart = (history: History, counterparts: ReadonlyMap<string, string>): StoredEvent[] =>
    [...history.nodes.values()].filter(({ eventId }) => !counterparts.has(eventId));
  return {
    partings: [...partings.filter(({ first }) => first), ...partings.filter(({ first }) => !first)],
    followers: matching.pairs.length - partings.length,
    shared: matching.ofA.size - matching.pairs.length,
    onlyInA: withoutCounterpart(a, matching.ofA),
    onlyInB: withoutCounterpart(b, matching.ofB),
  };
}

export const sameHistory = ({ partings, followers, onlyInA, onlyInB }: HistoryDifference): boolean =>
  partings.length + followers + onlyInA.length + onlyInB.length === 0;

function partingOf(
  a: StoredEvent,
  b: StoredEvent,
  historyA: History,
  historyB: History,
  matching: Matching,
): Parting | undefined {
  if (a.taskId === b.taskId) {
    const fields = diffJson(resultOf(a), resultOf(b), '');
    return { a, b, first: true, sameTask: true, fields, inputs: [] };
  }
  const sideA = { event: a, manifest: historyA.manifest };
  const sideB = { event: b, manifest: historyB.manifest };
  const { fields, inputs } = diffTasks(sideA, sideB, (event) => matching.ofA.get(event));
  const first = !restsOnDifferent(sideA, sideB, matching);
  return fields.length + inputs.length === 0 ? undefined : { a, b, first, sameTask: false, fields, inputs };
}

const resultOf = ({ core: { class: determinism, outcome, results, outputs } }: StoredEvent): JsonValue =>
  ({ class: determinism, outcome, results, outputs }) as unknown as JsonValue;

/** Whether both take an output of two events that stand against each other and are not the same. */
function restsOnDifferent(
  { event: a, manifest: manifestA }: TaskSide,
  { event: b, manifest: manifestB }: TaskSide,
  { ofA }: Matching,
): boolean {
  return inputNames(a, b).some((name) => {
    const [inputA, inputB] = [inputOf(a, name), inputOf(b, name)];
    if (sameManifest(inputA, inputB)) return false;
    const takenByB = new Set(itemsOf(inputB, manifestB).map(({ event }) => event));
    return itemsOf(inputA, manifestA).some(({ event }) => {
      const counterpart = ofA.get(event);
      return counterpart !== undefined && counterpart !== event && takenByB.has(counterpart);
    });
  });
}
