/**
 * Purge: drops the bytes of a blob that can be computed anew. Its descriptor, its hash and its recipe stay in the log, and
 * so does an event that says when and why. The event is recorded before the bytes are dropped.
 */
import type { StoredEvent, Task } from '../../../store/event.ts';
import { taskIdOf } from '../../../store/hash.ts';
import { purgeKind } from '../../../store/purge.ts';
import type { Store } from '../../../store/store.ts';
import type { Executor } from '../../execution/executor.ts';
import type { JsonObject } from '../../formats/json-document.ts';
import { InputError } from '../../numerics/input-error.ts';
import { locationText } from '../replay/difference.ts';
import { replayEvents } from '../replay/replay.ts';
import type { Recipe } from './find-blob.ts';

/**
 * Shows, before anything is dropped, that the recipe gives these bytes.
 * @throws InputError `not-recomputable`
 */
export async function demandRecomputable(store: Store, { hash, event }: Recipe, executor: Executor): Promise<void> {
  const [verdict] = await replayEvents({ store, events: [event], executor });
  if (verdict?.verdict === 'identical') return;
  throw new InputError('not-recomputable', 'the bytes would not come back, so they are kept', {
    where: `blob ${hash}`,
    expected: `event ${event.seq} (${event.core.task.kind}) to give the same bytes again`,
    ...(verdict?.why === undefined ? {} : { found: verdict.why }),
    list: verdict?.differences.map(locationText) ?? [],
  });
}

/** @throws InputError `blob-absent` where there is nothing to drop */
export function purgeBlob(
  store: Store,
  { hash }: Recipe,
  reason: string,
  record: { readonly attestation: JsonObject; readonly startedAt: string },
): StoredEvent {
  const bytes = store.blobs.sizeOf(hash);
  if (bytes === null) {
    throw new InputError('blob-absent', 'the bytes of this blob are not in the store', {
      where: store.blobs.path(hash),
      remedy: `varve rematerialise ${hash} brings them back`,
    });
  }
  const [appended] = store.log.append([
    {
      core: {
        task: nextAttempt(store, { blob: hash, bytes, reason }),
        class: 'observed',
        outcome: { status: 'done' },
        outputs: {},
        results: {},
      },
      attestation: record.attestation,
      obs: { startedAt: record.startedAt },
    },
  ]);
  store.blobs.remove(hash);
  return appended!.event;
}

/** A blob that came back may be purged again for the same reason: that is another task. */
function nextAttempt(store: Store, params: JsonObject): Task {
  for (let attempt = 1; ; attempt += 1) {
    const task: Task = { kind: purgeKind, v: 1, params: attempt === 1 ? params : { ...params, attempt }, inputs: {} };
    if (store.log.byTaskId(taskIdOf(task)) === undefined) return task;
  }
}
