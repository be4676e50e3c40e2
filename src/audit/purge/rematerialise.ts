/**
 * Rematerialise: computes blobs anew that are not in the store, or not whole, and puts them back where their bytes hash to
 * what is recorded. What their recipes need, and is gone too, is computed before.
 */
import type { StoredEvent } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import type { Store } from '../../../store/store.ts';
import { StoreError } from '../../../store/store-error.ts';
import { resolveTask } from '../../execution/assignment.ts';
import type { Executor } from '../../execution/executor.ts';
import { InputError } from '../../numerics/input-error.ts';
import type { OutputBlob } from '../../tasks/task-kind.ts';
import { findRecipes, type Recipe } from './find-blob.ts';

export interface RematerialiseListener {
  onStart?(event: StoredEvent): void;
  onProgress?(event: StoredEvent, fraction: number): void;
  onRestored?(event: StoredEvent, hashes: readonly string[]): void;
}

/**
 * @returns hashes of all blobs that were put back, those of inputs included
 * @throws InputError `recomputed-differs` where other bytes come out: nothing of that event is put back
 */
export async function rematerialise(
  store: Store,
  recipe: Recipe,
  executor: Executor,
  listener: RematerialiseListener = {},
): Promise<string[]> {
  const restored: string[] = [];
  const stack = [recipe.event];
  while (stack.length > 0) {
    const event = stack.at(-1)!;
    const needed = missingSources(store, event);
    if (needed.length > 0) {
      stack.push(...needed);
      continue;
    }
    stack.pop();
    restored.push(...(await recompute(store, event, executor, listener)));
  }
  return restored;
}

/** The recipes of what the event's task needs and is not there. */
function missingSources(store: Store, event: StoredEvent): StoredEvent[] {
  const { inputs } = resolveTask(event.core.task, store.log, store.blobs);
  const absent = new Set(
    Object.values(inputs).flatMap((list) => list.filter(({ hash }) => !isWhole(store, hash)).map(({ hash }) => hash)),
  );
  return [...findRecipes(store, absent).values()].map(({ event: source }) => source);
}

/** Whether the bytes are there and hash to their name. */
function isWhole(store: Store, hash: string): boolean {
  try {
    store.blobs.get(hash);
    return true;
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'blob-missing' || error.code === 'blob-corrupt')) return false;
    throw error;
  }
}

async function recompute(
  store: Store,
  event: StoredEvent,
  executor: Executor,
  listener: RematerialiseListener,
): Promise<string[]> {
  const recorded = Object.entries(event.core.outputs);
  const absent = recorded.filter(([, { hash }]) => !isWhole(store, hash));
  if (absent.length === 0) return [];
  listener.onStart?.(event);
  const { outputs } = await executor.execute(resolveTask(event.core.task, store.log, store.blobs), {
    onProgress: (fraction) => listener.onProgress?.(event, fraction),
  });
  const bytes = absent.map(([name, { hash }]) => demandRecorded(event, name, hash, outputs[name]));
  for (const piece of bytes) store.blobs.put(piece);
  const hashes = absent.map(([, { hash }]) => hash);
  listener.onRestored?.(event, hashes);
  return hashes;
}

function demandRecorded(event: StoredEvent, name: string, hash: string, output: OutputBlob | undefined): Uint8Array {
  const found = output === undefined ? 'no such output' : sha256Hex(output.bytes);
  if (output !== undefined && found === hash) return output.bytes;
  throw new InputError('recomputed-differs', `output ${name} came out with other bytes than are recorded`, {
    where: `event ${event.seq} (${event.eventId.slice(0, 12)}, ${event.core.task.kind})`,
    expected: `SHA-256 ${hash}`,
    found,
    remedy:
      'nothing was put back; restore the blob from a backup, or use the build that recorded it (varve show EVENT)',
  });
}
