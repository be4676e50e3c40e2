/**
 * The events of a campaign, and what each of its tasks is for. Those of chains are known by their places in the log, some
 * bytes each, and read only where somebody goes through them: a campaign of a million events is planned in little memory.
 */
import { inLogOrder, type StoredEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import { resultHashOfBytes } from '../../store/result-hash.ts';
import type { ChainPlace } from '../projections/folded-lineage.ts';
import type { ChainMemory } from './chain-memory.ts';
import { demandSeq, type EventsBySeq } from './recorded-events.ts';

/** A part of a plan: the chain as far as it is done. */
export interface PlannedChain {
  /** Only ever added to: the first `length` of them are meant. */
  readonly seqs: readonly number[];
  readonly length: number;
  readonly stopped: readonly number[];
  readonly codes: ChainPlace['codes'];
  outside(): ChainPlace['outside'];
  purpose(index: number): string;
}

export interface RecordedTasks extends EventsBySeq {
  byTaskId(taskId: string): StoredEvent | undefined;
  seqOfTask(taskId: string): number | undefined;
}

/** Which chain an event is of, and which of its events it is: of several the first that was planned. */
export class ChainPlaces {
  readonly #chains: readonly PlannedChain[];
  /** By seq; chains are counted from 1. Made when it is first asked for. */
  #found: { readonly chain: Uint32Array; readonly index: Uint32Array } | undefined;

  constructor(chains: readonly PlannedChain[]) {
    this.#chains = chains;
  }

  at(seq: number): { readonly chain: PlannedChain; readonly index: number } | undefined {
    const { chain: of, index } = this.#places();
    const chain = this.#chains[(of[seq] ?? 0) - 1];
    return chain && { chain, index: index[seq]! };
  }

  *seqs(): Generator<number> {
    for (const [seq, of] of this.#places().chain.entries()) if (of > 0) yield seq;
  }

  #places() {
    if (this.#found !== undefined) return this.#found;
    let last = 0;
    for (const { seqs, length } of this.#chains) {
      for (let index = 0; index < length; index += 1) if (seqs[index]! > last) last = seqs[index]!;
    }
    const found = { chain: new Uint32Array(last + 1), index: new Uint32Array(last + 1) };
    for (const [of, { seqs, length }] of this.#chains.entries()) {
      for (let index = 0; index < length; index += 1) {
        const seq = seqs[index]!;
        if (found.chain[seq] !== 0) continue;
        found.chain[seq] = of + 1;
        found.index[seq] = index;
      }
    }
    this.#found = found;
    return found;
  }
}

export class CampaignEvents {
  readonly #singles: ReadonlyMap<string, StoredEvent>;
  readonly #chains: readonly PlannedChain[];
  readonly #log: RecordedTasks;
  readonly #memory: ChainMemory;
  /** By seq: 1 where the campaign has the event. */
  #places: Uint8Array | undefined;
  #size = 0;
  readonly #chainPlaces: ChainPlaces;

  /** @param singles by taskId, failed ones included */
  constructor(
    singles: ReadonlyMap<string, StoredEvent>,
    chains: readonly PlannedChain[],
    log: RecordedTasks,
    memory: ChainMemory,
    places: ChainPlaces,
  ) {
    this.#chainPlaces = places;
    this.#singles = singles;
    this.#chains = chains;
    this.#log = log;
    this.#memory = memory;
  }

  /** How many there are, each counted once. */
  get size(): number {
    this.#counted();
    return this.#size;
  }

  hasEvent({ seq }: Pick<StoredEvent, 'seq'>): boolean {
    return this.#counted()[seq] === 1;
  }

  has(taskId: string): boolean {
    if (this.#singles.has(taskId)) return true;
    const seq = this.#log.seqOfTask(taskId);
    return seq !== undefined && this.#counted()[seq] === 1;
  }

  get(taskId: string): StoredEvent | undefined {
    const single = this.#singles.get(taskId);
    if (single !== undefined) return single;
    const event = this.#log.byTaskId(taskId);
    return event !== undefined && this.hasEvent(event) ? event : undefined;
  }

  /** The tasks; reads the events. */
  *keys(): Generator<string> {
    for (const { taskId } of this.values()) yield taskId;
  }

  /** Those that ended so, which are few. */
  endedAs(status: 'stopped' | 'failed'): StoredEvent[] {
    const singles = [...this.#singles.values()].filter(({ core }) => core.outcome.status === status);
    const known = new Map(singles.map((event) => [event.seq, event]));
    const seqs = status === 'failed' ? [] : this.#chains.flatMap(({ stopped }) => stopped);
    for (const seq of seqs) if (!known.has(seq)) known.set(seq, demandSeq(this.#log, seq));
    return inLogOrder(known.values());
  }

  /** Reads them one after the other, in the order of the log. */
  *values(): Generator<StoredEvent> {
    const singles = new Map([...this.#singles.values()].map((event) => [event.seq, event]));
    for (const seq of this.#seqs()) yield singles.get(seq) ?? demandSeq(this.#log, seq);
  }

  /** How many lie before that place in the log. */
  countBefore(seq: number): number {
    return this.#counted()
      .subarray(0, seq)
      .reduce((sum, one) => sum + one, 0);
  }

  /** Root over the sorted ids of these events and of others. */
  resultHash(others: readonly StoredEvent[]): string {
    const places = sha256Hex(
      Buffer.concat([this.#counted(), Buffer.from(`\n${others.map(({ seq }) => seq).join(' ')}`)]),
    );
    return this.#memory.resultHash(places, this.#size, () =>
      resultHashOfBytes(
        Buffer.concat([
          this.#log.eventIds([...this.#seqs()]),
          ...others.map(({ eventId }) => Buffer.from(eventId, 'hex')),
        ]),
      ),
    );
  }

  /** The chain that the event is of, if it is of one. */
  chainAt(seq: number): ChainPlace | undefined {
    const place = this.#chainPlaces.at(seq);
    if (place === undefined) return undefined;
    const { seqs, codes } = place.chain;
    return { seqs, index: place.index, codes, outside: place.chain.outside() };
  }

  *#seqs(): Generator<number> {
    const places = this.#counted();
    for (let seq = places.indexOf(1); seq !== -1; seq = places.indexOf(1, seq + 1)) yield seq;
  }

  #counted(): Uint8Array {
    if (this.#places !== undefined) return this.#places;
    let last = 0;
    const singles = [...this.#singles.values()].map(({ seq }) => seq);
    this.#eachPlace(singles, (seq) => {
      if (seq > last) last = seq;
    });
    const places = new Uint8Array(last + 1);
    let size = 0;
    this.#eachPlace(singles, (seq) => {
      size += 1 - places[seq]!;
      places[seq] = 1;
    });
    this.#size = size;
    this.#places = places;
    return places;
  }

  #eachPlace(singles: readonly number[], use: (seq: number) => void): void {
    for (const seq of singles) use(seq);
    for (const { seqs, length } of this.#chains) {
      for (let index = 0; index < length; index += 1) use(seqs[index]!);
    }
  }
}

/** What tasks are for, by taskId. */
export interface Purposes {
  get(taskId: string): string | undefined;
  has(taskId: string): boolean;
}

export class CampaignPurposes implements Purposes {
  readonly #singles: ReadonlyMap<string, string>;
  readonly #log: RecordedTasks;
  readonly #places: ChainPlaces;

  constructor(singles: ReadonlyMap<string, string>, places: ChainPlaces, log: RecordedTasks) {
    this.#singles = singles;
    this.#places = places;
    this.#log = log;
  }

  get(taskId: string): string | undefined {
    const single = this.#singles.get(taskId);
    if (single !== undefined) return single;
    const seq = this.#log.seqOfTask(taskId);
    if (seq === undefined) return undefined;
    const place = this.#places.at(seq);
    return place?.chain.purpose(place.index);
  }

  has(taskId: string): boolean {
    return this.get(taskId) !== undefined;
  }

  /** Every task that was asked for, done or not. */
  *taskIds(): Generator<string> {
    yield* this.#singles.keys();
    for (const seq of this.#places.seqs()) yield demandSeq(this.#log, seq).taskId;
  }
}

/** In the words of the last of them that knows the task. */
export function joinedPurposes(all: readonly Purposes[]): Purposes {
  const first = (ask: (purposes: Purposes) => string | undefined): string | undefined => {
    for (let index = all.length - 1; index >= 0; index -= 1) {
      const found = ask(all[index]!);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    get: (taskId) => first((purposes) => purposes.get(taskId)),
    has: (taskId) => all.some((purposes) => purposes.has(taskId)),
  };
}
