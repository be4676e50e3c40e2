/** Everything that rests on an event, directly or through others. */
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { lineageSource, usesOf } from '../../projections/lineage.ts';

/** In the order of the log, which is read from the event on: what rests on an event comes after it. */
export function descendantsOf(store: Store, { eventId, seq }: StoredEvent): string[] {
  const source = lineageSource(store);
  const found = new Set<string>();
  for (const event of store.log.events(seq + 1)) {
    if (usesOf(event, source).some(({ to }) => to === eventId || found.has(to))) found.add(event.eventId);
  }
  return [...found];
}
