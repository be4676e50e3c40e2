/**
 * The bookkeeping of one planning pass: which tasks the campaign consists of so far, which of them are done, and which
 * can be done next. A pass is a pure function of the spec and of the events of the tasks that it asks for.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import { isHash, taskIdOf } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import type { Standings } from '../projections/standing.ts';
import type { PlannedChain, RecordedTasks } from './campaign-events.ts';
import { type ChainKind, type ChainRequest, chainKey } from './chain.ts';
import { appendTo, type ChainMemory, copyOf, emptyChain, type RememberedChain } from './chain-memory.ts';
import { asStatedIn } from './plan-version.ts';
import { RecordedEvent, RecordedEvents } from './recorded-events.ts';

export interface PlannedTask {
  readonly taskId: string;
  readonly task: Task;
  /** What the task is for, in the campaign's own words. */
  readonly purpose: string;
  /** Manifest blobs that the task's inputs name; to be stored before it. */
  readonly manifests: readonly Uint8Array[];
}

/** What a plan asks of the log: what was recorded, whatever became of it, and what corrections say. */
export interface Lookup extends RecordedTasks, Pick<Standings, 'standIn' | 'corrections'> {
  byEventId(eventId: string): StoredEvent | undefined;
  /** Of a plan for a hypothesis: what to take as done where nothing was recorded. The task is then not ready. */
  imagine?(asked: PlannedTask): StoredEvent | undefined;
  /** Of a plan for a hypothesis: whether the campaign does without what was taken back, instead of losing what rests on it. */
  doesWithout?(withdrawal: Withdrawal): boolean;
}

export const correctedLog = ({ log }: Store, standings: Standings): Lookup => ({
  byTaskId: (taskId) => log.byTaskId(taskId),
  byEventId: (eventId) => log.byEventId(eventId),
  seqOfTask: (taskId) => log.seqOfTask(taskId),
  bySeq: (seq) => log.bySeq(seq),
  eventIds: (seqs) => log.eventIds(seqs),
  standIn: standings.standIn,
  corrections: standings.corrections,
});

/** What a place of the plan holds: an event; nothing, for good; nothing yet. */
export type Slot = StoredEvent | Withdrawal | undefined;

export const withdrawalIn = (slot: Slot): Withdrawal | undefined =>
  slot !== undefined && 'because' in slot ? slot : undefined;

export const eventIn = (slot: Slot): StoredEvent | undefined =>
  slot !== undefined && 'because' in slot ? undefined : slot;

/** A chain as far as it is done. */
export interface FollowedChain {
  readonly events: RecordedEvents;
  /** The last event, where nothing follows. */
  readonly end: RecordedEvent | undefined;
  /** What took back the event that would come next. */
  readonly withdrawn: Withdrawal | undefined;
}

export class Planner {
  readonly ready: PlannedTask[] = [];
  /** Events of done tasks by their taskId, in the order in which they were asked for; of chains only those that failed. */
  readonly events = new Map<string, StoredEvent>();
  /** As far as the events of chains are done, `chains` knows what they are for. */
  readonly purposes = new Map<string, string>();
  readonly chains: PlannedChain[] = [];
  /** How many tasks were asked for so far that are done or can be done, each counted once. */
  asked = 0;
  readonly failures: { readonly purpose: string; readonly event: StoredEvent }[] = [];
  /** By the taskId that was asked for. */
  readonly withdrawn = new Map<string, Withdrawal>();
  /** Events that others stand in for. */
  readonly replaced: StoredEvent[] = [];
  readonly #lookup: Lookup;
  readonly #version: number;
  readonly #memory: ChainMemory;
  readonly #followedChains = new Map<string, FollowedChain>();
  /** By seq: 1 where the event is counted in `asked`. */
  #counted = new Uint8Array(1024);
  /** The taskId for which each event stands. */
  readonly #places = new Map<string, string>();
  /** seq of the events that a correction in effect names: what is said of them is not remembered. */
  readonly #named: ReadonlySet<number>;

  /** @param version of the plan in which tasks are asked for, whatever today's is */
  constructor(lookup: Lookup, version: number, memory: ChainMemory) {
    this.#lookup = lookup;
    this.#version = version;
    this.#memory = memory;
    this.#named = new Set(
      [...lookup.corrections.inEffect.values()]
        .flat()
        .flatMap(({ corrected, by }) => [corrected, ...(by === undefined ? [] : [by])])
        .flatMap((eventId) => lookup.byEventId(eventId)?.seq ?? []),
    );
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
    const planned = { taskId: taskIdOf(task), task, purpose, manifests };
    const recorded = this.#lookup.byTaskId(planned.taskId) ?? this.#lookup.imagine?.(planned);
    return recorded === undefined ? this.#await(planned) : this.#settle(planned, recorded);
  }

  /** Goes along a chain as far as it is done, from where it is known to be. What comes next is asked for as by `ask`. */
  follow<R extends ChainRequest>(kind: ChainKind<R>, request: R, manifests: readonly Uint8Array[] = []): FollowedChain {
    const key = chainKey(this.#version, kind.name, request);
    const known = this.#followedChains.get(key);
    if (known !== undefined) return known;
    const remembered = this.#memory.chain(key);
    const isNamed = this.#named.size > 0 && remembered.seqs.some((seq) => this.#named.has(seq));
    let chain: RememberedChain = isNamed ? emptyChain() : remembered;
    let slot: Slot;
    let last: StoredEvent | undefined;
    while (chain.end === undefined) {
      let planned = chain.awaited;
      if (planned === undefined) {
        const done = new RecordedEvents(this.#lookup, chain.seqs, chain.seqs.length, last);
        const today = kind.next(request, done);
        if (today === undefined) {
          const { eventId, core } = done.last!;
          const { outcome, task, results } = core;
          chain.end = { eventId, status: outcome.status, params: task.params, results };
          break;
        }
        const task = asStatedIn(this.#version, today);
        if (task === undefined) break;
        planned = { taskId: taskIdOf(task), task, purpose: kind.purpose(request, chain.seqs.length), manifests };
      }
      const found = this.#lookup.byTaskId(planned.taskId);
      const recorded = found ?? this.#lookup.imagine?.(planned);
      if (recorded === undefined) {
        chain.awaited = planned;
        this.#await(planned);
        break;
      }
      if (recorded === found && this.#isPlain(recorded)) {
        last = recorded;
      } else {
        // From here on the chain is as corrections or a hypothesis make it: nothing of that is remembered.
        if (chain === remembered) chain = copyOf(chain);
        slot = this.#settle(planned, recorded);
        last = eventIn(slot);
        if (last === undefined) break;
      }
      appendTo(chain, last);
      if (chain === remembered) this.#memory.grew();
    }
    const followed = this.#followed(kind, request, chain, slot);
    this.#followedChains.set(key, followed);
    return followed;
  }

  #followed<R extends ChainRequest>(
    kind: ChainKind<R>,
    request: R,
    { seqs, stopped, codes, end }: RememberedChain,
    slot: Slot,
  ): FollowedChain {
    const { length } = seqs;
    for (let index = 0; index < length; index += 1) this.#count(seqs[index]!);
    if (length > 0) {
      const purpose = (index: number): string => kind.purpose(request, index);
      const outside = (): ReadonlySet<string> => new Set(Object.values(request.own).filter(isHash));
      this.chains.push({ seqs, length, stopped: [...stopped], codes, outside, purpose });
    }
    return {
      events: new RecordedEvents(this.#lookup, seqs, length),
      end: end && new RecordedEvent(this.#lookup, seqs[length - 1]!, end),
      withdrawn: end === undefined ? withdrawalIn(slot) : undefined,
    };
  }

  /** Done or stopped, and no correction in effect names it. */
  #isPlain({ seq, core }: StoredEvent): boolean {
    return core.outcome.status !== 'failed' && !this.#named.has(seq);
  }

  #await(planned: PlannedTask): undefined {
    const { taskId, purpose } = planned;
    if (this.purposes.has(taskId)) return;
    this.purposes.set(taskId, purpose);
    this.asked += 1;
    this.ready.push(planned);
  }

  #count(seq: number): void {
    if (seq >= this.#counted.length) {
      const longer = new Uint8Array(2 * seq);
      longer.set(this.#counted);
      this.#counted = longer;
    }
    if (this.#counted[seq] === 1) return;
    this.#counted[seq] = 1;
    this.asked += 1;
  }

  #settle({ taskId, purpose }: PlannedTask, recorded: StoredEvent): Slot {
    const known = this.purposes.has(taskId);
    if (!known) this.purposes.set(taskId, purpose);
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
    this.#count(event.seq);
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

export const outputOf = (event: Pick<StoredEvent, 'eventId'>, output: string): { event: string; output: string } => ({
  event: event.eventId,
  output,
});
