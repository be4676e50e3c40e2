/** What every part of the page looks things up in. */
import type { Explanation } from '../../../src/audit/explain/explanation.ts';
import { html, type Markup } from '../../../src/projections/drawing/markup.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { shortId } from '../numbers.ts';
import { listStage, type StageListing } from './stage-listing.ts';

export interface PageContext {
  readonly explanation: Explanation;
  readonly events: ReadonlyMap<string, StoredEvent>;
  /** By stage id. */
  readonly listings: ReadonlyMap<string, StageListing>;
  /** Ids of the events that have a place of their own on the page, which links may lead to. */
  readonly anchored: ReadonlySet<string>;
}

export function pageContext(explanation: Explanation): PageContext {
  const listings = new Map(explanation.staged.stages.map((stage) => [stage.id, listStage(stage, explanation)]));
  return {
    explanation,
    events: new Map(explanation.lineage.nodes.map((event) => [event.eventId, event])),
    listings,
    anchored: new Set([...listings.values()].flatMap(({ full }) => full.flat().map((event) => event.eventId))),
  };
}

/** What the event was for, in the campaign's words; its kind where no campaign asked for it. */
export const purposeOf = ({ explanation }: PageContext, event: StoredEvent): string =>
  explanation.purposes.get(event.taskId) ?? event.core.task.kind;

export const eventAnchor = (event: StoredEvent): string => `event-${event.seq}`;

/** `event 12`, as a link where the page has it. */
export function eventLink({ events, anchored }: PageContext, eventId: string): Markup {
  const event = events.get(eventId);
  if (event === undefined) return html`event <code>${shortId(eventId)}</code>`;
  if (!anchored.has(eventId)) return html`event ${event.seq} (<code>${shortId(eventId)}</code>)`;
  return html`<a href="#${eventAnchor(event)}">event ${event.seq}</a>`;
}
