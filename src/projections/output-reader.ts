/** What an event put out, for figures: their curves are arrays, which events keep as blobs. */
import type { StoredEvent } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';

/** Undefined where the event has no such output, or its bytes were purged. */
export type ReadOutput = (event: StoredEvent, output: string) => Uint8Array | undefined;

export const outputReader =
  ({ blobs }: Store): ReadOutput =>
  ({ core }, output) => {
    const hash = core.outputs[output]?.hash;
    return hash === undefined || !blobs.has(hash) ? undefined : blobs.get(hash);
  };
