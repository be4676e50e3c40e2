/** A thread of a crew: waits for runs, and takes pieces of them. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { crewSignals, LOOKS, signal, takePieces } from './crew-signals.ts';

/** A module that the crew's threads are to know; number and names of functions are the same in all of them. */
export interface Enlisted {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

export interface CrewWorkerData {
  readonly buffer: SharedArrayBuffer;
  readonly thread: number;
  readonly port: MessagePort;
}

type Work = (context: number, piece: number) => unknown;

const { buffer, thread, port } = workerData as CrewWorkerData;
const signals = crewSignals(buffer);
const enlisted: Work[][] = [];

function functionOf(module: number, call: number): Work | undefined {
  while (enlisted.length <= module) {
    const message = receiveMessageOnPort(port) as { message: Enlisted } | undefined;
    if (message === undefined) return undefined;
    const { exports } = new WebAssembly.Instance(message.message.module, { env: { memory: message.message.memory } });
    enlisted.push(Object.values(exports));
  }
  return enlisted[module]![call];
}

for (let run = 0; ; ) {
  for (let looks = 0; looks < LOOKS && Atomics.load(signals.values, signal.run) === run; looks++);
  Atomics.wait(signals.values, signal.run, run);
  run = Atomics.load(signals.values, signal.run);
  if (run < 0) break;
  takePieces(signals, thread, functionOf);
}
