/** What `why` is asked: a cell, a series of a figure or an event, with the events that it rests on and what each task is for. */
import type { Store } from '../../../store/store.ts';
import type { Purposes } from '../../campaign/campaign-events.ts';
import { campaignPurposes, findNumbers, type NamedNumbers } from '../../campaign/campaign-view.ts';
import { readStandings } from '../../projections/standing.ts';
import { findEvent } from '../find-event.ts';

export interface Question {
  /** Only where a cell or a series is asked for. */
  readonly asked?: NamedNumbers;
  readonly roots: readonly string[];
  /** What each task is for, in the words of its campaign; of an event, in those of any. */
  readonly purposes: Purposes;
}

/**
 * @param name a cell's or series' name, which has slashes, or what `findEvent` takes
 * @throws InputError `no-cell`, `no-event`, `ambiguous-event`
 */
export function readQuestion(store: Store, name: string, standings = readStandings(store)): Question {
  if (name.includes('/')) {
    const asked = findNumbers(store, name);
    return { asked, roots: asked.events, purposes: asked.view.plan.purposes };
  }
  return { roots: [findEvent(store, name).eventId], purposes: campaignPurposes(store, standings) };
}
