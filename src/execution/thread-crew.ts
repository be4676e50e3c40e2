/**
 * A crew of real threads (src/numerics/crew.ts). The calling thread works too, and waits without giving up its turn, so
 * what uses a crew stays plain code that returns its result. Threads that are not ready yet are simply not waited for.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { workerFile } from '../../store/worker-file.ts';
import { alone, type Crew } from '../numerics/crew.ts';
import { crewSignals, LOOKS, MOST_THREADS, signal, signalBytes, takePieces, ticketOf } from './crew-signals.ts';
import type { CrewWorkerData, Enlisted, Released } from './crew-worker.ts';

export interface ThreadCrew extends Crew {
  /** Ends its threads. */
  dismiss(): void;
}

/** @param threads the calling one included; 1: no others */
export function threadCrew(threads: number): ThreadCrew {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new RangeError(`a crew has 1 to ${MOST_THREADS} threads, not ${threads}`);
  }
  if (threads === 1) return { ...alone, dismiss: () => undefined };
  const buffer = new SharedArrayBuffer(signalBytes);
  const signals = crewSignals(buffer);
  const { ticket, values } = signals;
  const ports: MessagePort[] = [];
  const workers: Worker[] = [];
  for (let thread = 1; thread < threads; thread++) {
    const { port1, port2 } = new MessageChannel();
    const workerData: CrewWorkerData = { buffer, thread, port: port2 };
    const worker = new Worker(workerFile(import.meta.url, 'crew-worker'), { workerData, transferList: [port2] });
    worker.unref();
    port1.unref();
    ports.push(port1);
    workers.push(worker);
  }
  type Functions = { readonly name: string; readonly call: (context: number, piece: number) => unknown }[];
  const enlisted: (Functions | undefined)[] = [];
  let run = 0;

  return {
    threads,
    enlist(module, memory) {
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const number = enlisted.length;
      const functions = Object.entries(exports).map(([name, call]) => ({ name, call }));
      enlisted.push(functions);
      const message: Enlisted = { module, memory };
      for (const port of ports) port.postMessage(message);
      return {
        run(name, pieces, contexts) {
          if (pieces === 0) return;
          values[signal.module] = number;
          values[signal.call] = functions.findIndex((each) => each.name === name);
          values[signal.pieces] = pieces;
          values[signal.done] = 0;
          values[signal.failed] = 0;
          for (const [thread, context] of contexts.entries()) values[signal.contexts + thread] = context;
          run = (run + 1) & 0x7fffffff;
          Atomics.store(ticket, 0, ticketOf(run));
          Atomics.store(values, signal.run, run);
          Atomics.notify(values, signal.run);
          takePieces(signals, 0, (which, call) => enlisted[which]?.[call]?.call);
          for (let looks = 0; ; looks++) {
            const done = Atomics.load(values, signal.done);
            if (done >= pieces) break;
            if (looks > LOOKS) Atomics.wait(values, signal.done, done);
          }
          if (Atomics.load(values, signal.failed) !== 0) throw new Error(`a piece of "${name}" failed in a thread`);
        },
        release() {
          enlisted[number] = undefined;
          const message: Released = { released: number };
          for (const port of ports) port.postMessage(message);
        },
      };
    },
    dismiss() {
      Atomics.store(values, signal.run, -1);
      Atomics.notify(values, signal.run);
      for (const port of ports) port.close();
      for (const worker of workers) void worker.terminate();
    },
  };
}
