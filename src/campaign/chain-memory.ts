/**
 * What is known of chains: where in the log their events lie, and how they ended. Planning then costs what is new in the
 * log and not what is old. It holds nothing that the log does not say: with less of it, or without it, plans are the same.
 *
 * It knows events as they were recorded, so corrections change nothing in it: a plan walks anew over each chain of which
 * a correction in effect names an event. A snapshot of it lies beside the log, as of any projection.
 */
import type { StoredEvent } from '../../store/event.ts';
import { type Continued, readSnapshot, type SnapshotPlace, writeSnapshot } from '../../store/projection-snapshot.ts';
import type { Store } from '../../store/store.ts';
import { attest } from '../execution/attestation.ts';
import { codeOf } from '../projections/code-version.ts';
import type { ChainEnd } from './chain.ts';
import type { PlannedTask } from './planner.ts';

export interface RememberedChain {
  /** seq of each event, in the order in which they follow from each other; only ever added to. */
  readonly seqs: number[];
  /** Of these, the events whose outcome is `stopped`. */
  readonly stopped: number[];
  /** What computed them: the code, as `codeOf` writes it, and how many in a row. */
  readonly codes: [code: string, events: number][];
  /** Set where nothing follows. */
  end?: ChainEnd;
  /** What follows, as long as it is not done. */
  awaited?: PlannedTask;
}

/** As JSON: places as little-endian 32-bit words in base64. */
interface KeptChains {
  readonly chains: {
    readonly [key: string]: {
      readonly seqs: string;
      readonly stopped: number[];
      readonly codes: (readonly [code: number, events: number])[];
      readonly end: ChainEnd | null;
    };
  };
  /** What the chains' `codes` name by their numbers. */
  readonly codes: readonly string[];
  readonly resultHashes: { readonly [places: string]: string };
}

/** The part of a log that a snapshot is compared with. */
export interface RememberedLog extends Continued {
  readonly size: number;
}

const SNAPSHOT = 'chains';
/** A snapshot is written where planning again would take noticeably longer. */
const WORTH_KEEPING_EVENTS = 4096;
/** Result hashes of sets of events that were asked for lately. */
const MOST_RESULT_HASHES = 64;

export class ChainMemory {
  readonly #chains = new Map<string, RememberedChain>();
  readonly #resultHashes = new Map<string, string>();
  readonly #kept: { readonly log: RememberedLog; readonly place: SnapshotPlace } | undefined;
  /** How many events the snapshot on disk lacks. */
  #unkept = 0;

  /** @param kept the log that it is of, and where its snapshot lies; it is not kept where none is given */
  constructor(kept?: { readonly log: RememberedLog; readonly place: SnapshotPlace }) {
    this.#kept = kept;
  }

  /** Nothing is known of any chain. */
  get isEmpty(): boolean {
    return this.#chains.size === 0;
  }

  /** Empty where nothing is known of that chain. */
  chain(key: string): RememberedChain {
    let chain = this.#chains.get(key);
    if (chain === undefined) {
      chain = emptyChain();
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
    // The latest come last, and the earliest go first.
    this.#resultHashes.delete(places);
    this.#resultHashes.set(places, found);
    if (this.#resultHashes.size > MOST_RESULT_HASHES) {
      this.#resultHashes.delete(this.#resultHashes.keys().next().value!);
    }
    if (known === undefined) {
      this.#unkept += events;
      this.keep();
    }
    return found;
  }

  /** From the snapshot, where there is one that can be believed. */
  static restore(log: RememberedLog, place: SnapshotPlace): ChainMemory {
    const memory = new ChainMemory({ log, place });
    const kept = readSnapshot(place, SNAPSHOT, log)?.state as unknown as KeptChains | undefined;
    if (kept === undefined) return memory;
    for (const [key, { seqs, stopped, codes, end }] of Object.entries(kept.chains)) {
      memory.#chains.set(key, {
        seqs: readPlaces(seqs),
        stopped,
        codes: codes.map(([code, events]) => [kept.codes[code]!, events]),
        ...(end === null ? {} : { end }),
      });
    }
    for (const [places, hash] of Object.entries(kept.resultHashes)) memory.#resultHashes.set(places, hash);
    return memory;
  }

  /** Writes a snapshot, if it can be written and the one that is there lacks so many events that it is worth it. */
  keep(worthKeeping = WORTH_KEEPING_EVENTS): void {
    if (this.#kept === undefined || this.#unkept < worthKeeping) return;
    const { log, place } = this.#kept;
    this.#unkept = 0;
    const numbers = new Map<string, number>();
    const numberOf = (code: string): number => {
      if (!numbers.has(code)) numbers.set(code, numbers.size);
      return numbers.get(code)!;
    };
    const chains: { [key: string]: KeptChains['chains'][string] } = {};
    for (const [key, { seqs, stopped, codes, end }] of this.#chains) {
      if (seqs.length === 0) continue;
      const numbered = codes.map(([code, events]) => [numberOf(code), events] as const);
      chains[key] = { seqs: writePlaces(seqs), stopped, codes: numbered, end: end ?? null };
    }
    const resultHashes = Object.fromEntries(this.#resultHashes);
    const kept: KeptChains = { chains, codes: [...numbers.keys()], resultHashes };
    writeSnapshot(place, SNAPSHOT, log.size, kept, log);
  }
}

export const emptyChain = (): RememberedChain => ({ seqs: [], stopped: [], codes: [] });

export const copyOf = ({ seqs, stopped, codes }: RememberedChain): RememberedChain => ({
  seqs: [...seqs],
  stopped: [...stopped],
  codes: codes.map(([code, events]) => [code, events]),
});

/** The chain with one event more, which no longer is what is awaited. */
export function appendTo(chain: RememberedChain, event: StoredEvent): void {
  chain.seqs.push(event.seq);
  if (event.core.outcome.status === 'stopped') chain.stopped.push(event.seq);
  const code = codeOf(event);
  const lastCode = chain.codes.at(-1);
  if (lastCode?.[0] === code) lastCode[1] += 1;
  else chain.codes.push([code, 1]);
  delete chain.awaited;
}

const memories = new WeakMap<Store, ChainMemory>();

/** The one memory of a store that is open: read from its snapshot when it is first asked for. */
export function chainMemoryOf(store: Store): ChainMemory {
  const known = memories.get(store);
  if (known !== undefined) return known;
  const memory = ChainMemory.restore(store.log, { dir: store.dir, code: String(attest().sourceBuild) });
  memories.set(store, memory);
  return memory;
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
