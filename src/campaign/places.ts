/** Places of a plan: each is asked for, still waits for what it needs, or will stay empty, and is counted accordingly. */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { Place } from '../projections/boundary-results.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import { eventIn, type Planner, withdrawalIn } from './planner.ts';

const EMPTY: Place = { event: undefined, withheld: undefined, withdrawn: [], grounds: [] };

export class Places {
  readonly #planner: Planner;
  /** Of the tasks that the places stand for, done or to come. A task that two places share has one key. */
  readonly #tasks = new Set<string>();

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  /** How many tasks these places stand for, as far as is known. */
  get expected(): number {
    return this.#tasks.size;
  }

  /** @param purpose names the task: the same for the same task */
  ask(purpose: string, task: Task): Place {
    const slot = this.#planner.ask(task, purpose);
    const withdrawal = withdrawalIn(slot);
    if (withdrawal !== undefined) return this.withdrawn([withdrawal]);
    this.#tasks.add(purpose);
    return { ...EMPTY, event: eventIn(slot) };
  }

  /** What it needs is still to come. */
  waiting(purpose: string): Place {
    this.#tasks.add(purpose);
    return EMPTY;
  }

  withheld(reason: string, grounds: readonly StoredEvent[] = []): Place {
    return { ...EMPTY, withheld: reason, grounds };
  }

  withdrawn(withdrawals: readonly Withdrawal[]): Place {
    return { ...EMPTY, withdrawn: withdrawals };
  }
}
