/** Events that are known by their places in the log, and read where somebody asks for more. */
import type { OutputRef, StoredEvent } from '../../store/event.ts';
import type { SummarisedEvent } from '../projections/campaign-results.ts';
import type { ChainEnd, ChainEvents } from './chain.ts';

export interface EventsBySeq {
  bySeq(seq: number): StoredEvent | undefined;
  /** The ids of the events at these places, 32 bytes each, in any order. */
  eventIds(seqs: readonly number[]): Buffer;
}

export function demandSeq(log: EventsBySeq, seq: number): StoredEvent {
  const event = log.bySeq(seq);
  if (event === undefined) throw new Error(`the log holds no event ${seq}`);
  return event;
}

/** The last event of a chain: what tables ask of it is at hand. What is read is given up where memory is short. */
export class RecordedEvent implements SummarisedEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly summary: ChainEnd;
  readonly #log: EventsBySeq;
  #read: WeakRef<StoredEvent> | undefined;

  constructor(log: EventsBySeq, seq: number, summary: ChainEnd) {
    this.#log = log;
    this.seq = seq;
    this.eventId = summary.eventId;
    this.summary = summary;
  }

  get taskId(): StoredEvent['taskId'] {
    return this.whole().taskId;
  }

  get core(): StoredEvent['core'] {
    return this.whole().core;
  }

  get attestation(): StoredEvent['attestation'] {
    return this.whole().attestation;
  }

  get obs(): StoredEvent['obs'] {
    return this.whole().obs;
  }

  get leaf(): StoredEvent['leaf'] {
    return this.whole().leaf;
  }

  whole(): StoredEvent {
    const known = this.#read?.deref();
    if (known !== undefined) return known;
    const event = demandSeq(this.#log, this.seq);
    this.#read = new WeakRef(event);
    return event;
  }
}

/** The first `length` events of a list of places that only grows. */
export class RecordedEvents implements ChainEvents {
  readonly length: number;
  readonly #log: EventsBySeq;
  readonly #seqs: readonly number[];
  readonly #last: StoredEvent | undefined;

  /** @param last the last of them, where it is at hand */
  constructor(log: EventsBySeq, seqs: readonly number[], length = seqs.length, last?: StoredEvent) {
    this.#log = log;
    this.#seqs = seqs;
    this.length = length;
    this.#last = last;
  }

  get last(): StoredEvent | undefined {
    return this.#last ?? this.at(-1);
  }

  at(index: number): StoredEvent | undefined {
    const place = index < 0 ? this.length + index : index;
    return place < 0 || place >= this.length ? undefined : demandSeq(this.#log, this.#seqs[place]!);
  }

  outputsFrom(index: number, output: string): OutputRef[] {
    return this.#seqs.slice(index, this.length).map((seq) => ({ event: demandSeq(this.#log, seq).eventId, output }));
  }

  /** At most so many from the beginning. */
  first(count: number): RecordedEvents {
    return new RecordedEvents(this.#log, this.#seqs, Math.min(count, this.length));
  }

  *[Symbol.iterator](): Iterator<StoredEvent> {
    for (let index = 0; index < this.length; index += 1) yield demandSeq(this.#log, this.#seqs[index]!);
  }
}
