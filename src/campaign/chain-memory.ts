/**
 * What is known of chains: where in the log their events lie, and how they ended. Planning then costs what is new in the
 * log and not what is old. It holds nothing that the log does not say: with less of it, or without it, plans are the same.
 *
 * It knows events as they were recorded, so corrections change nothing in it: a plan walks anew over each chain of which
 * a correction in effect names an event. A snapshot of it lies beside the log, as of any projection.
 */
import type { EventLog } from '../../store/event-log.ts';
import { readSnapshot, type SnapshotPlace, writeSnapshot } from '../../store/projection-snapshot.ts';
import type { Store } from '../../store/store.ts';
import { attest } from '../execution/attestation.ts';
import type { ChainEnd } from './chain.ts';
import type { PlannedTask } from './planner.ts';

export interface RememberedChain {
  /** seq of each event, in the order in which they follow from each other; only ever added to. */
  readonly seqs: number[];
  /** Of these, the events whose outcome is `stopped`. */
  readonly stopped: number[];
  /** Set where nothing follows. */
  end?: ChainEnd;
  /** What follows, as long as it is not done. */
  awaited?: PlannedTask;
}

/** As JSON: places as little-endian 32-bit words in base64. */
interface KeptChains {
  readonly chains: { readonly [key: string]: { seqs: string; stopped: number[]; end: ChainEnd | null } };
  readonly resultHashes: { readonly [places: string]: string };
}

const SNAPSHOT = 'chains';
/** A snapshot is written where planning again would take noticeably longer. */
const WORTH_KEEPING_EVENTS = 4096;
/** Result hashes of sets of events that were asked for lately. */
const MOST_RESULT_HASHES = 64;

export class ChainMemory {
  readonly #chains = new Map<string, RememberedChain>();
  readonly #resultHashes = new Map<string, string>();
  /** How many events the snapshot on disk lacks. */
  #unkept = 0;

  /** Empty where nothing is known of that chain. */
  chain(key: string): RememberedChain {
    let chain = this.#chains.get(key);
    if (chain === undefined) {
      chain = { seqs: [], stopped: [] };
      this.#chains.set(key, chain);
    }
    return chain;
  }

  /** To be told of each event that is added to a chain. */
  grew(): void {
    this.#unkept += 1;
  }

  /**
   * The result hash over a set of events, computed once for each set.
   * @param places a hash of where in the log they lie
   */
  resultHash(places: string, events: number, compute: () => string): string {
    const known = this.#resultHashes.get(places);
    const found = known ?? compute();
    if (known === undefined) this.#unkept += events;
    // The latest come last, and the earliest go first.
    this.#resultHashes.delete(places);
    this.#resultHashes.set(places, found);
    if (this.#resultHashes.size > MOST_RESULT_HASHES) {
      this.#resultHashes.delete(this.#resultHashes.keys().next().value!);
    }
    return found;
  }

  /** From the snapshot, where there is one that can be believed. */
  static restore(log: EventLog, place: SnapshotPlace): ChainMemory {
    const memory = new ChainMemory();
    const kept = readSnapshot(place, SNAPSHOT, log)?.state as unknown as KeptChains | undefined;
    if (kept === undefined) return memory;
    for (const [key, { seqs, stopped, end }] of Object.entries(kept.chains)) {
      memory.#chains.set(key, { seqs: readPlaces(seqs), stopped, ...(end === null ? {} : { end }) });
    }
    for (const [places, hash] of Object.entries(kept.resultHashes)) memory.#resultHashes.set(places, hash);
    return memory;
  }

  /** Writes a snapshot, if it can be written and the one that is there lacks so many events that it is worth it. */
  keep(log: EventLog, place: SnapshotPlace): void {
    if (this.#unkept < WORTH_KEEPING_EVENTS) return;
    this.#unkept = 0;
    const chains = [...this.#chains].flatMap(([key, { seqs, stopped, end }]) =>
      seqs.length === 0 ? [] : [[key, { seqs: writePlaces(seqs), stopped, end: end ?? null }]],
    );
    const kept = { chains: Object.fromEntries(chains), resultHashes: Object.fromEntries(this.#resultHashes) };
    writeSnapshot(place, SNAPSHOT, log.size, kept, log);
  }
}

const opened = new WeakMap<Store, { readonly memory: ChainMemory; readonly place: SnapshotPlace }>();

function memoryAndPlace(store: Store) {
  let known = opened.get(store);
  if (known === undefined) {
    const place = { dir: store.dir, code: String(attest().sourceBuild) };
    known = { memory: ChainMemory.restore(store.log, place), place };
    opened.set(store, known);
  }
  return known;
}

/** The one memory of a store that is open: read from its snapshot when it is first asked for. */
export const chainMemoryOf = (store: Store): ChainMemory => memoryAndPlace(store).memory;

export function keepChainMemory(store: Store): void {
  const { memory, place } = memoryAndPlace(store);
  memory.keep(store.log, place);
}

function writePlaces(seqs: readonly number[]): string {
  const bytes = Buffer.alloc(4 * seqs.length);
  for (let index = 0; index < seqs.length; index += 1) bytes.writeUInt32LE(seqs[index]!, 4 * index);
  return bytes.toString('base64');
}

function readPlaces(text: string): number[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(4 * index));
}
