/** What corrections say of an event, for people and for programs. */

import { describeFall, type Standings, standingWord } from '../../src/projections/standing.ts';
import type { Correction } from '../../store/corrections.ts';
import type { StoredEvent } from '../../store/event.ts';
import { shortId } from './numbers.ts';

/** Those that name the event, also as a replacement, in effect or not, in the order of the log. */
const correctionsNaming = ({ corrections }: Standings, eventId: string): Correction[] =>
  corrections.all.filter(({ corrected, by }) => corrected === eventId || by === eventId);

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Says of an event that no correction names that something which it rests on was corrected. */
export function withdrawalLines(event: StoredEvent, { fallOf }: Standings): string[] {
  const fall = fallOf(event.eventId);
  if (fall === undefined || fall.corrected === event.eventId) return [];
  return [`WITHDRAWN: this event ${describeFall(event, fall)}`];
}

/** A line for each correction that names the event. */
export const correctionLines = ({ eventId }: StoredEvent, standings: Standings): string[] =>
  correctionsNaming(standings, eventId).map(({ event, corrected, by, reason, inEffect }) => {
    const retracted = by === undefined ? 'RETRACTED' : `SUPERSEDED BY event ${shortId(by)}`;
    const what = by === eventId ? `IN PLACE OF event ${shortId(corrected)}` : retracted;
    const author = textOf(event.obs?.author);
    const when = textOf(event.obs?.startedAt) ?? 'time not recorded';
    const source = `event ${event.seq} (${shortId(event.eventId)}), ${when}${author === null ? '' : `, ${author}`}`;
    return `${inEffect ? '' : 'no longer '}${what}: ${reason}  [${source}]`;
  });

export const correctionFields = ({ eventId }: StoredEvent, standings: Standings) => ({
  standing: standingWord(standings, eventId),
  corrections: correctionsNaming(standings, eventId).map(({ event, kind, corrected, by, reason, inEffect }) => ({
    seq: event.seq,
    eventId: event.eventId,
    kind,
    event: corrected,
    by: by ?? null,
    reason,
    startedAt: textOf(event.obs?.startedAt),
    author: textOf(event.obs?.author),
    inEffect,
  })),
});
