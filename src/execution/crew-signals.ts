/**
 * Shared memory by which the threads of a crew agree who does which piece.
 *
 * A ticket names a run (high 32 bits) and its next piece (low 32 bits). A thread reads the ticket, then what the run is
 * about, and takes the piece by compare-and-exchange: that fails if the run has ended meanwhile, so no thread ever takes
 * a piece of a run whose description it has not read.
 */
export interface CrewSignals {
  /** 64-bit: the ticket. */
  readonly ticket: BigInt64Array;
  /** 32-bit, by `signal`. */
  readonly values: Int32Array;
}

export const signal = {
  /** Number of the run, to wait for the next. */
  run: 0,
  /** Which enlisted module, which of its functions, how many pieces. */
  module: 1,
  call: 2,
  pieces: 3,
  /** Pieces done; the caller waits for all. */
  done: 4,
  /** 1 if a piece failed. */
  failed: 5,
  /** The context of each thread, the caller first. */
  contexts: 6,
} as const;

export const MOST_THREADS = 64;

/** How often a thread looks for what it waits for before it sleeps: some 150 µs, about what waking up takes. */
export const LOOKS = 10_000;

export const signalBytes = 8 + 4 * (signal.contexts + MOST_THREADS);

export function crewSignals(buffer: SharedArrayBuffer): CrewSignals {
  return { ticket: new BigInt64Array(buffer, 0, 1), values: new Int32Array(buffer, 8) };
}

const RUN_BITS = 32n;
export const ticketOf = (run: number): bigint => BigInt.asIntN(64, BigInt(run) << RUN_BITS);
export const pieceOf = (ticket: bigint): number => Number(BigInt.asUintN(32, ticket));

/** Takes pieces of the run that is on until there are none left. @returns whether there was a run to take part in */
export function takePieces(
  { ticket, values }: CrewSignals,
  thread: number,
  functionOf: (module: number, call: number) => ((context: number, piece: number) => unknown) | undefined,
): void {
  for (;;) {
    const seen = Atomics.load(ticket, 0);
    const piece = pieceOf(seen);
    const pieces = Atomics.load(values, signal.pieces);
    const module = Atomics.load(values, signal.module);
    const call = Atomics.load(values, signal.call);
    const context = Atomics.load(values, signal.contexts + thread);
    if (piece >= pieces) return;
    const work = functionOf(module, call);
    if (work === undefined) return;
    if (Atomics.compareExchange(ticket, 0, seen, seen + 1n) !== seen) continue;
    try {
      work(context, piece);
    } catch {
      Atomics.store(values, signal.failed, 1);
    }
    if (Atomics.add(values, signal.done, 1) + 1 === pieces) Atomics.notify(values, signal.done);
  }
}
