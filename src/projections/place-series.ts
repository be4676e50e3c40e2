/** A series from a place of the plan, or why it is empty, in the words of the tables. */
import type { StoredEvent } from '../../store/event.ts';
import { type Place, placeEvents, whyWithheld } from './boundary-results.ts';
import { describeWithdrawal } from './campaign-results.ts';
import type { Series } from './figure.ts';

export type SeriesHead = Pick<Series, 'name' | 'heading' | 'source' | 'shape' | 'family'>;
type Points = Pick<Series, 'x' | 'y' | 'interval95'>;

/** @param points undefined where the event has none after all */
export function placeSeries(place: Place, of: SeriesHead, points: (event: StoredEvent) => Points | undefined): Series {
  const events = placeEvents(place);
  const reason = place.withdrawn.length > 0 ? place.withdrawn.map(describeWithdrawal).join('; ') : whyWithheld(place);
  if (reason !== undefined) return { ...of, x: [], y: [], events, missing: reason };
  if (place.event === undefined) return { ...of, x: [], y: [], events, missing: 'not computed yet' };
  const found = points(place.event);
  return found === undefined
    ? { ...of, x: [], y: [], events, missing: 'the bytes of the curve are not in the store' }
    : { ...of, ...found, events };
}
