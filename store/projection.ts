/**
 * Projections: pure folds of the log. `apply` changes an immer draft and does nothing else: no clock, no store, no
 * randomness; so a state depends only on the events, and rebuilding from the first equals going on from the last, and
 * going on from a snapshot. One draft serves a batch of events, since a draft for each costs many times the fold itself.
 *
 * States that are digested or kept as snapshots are JSON, and no `apply` depends on the order of an object's keys.
 */
import { type Draft, enableMapSet, freeze, produce } from 'immer';
import type { StoredEvent } from './event.ts';
import { type Continued, readSnapshot, type SnapshotPlace, stateDigest, writeSnapshot } from './projection-snapshot.ts';

export type { Draft } from 'immer';

enableMapSet();

const batchEvents = 4096;

export interface Projection<S> {
  name: string;
  initial: S;
  apply(draft: Draft<S>, event: StoredEvent): void;
}

/** The part of the log that a projection needs. */
export interface EventSource {
  events(fromSeq?: number): IterableIterator<StoredEvent>;
}

export class ProjectionRunner<S> {
  readonly #projection: Projection<S>;
  readonly #log: EventSource;
  #seq = 0;
  #state: S;

  /** From the first event. */
  constructor(projection: Projection<S>, log: EventSource) {
    this.#projection = projection;
    this.#log = log;
    this.#state = freeze(projection.initial, true);
  }

  /** From the snapshot, if there is one that can be believed; else from the first event. */
  static restore<S>(
    projection: Projection<S>,
    log: EventSource & Continued,
    place: SnapshotPlace,
  ): ProjectionRunner<S> {
    const runner = new ProjectionRunner(projection, log);
    const snapshot = readSnapshot(place, projection.name, log);
    if (snapshot !== undefined) {
      runner.#seq = snapshot.seq;
      runner.#state = freeze(snapshot.state as S, true);
    }
    return runner;
  }

  /** seq of the last event in the state; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Frozen. */
  get state(): S {
    return this.#state;
  }

  /** SHA-256 over the canonical JSON of the state. */
  digest(): string {
    return stateDigest(this.#state);
  }

  /** Keeps the state as a snapshot, if it can be written. */
  keepSnapshot(log: Continued, place: SnapshotPlace): void {
    if (this.#seq > 0) writeSnapshot(place, this.#projection.name, this.#seq, this.#state, log);
  }

  /** Folds in what was appended since. If `apply` throws, the state stays that of the last whole batch. */
  catchUp(): S {
    let batch: StoredEvent[] = [];
    for (const event of this.#log.events(this.#seq + 1)) {
      batch.push(event);
      if (batch.length === batchEvents) {
        this.#fold(batch);
        batch = [];
      }
    }
    this.#fold(batch);
    return this.#state;
  }

  #fold(batch: readonly StoredEvent[]): void {
    if (batch.length === 0) return;
    this.#state = produce(this.#state, (draft) => {
      for (const event of batch) this.#projection.apply(draft, event);
    });
    this.#seq = batch.at(-1)!.seq;
  }
}
