/** A thread of a crew: waits for runs, and takes pieces of them. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { crewSignals, LOOKS, signal, takePieces } from './crew-signals.ts';

/** A module that the crew's threads are to know; its number is how many there were before. */
export interface Enlisted {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** Of a module that was enlisted, by its number. */
export interface Released {
  readonly released: number;
}

export interface CrewWorkerData {
  readonly buffer: SharedArrayBuffer;
  readonly thread: number;
  readonly port: MessagePort;
}

type Work = (context: number, piece: number) => unknown;

const { buffer, thread, port } = workerData as CrewWorkerData;
const signals = crewSignals(buffer);
const enlisted: (Work[] | undefined)[] = [];

function functionOf(module: number, call: number): Work | undefined {
  while (enlisted.length <= module) {
    const received = receiveMessageOnPort(port) as { message: Enlisted | Released } | undefined;
    if (received === undefined) return undefined;
    const { message } = received;
    if ('released' in message) {
      enlisted[message.released] = undefined;
      continue;
    }
    const { exports } = new WebAssembly.Instance(message.module, { env: { memory: message.memory } });
    enlisted.push(Object.values(exports));
  }
  return enlisted[module]?.[call];
}

for (let run = 0; ; ) {
  for (let looks = 0; looks < LOOKS && Atomics.load(signals.values, signal.run) === run; looks++);
  Atomics.wait(signals.values, signal.run, run);
  run = Atomics.load(signals.values, signal.run);
  if (run < 0) break;
  takePieces(signals, thread, functionOf);
}
