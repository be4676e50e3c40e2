/** What `why` is asked: a cell or an event, with the events that it rests on and what each task is for. */

import type { Store } from '../../../store/store.ts';
import type { Purposes } from '../../campaign/campaign-events.ts';
import { type CampaignView, campaignPurposes, findCell } from '../../campaign/campaign-view.ts';
import { readStandings } from '../../projections/standing.ts';
import type { Cell } from '../../projections/table.ts';
import { findEvent } from '../find-event.ts';

export interface Question {
  /** Only where a cell is asked for. */
  readonly asked?: { readonly cell: Cell; readonly view: CampaignView };
  readonly roots: readonly string[];
  /** What each task is for, in the words of the cell's campaign; of an event, in those of any. */
  readonly purposes: Purposes;
}

/**
 * @param name a cell's name, which has slashes, or what `findEvent` takes
 * @throws InputError `no-cell`, `no-event`, `ambiguous-event`
 */
export function readQuestion(store: Store, name: string, standings = readStandings(store)): Question {
  if (name.includes('/')) {
    const asked = findCell(store, name);
    return { asked, roots: asked.cell.events, purposes: asked.view.plan.purposes };
  }
  return { roots: [findEvent(store, name).eventId], purposes: campaignPurposes(store, standings) };
}
