/**
 * Chains: tasks of which each follows from the one before, such as the segments of a run. What a chain asks is a function
 * of its request and of its own events alone, so what is done of it need not be asked for again.
 */
import { canonicalJson } from '../../store/canonical-json.ts';
import type { EventCore, OutputRef, StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { EventSequence } from '../projections/campaign-results.ts';

/**
 * All that the tasks of a chain depend on besides its events: what can be written as JSON, and nothing else. Events that
 * they name are values of `own`.
 */
export interface ChainRequest {
  /** What many chains of a campaign have in common. One object for all of them, so that it is hashed once. */
  readonly common: object;
  readonly own: object;
}

/** The events of a chain so far, in the order in which they follow from each other. */
export interface ChainEvents extends EventSequence {
  readonly last: StoredEvent | undefined;
  /** That output of each event from an index on. */
  outputsFrom(index: number, output: string): OutputRef[];
}

/** A kind of chain. Its functions are to use nothing but what they are given: the request says which chain it is. */
export interface ChainKind<R extends ChainRequest> {
  readonly name: string;
  /** What follows; undefined where nothing does. */
  next(request: R, done: ChainEvents): Task | undefined;
  /** What the task at that place is for, in the campaign's own words. */
  purpose(request: R, index: number): string;
}

/** How a chain ended: what is asked of the last of its events most often. */
export interface ChainEnd {
  readonly eventId: string;
  readonly status: EventCore['outcome']['status'];
  readonly params: JsonObject;
  readonly results: JsonObject;
}

const hashes = new WeakMap<object, string>();

/** Chains of the same key ask for the same tasks and have the same events. */
export function chainKey(planVersion: number, name: string, { common, own }: ChainRequest): string {
  let hash = hashes.get(common);
  if (hash === undefined) {
    hash = sha256Hex(canonicalJson(common));
    hashes.set(common, hash);
  }
  return `${planVersion} ${name} ${hash} ${canonicalJson(own)}`;
}
