/**
 * The bookkeeping of one planning pass: which tasks the campaign consists of so far, which of them are done, and which
 * can be done next. A pass is a pure function of the spec and of the events of the tasks that it asks for.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import { taskIdOf } from '../../store/hash.ts';
import { asStatedIn } from './plan-version.ts';

export interface PlannedTask {
  readonly taskId: string;
  readonly task: Task;
  /** What the task is for, in the campaign's own words. */
  readonly purpose: string;
  /** Manifest blobs that the task's inputs name; to be stored before it. */
  readonly manifests: readonly Uint8Array[];
}

/** What the log says of a task: its event, or nothing. */
export type Lookup = (taskId: string) => StoredEvent | undefined;

export class Planner {
  readonly ready: PlannedTask[] = [];
  /** Done tasks by taskId, in the order in which they were asked for. */
  readonly events = new Map<string, StoredEvent>();
  readonly purposes = new Map<string, string>();
  readonly failures: { readonly purpose: string; readonly event: StoredEvent }[] = [];
  readonly #lookup: Lookup;
  readonly #version: number;

  /** @param version of the plan in which tasks are asked for, whatever today's is */
  constructor(lookup: Lookup, version: number) {
    this.#lookup = lookup;
    this.#version = version;
  }

  /**
   * @param today the task as today's plan states it
   * @returns the task's event if it was done or stopped; undefined if it is still to be done (it is then ready) or failed
   * (what follows from it is then not planned).
   */
  ask(today: Task, purpose: string, manifests: readonly Uint8Array[] = []): StoredEvent | undefined {
    const task = asStatedIn(this.#version, today);
    if (task === undefined) return undefined;
    const taskId = taskIdOf(task);
    const event = this.#lookup(taskId);
    const known = this.purposes.has(taskId);
    if (!known) this.purposes.set(taskId, purpose);
    if (event === undefined) {
      if (!known) this.ready.push({ taskId, task, purpose, manifests });
      return undefined;
    }
    this.events.set(taskId, event);
    if (event.core.outcome.status !== 'failed') return event;
    if (!known) this.failures.push({ purpose, event });
    return undefined;
  }
}

export const outputOf = (event: StoredEvent, output: string): { event: string; output: string } => ({
  event: event.eventId,
  output,
});
