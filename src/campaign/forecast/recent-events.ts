/** Late events of a kind, without reading a log of any length. */
import type { StoredEvent } from '../../../store/event.ts';
import type { EventLog } from '../../../store/event-log.ts';

const FIRST_WINDOW = 1024;

/**
 * In the order of the log: `atMost` of the kind from the shortest stretch at the end of the log, doubled from 1 024
 * events on, that holds so many; all there are where there are fewer.
 */
export function recentOfKind(log: Pick<EventLog, 'size' | 'byKind'>, kind: string, atMost: number): StoredEvent[] {
  const { size } = log;
  for (let window = FIRST_WINDOW; ; window *= 2) {
    const found: StoredEvent[] = [];
    for (const event of log.byKind(kind, Math.max(1, size - window + 1))) {
      if (event.core.outcome.status !== 'failed') found.push(event);
      if (found.length > 4 * atMost) found.splice(0, 2 * atMost);
    }
    if (found.length >= atMost || window >= size) return found.slice(-atMost);
  }
}
