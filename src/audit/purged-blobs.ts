/** Blobs whose bytes were dropped on purpose, as the log tells. They may be there again. */
import type { EventLog } from '../../store/event-log.ts';

export const PURGE = 'purge';

export const purgedBlobs = (log: EventLog): ReadonlySet<string> =>
  new Set([...log.byKind(PURGE)].map(({ core }) => String(core.task.params.blob)));
