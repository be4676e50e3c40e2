/**
 * Threads that share out numbered pieces of work on one WebAssembly memory. Which thread takes which piece is left open,
 * so a piece may write only where no other piece of the same run reads or writes, and what it writes must not depend on
 * the thread. Then results are the same for any number of threads.
 */
export interface Crew {
  readonly threads: number;
  /** Makes a module's functions known to every thread. */
  enlist(module: WebAssembly.Module, memory: WebAssembly.Memory): Shift;
}

export interface Shift {
  /** Calls `name(contexts[thread], piece)` once for every piece from 0 to pieces − 1; returns when all are done. */
  run(name: string, pieces: number, contexts: readonly number[]): void;
  /** Lets every thread forget the module and its memory. */
  release(): void;
}

/** The calling thread alone. */
export const alone: Crew = {
  threads: 1,
  enlist(module, memory) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return {
      run(name, pieces, [context]) {
        const call = exports[name]!;
        for (let piece = 0; piece < pieces; piece++) call(context!, piece);
      },
      release: () => undefined,
    };
  },
};
