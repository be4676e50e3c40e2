/**
 * Keeps the WebAssembly kernels that computed results: each as a blob, by an event of its own, so that a difference after
 * an upgrade can be tried with the recorded kernel. Which one computed an event is in its attestation.
 */
import type { NewEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';
import type { JsonObject } from '../formats/json-document.ts';

export const KERNEL_KEEP = 'kernel.keep';

/** The task under which a kernel is kept, by its hash. */
export const kernelTask = (module: string) => ({ kind: KERNEL_KEEP, v: 1, params: { module }, inputs: {} });

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
    obs: {},
  }));
}
