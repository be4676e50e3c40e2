/** What corrections say of an event, for people and for programs. */

import { describeFall, type Standings, standingWord } from '../../src/projections/standing.ts';
import type { Correction } from '../../store/corrections.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import { shortId } from './numbers.ts';

/** Those that name the event itself, in effect or not, in the order of the log. */
const correctionsNaming = ({ corrections }: Standings, eventId: string): Correction[] =>
  corrections.all.filter(({ corrected }) => corrected === eventId);

const timeOf = ({ obs }: StoredEvent): string | null => (obs === null ? null : String(obs.startedAt));

/** A line on what became of the event, then one for each correction that names it; nothing where all is well. */
export function correctionLines(event: StoredEvent, standings: Standings): string {
  const fall = standings.fallOf(event.eventId);
  const state =
    fall === undefined
      ? []
      : [`${standingWord(standings, event.eventId).toUpperCase()}: this event ${describeFall(event, fall)}`];
  return [...state, ...describeNaming(event, standings)].map((line) => `${escapeControl(line)}\n`).join('');
}

/** A line for each correction that names the event. */
export const describeNaming = ({ eventId }: StoredEvent, standings: Standings): string[] =>
  correctionsNaming(standings, eventId).map(({ event, by, reason, inEffect }) => {
    const what = by === undefined ? 'RETRACTED' : `SUPERSEDED BY event ${shortId(by)}`;
    const author = typeof event.obs?.author === 'string' ? ` by ${event.obs.author}` : '';
    const where = `event ${event.seq} (${shortId(event.eventId)}), ${timeOf(event) ?? 'time not recorded'}${author}`;
    return `${inEffect ? what : `(taken back) ${what}`}: ${reason}  [${where}]`;
  });

export const correctionFields = (event: StoredEvent, standings: Standings) => ({
  standing: standingWord(standings, event.eventId),
  corrections: correctionsNaming(standings, event.eventId).map((correction) => ({
    seq: correction.event.seq,
    eventId: correction.event.eventId,
    kind: correction.kind,
    by: correction.by ?? null,
    reason: correction.reason,
    startedAt: timeOf(correction.event),
    author: correction.event.obs?.author ?? null,
    inEffect: correction.inEffect,
  })),
});
