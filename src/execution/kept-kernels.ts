/**
 * Keeps the WebAssembly kernels that computed results: each as a blob, by an event of its own, so that a difference after
 * an upgrade can be tried with the recorded kernel. Which one computed an event is in its attestation.
 */
import type { NewEvent, StoredEvent, Task } from '../../store/event.ts';
import { isHash, sha256Hex, taskIdOf } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';
import type { JsonObject } from '../formats/json-document.ts';

export const KERNEL_KEEP = 'kernel.keep';

/** The task under which a kernel is kept, by its hash. */
export const kernelTask = (module: string): Task => ({ kind: KERNEL_KEEP, v: 1, params: { module }, inputs: {} });

/** The events under which the kernels that computed these events are kept. */
export function keptKernels(store: Store, events: readonly StoredEvent[]): StoredEvent[] {
  const modules = new Set(
    events.flatMap(({ attestation }) => (Array.isArray(attestation.wasm) ? attestation.wasm : [])),
  );
  return [...modules].flatMap((module) => {
    const kept = isHash(module) ? store.log.byTaskId(taskIdOf(kernelTask(module))) : undefined;
    return kept === undefined ? [] : [kept];
  });
}

/** Puts the modules into the store; returns the events to append, which change nothing where they are there already. */
export function keepKernels(store: Store, modules: readonly Uint8Array[], attestation: JsonObject): NewEvent[] {
  return modules.map((module) => ({
    core: {
      task: kernelTask(sha256Hex(module)),
      class: 'observed',
      outcome: { status: 'done' },
      outputs: { module: { ...store.blobs.put(module), mediaType: 'application/wasm' } },
      results: {},
    },
    attestation,
    obs: { startedAt: new Date().toISOString() },
  }));
}
