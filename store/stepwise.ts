/**
 * Long work on one thread that can be stopped: a generator that yields how many bytes it has done, and a loop that lets
 * signals in between its steps. When it is stopped, the generator's `finally` blocks clean up.
 */
import { setImmediate } from 'node:timers/promises';

const stretchMs = 50;

export interface StepOptions {
  /** When aborted, the work ends soon, and its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after the first step and then now and again. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export async function runSteps<T>(steps: Generator<number, T>, { signal, onProgress }: StepOptions): Promise<T> {
  try {
    for (let breathedAt = Number.NEGATIVE_INFINITY; ; ) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (performance.now() - breathedAt < stretchMs) continue;
      onProgress?.(step.value);
      await setImmediate();
      signal?.throwIfAborted();
      breathedAt = performance.now();
    }
  } finally {
    steps.return(undefined as never);
  }
}
