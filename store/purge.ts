/**
 * An event of kind `purge` says that the bytes of a blob were dropped from the store that recorded it. What names the
 * blob stays; only its bytes may be missing.
 */
import type { EventCore } from './event.ts';
import { isHash } from './hash.ts';

export const purgeKind = 'purge';

export function purgedBlobOf({ task }: EventCore): string | undefined {
  return task.kind === purgeKind && isHash(task.params.blob) ? task.params.blob : undefined;
}
