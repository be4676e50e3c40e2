/** Blobs whose bytes were dropped on purpose, as the log tells. They may be there again. */
import type { EventLog } from '../../../store/event-log.ts';
import { purgedBlobOf, purgeKind } from '../../../store/purge.ts';

export const purgedBlobs = (log: EventLog): ReadonlySet<string> =>
  new Set([...log.byKind(purgeKind)].flatMap(({ core }) => purgedBlobOf(core) ?? []));
