/** Finds an event by what a person types, and names it for one. */
import type { StoredEvent } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { InputError } from '../numerics/input-error.ts';

/**
 * An event by its number in the log, its id, or the first digits of its id.
 * @throws InputError `no-event`, `ambiguous-event`
 */
export function findEvent(store: Store, name: string): StoredEvent {
  const numbered = /^\d{1,9}$/.test(name) ? store.log.bySeq(Number(name)) : undefined;
  if (numbered !== undefined) return numbered;
  const matches = /^[0-9a-f]{4,64}$/.test(name) ? store.log.byEventIdPrefix(name) : [];
  if (matches.length === 1) return matches[0]!;
  if (matches.length === 0) {
    throw new InputError('no-event', `no event is called ${JSON.stringify(name.slice(0, 80))}`, {
      where: store.dir,
      expected: `a number from 1 to ${store.log.size}, or at least 4 digits of an event id`,
      remedy: 'varve log lists them',
    });
  }
  throw new InputError('ambiguous-event', `several events begin with ${name}`, {
    found: matches.map((event) => event.eventId.slice(0, 16)).join(', '),
    remedy: 'give more digits',
  });
}

export const describeEvent = ({ seq, eventId, core }: StoredEvent): string =>
  `event ${seq} (${core.task.kind} ${eventId.slice(0, 12)})`;
