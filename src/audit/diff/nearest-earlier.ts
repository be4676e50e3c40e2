/**
 * The nearest earlier task: of the same kind, with the fewest differing fields. Fields are the leaves of the
 * parameters, the version, and the items of the inputs (the entries of a manifest each). Among the equally near, one
 * that is preferred, then the latest.
 *
 * All candidates are ranked by their parameters and by how many of their inputs are not the same to the letter, which is
 * never more than the true number of differing fields; the inputs of the nearest of them are then opened.
 */
import type { StoredEvent } from '../../../store/event.ts';
import { countDifferences } from './diff-json.ts';
import { diffTasks, type TaskDifference, type TaskSide } from './diff-tasks.ts';

/** How many candidates have their inputs opened. */
const MAX_OPENED = 256;

export interface NearestTask {
  readonly event: StoredEvent;
  /** A is the earlier task, B the one that was asked about. */
  readonly difference: TaskDifference;
  readonly differingFields: number;
  /** False where so many were alike that not all could be opened: a still nearer one is then possible. */
  readonly certain: boolean;
}

interface Candidate {
  readonly event: StoredEvent;
  /** At least this many fields differ. */
  readonly atLeast: number;
}

/**
 * @param candidates tasks of the targets' kind, in the order of the log; gone through once
 * @param isPreferred which of two equally near tasks to take: what is for the same purpose, say
 * @returns by target's event id; nothing where there are no candidates
 */
export function nearestEarlier(
  targets: readonly StoredEvent[],
  candidates: Iterable<StoredEvent>,
  manifest: TaskSide['manifest'],
  isPreferred: (candidate: StoredEvent, target: StoredEvent) => boolean,
): Map<string, NearestTask> {
  const rankings = targets.map((target) => new Ranking(target));
  for (const candidate of candidates) {
    const inputs = inputTexts(candidate);
    for (const ranking of rankings) ranking.add(candidate, inputs);
  }
  const found = rankings.flatMap((ranking) => {
    const nearest = ranking.nearest(manifest, isPreferred);
    return nearest === undefined ? [] : [[ranking.target.eventId, nearest] as const];
  });
  return new Map(found);
}

/** A task's inputs as text, by name: where the texts are equal, so is what they say. */
type InputTexts = ReadonlyMap<string, string>;

const inputTexts = ({ core }: StoredEvent): InputTexts =>
  new Map(Object.entries(core.task.inputs).map(([name, input]) => [name, JSON.stringify(input)]));

/** The candidates nearest to one target, as far as can be told without opening their inputs. */
class Ranking {
  readonly target: StoredEvent;
  readonly #inputs: InputTexts;
  #kept: Candidate[] = [];
  /** Once candidates were dropped: no dropped one has fewer differing fields than this. */
  #droppedFrom = Number.POSITIVE_INFINITY;

  constructor(target: StoredEvent) {
    this.target = target;
    this.#inputs = inputTexts(target);
  }

  add(event: StoredEvent, inputs: InputTexts): void {
    const { v, params } = event.core.task;
    const version = v === this.target.core.task.v ? 0 : 1;
    const fields = version + countDifferences(params, this.target.core.task.params, this.#droppedFrom);
    if (fields > this.#droppedFrom) return;
    this.#kept.push({ event, atLeast: fields + differingInputs(inputs, this.#inputs) });
    if (this.#kept.length >= 2 * MAX_OPENED) this.#keepNearest();
  }

  nearest(
    manifest: TaskSide['manifest'],
    isPreferred: (candidate: StoredEvent, target: StoredEvent) => boolean,
  ): NearestTask | undefined {
    this.#keepNearest();
    let best: NearestTask[] = [];
    for (const { event, atLeast } of this.#kept) {
      const fewest = best[0]?.differingFields ?? Number.POSITIVE_INFINITY;
      if (atLeast > fewest) break;
      const difference = diffTasks({ event, manifest }, { event: this.target, manifest }, (eventId) => eventId);
      const differingFields = count(difference);
      if (differingFields < fewest) best = [];
      if (differingFields <= fewest) best.push({ event, difference, differingFields, certain: true });
    }
    const chosen = best.find(({ event }) => isPreferred(event, this.target)) ?? best[0];
    return chosen && { ...chosen, certain: chosen.differingFields <= this.#droppedFrom };
  }

  /** Nearest first, the latest first among the equally near. */
  #keepNearest(): void {
    this.#kept.sort((a, b) => a.atLeast - b.atLeast || b.event.seq - a.event.seq);
    if (this.#kept.length <= MAX_OPENED) return;
    this.#droppedFrom = Math.min(this.#droppedFrom, this.#kept[MAX_OPENED]!.atLeast);
    this.#kept = this.#kept.slice(0, MAX_OPENED);
  }
}

function differingInputs(a: InputTexts, b: InputTexts): number {
  const inBoth = [...a].filter(([name]) => b.has(name));
  const same = inBoth.filter(([name, text]) => b.get(name) === text);
  return a.size + b.size - inBoth.length - same.length;
}

function count({ fields, inputs }: TaskDifference): number {
  const total = (groups: readonly { readonly items: number }[]): number =>
    groups.reduce((sum, { items }) => sum + items, 0);
  return inputs.reduce((sum, { onlyInA, onlyInB }) => sum + Math.max(1, total(onlyInA), total(onlyInB)), fields.length);
}
