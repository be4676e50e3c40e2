/**
 * The bookkeeping of one planning pass: which tasks the campaign consists of so far, which of them are done, and which
 * can be done next. A pass is a pure function of the spec and of the events of the tasks that it asks for.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import { taskIdOf } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import type { Standings } from '../projections/standing.ts';
import { asStatedIn } from './plan-version.ts';

export interface PlannedTask {
  readonly taskId: string;
  readonly task: Task;
  /** What the task is for, in the campaign's own words. */
  readonly purpose: string;
  /** Manifest blobs that the task's inputs name; to be stored before it. */
  readonly manifests: readonly Uint8Array[];
}

/** What a plan asks of the log. */
export interface Lookup extends Pick<Standings, 'standIn' | 'corrections'> {
  /** What was recorded for the task, whatever became of it. */
  byTaskId(taskId: string): StoredEvent | undefined;
  /** Of a plan for a hypothesis: what to take as done where nothing was recorded. The task is then not ready. */
  imagine?(asked: PlannedTask): StoredEvent | undefined;
  /** Of a plan for a hypothesis: whether the campaign does without what was taken back, instead of losing what rests on it. */
  doesWithout?(withdrawal: Withdrawal): boolean;
}

export const correctedLog = ({ log }: Store, standings: Standings): Lookup => ({
  byTaskId: (taskId) => log.byTaskId(taskId),
  standIn: standings.standIn,
  corrections: standings.corrections,
});

/** What a place of the plan holds: an event; nothing, for good; nothing yet. */
export type Slot = StoredEvent | Withdrawal | undefined;

export const withdrawalIn = (slot: Slot): Withdrawal | undefined =>
  slot !== undefined && 'because' in slot ? slot : undefined;

export const eventIn = (slot: Slot): StoredEvent | undefined =>
  slot !== undefined && 'because' in slot ? undefined : slot;

export class Planner {
  readonly ready: PlannedTask[] = [];
  /** Events of done tasks by their taskId, in the order in which they were asked for. */
  readonly events = new Map<string, StoredEvent>();
  readonly purposes = new Map<string, string>();
  readonly failures: { readonly purpose: string; readonly event: StoredEvent }[] = [];
  /** By the taskId that was asked for. */
  readonly withdrawn = new Map<string, Withdrawal>();
  /** Events that others stand in for. */
  readonly replaced: StoredEvent[] = [];
  readonly #lookup: Lookup;
  readonly #version: number;
  /** The taskId for which each event stands. */
  readonly #places = new Map<string, string>();

  /** @param version of the plan in which tasks are asked for, whatever today's is */
  constructor(lookup: Lookup, version: number) {
    this.#lookup = lookup;
    this.#version = version;
  }

  /** How many tasks were asked for so far that are done or can be done. */
  get asked(): number {
    return this.events.size + this.ready.length;
  }

  /**
   * What stands for the task if it was done or stopped; why nothing does and nothing will, where corrections took it
   * back; undefined if it is still to be done (it is then ready) or failed. What follows from a task without an event
   * is not planned.
   * @param today the task as today's plan states it
   */
  ask(today: Task, purpose: string, manifests: readonly Uint8Array[] = []): Slot {
    const task = asStatedIn(this.#version, today);
    if (task === undefined) return undefined;
    const taskId = taskIdOf(task);
    const asked = { taskId, task, purpose, manifests };
    const recorded = this.#lookup.byTaskId(taskId) ?? this.#lookup.imagine?.(asked);
    const known = this.purposes.has(taskId);
    if (!known) this.purposes.set(taskId, purpose);
    if (recorded === undefined) {
      if (!known) this.ready.push(asked);
      return undefined;
    }
    const event = this.#standIn(recorded);
    if ('because' in event) {
      const withdrawal = { purpose, event: recorded, because: event.because };
      this.withdrawn.set(taskId, withdrawal);
      return withdrawal;
    }
    if (event !== recorded && !known) {
      this.replaced.push(recorded);
      this.purposes.set(event.taskId, purpose);
    }
    this.events.set(event.taskId, event);
    if (event.core.outcome.status !== 'failed') return event;
    if (!known) this.failures.push({ purpose, event });
    return undefined;
  }

  /** Without the items that lack only what the campaign is to do without; all of them where none would be left. */
  without<T>(items: readonly T[], lacking: (item: T) => readonly (Withdrawal | undefined)[]): readonly T[] {
    const { doesWithout } = this.#lookup;
    if (doesWithout === undefined) return items;
    const kept = items.filter((item) => {
      const withdrawals = lacking(item).filter((withdrawal) => withdrawal !== undefined);
      return withdrawals.length === 0 || !withdrawals.every((withdrawal) => doesWithout(withdrawal));
    });
    return kept.length > 0 ? kept : items;
  }

  /** One event never stands in two places: it would be counted twice, as if it were two. */
  #standIn(recorded: StoredEvent): StoredEvent | { readonly because: string } {
    const event = this.#lookup.standIn(recorded);
    if ('because' in event) return event;
    const place = this.#places.get(event.eventId) ?? recorded.taskId;
    if (place !== recorded.taskId) {
      const id = event.eventId.slice(0, 12);
      return { because: `has no event of its own: event ${id} already stands for ${this.purposes.get(place)}` };
    }
    this.#places.set(event.eventId, place);
    return event;
  }
}

export const outputOf = (event: StoredEvent, output: string): { event: string; output: string } => ({
  event: event.eventId,
  output,
});
