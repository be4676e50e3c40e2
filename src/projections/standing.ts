/**
 * Which events stand, with the corrections of a log in effect. An event falls where a correction names it, or names
 * anything that it rests on; what has fallen is still there, verified and replayable, but no campaign uses it.
 */
import { type Correction, type Corrections, followReplacements, readCorrections } from '../../store/corrections.ts';
import type { StoredEvent } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { demandEvent, type LineageSource, lineageSource, usesOf } from './lineage.ts';

/** Why an event does not stand. */
export interface Fall {
  /** eventId of what the corrections name: the event itself, or the earliest in the log that it rests on. */
  readonly corrected: string;
  /** In effect; at least one. */
  readonly corrections: readonly Correction[];
}

export interface Standings {
  readonly corrections: Corrections;
  /** Undefined where the event stands. */
  fallOf(eventId: string): Fall | undefined;
  /** The event itself, or what stands in its place, or why nothing does. Asks nothing of what the event rests on. */
  standIn(event: StoredEvent): StoredEvent | { readonly because: string };
}

export const readStandings = (store: Store): Standings => standingsOf(readCorrections(store.log), lineageSource(store));

export function standingsOf(corrections: Corrections, source: LineageSource): Standings {
  const fallOf = fallFinder(corrections, source);
  return {
    corrections,
    fallOf,
    standIn(event) {
      const own = corrections.inEffect.get(event.eventId);
      if (own === undefined) return event;
      const said = describeCorrections(own);
      if (own.every(({ kind }) => kind === 'retract')) return { because: said };
      const replacement = followReplacements(corrections, event.eventId);
      if ('fault' in replacement) return { because: `${said}; ${replacement.fault}` };
      const standIn = demandEvent(source, replacement.end);
      const fall = fallOf(replacement.end);
      const misfit = fall === undefined ? whyMisfit(event, standIn) : describeFall(standIn, fall);
      return misfit === undefined ? standIn : { because: `${said}; that event ${misfit}` };
    },
  };
}

/** Why an event cannot be used where another was; undefined if it can. */
export function whyMisfit(event: StoredEvent, standIn: StoredEvent): string | undefined {
  const { task, outcome, outputs } = standIn.core;
  if (task.kind !== event.core.task.kind) return `is of kind ${task.kind}, not ${event.core.task.kind}`;
  if (outcome.status === 'failed') return 'failed, so it has no result';
  for (const [name, { mediaType }] of Object.entries(event.core.outputs)) {
    const found = Object.hasOwn(outputs, name) ? outputs[name]!.mediaType : undefined;
    if (found === undefined) return `has no output ${name}`;
    if (found !== mediaType) return `has an output ${name} of media type ${found}, not ${mediaType}`;
  }
  return undefined;
}

/** `was retracted: REASON`, or `rests on event ID, which was retracted: REASON`. */
export const describeFall = (event: StoredEvent, { corrected, corrections }: Fall): string =>
  corrected === event.eventId
    ? describeCorrections(corrections)
    : `rests on event ${corrected.slice(0, 12)}, which ${describeCorrections(corrections)}`;

/** `was superseded by event ID: REASON`; several are joined by semicolons. */
const describeCorrections = (corrections: readonly Correction[]): string =>
  corrections
    .map(({ by, reason }) =>
      by === undefined ? `was retracted: ${reason}` : `was superseded by event ${by.slice(0, 12)}: ${reason}`,
    )
    .join('; ');

/** One word for lists. `withdrawn`: what the event rests on was retracted or superseded. */
export function standingWord(
  { fallOf }: Standings,
  eventId: string,
): 'stands' | 'retracted' | 'superseded' | 'withdrawn' {
  const fall = fallOf(eventId);
  if (fall === undefined) return 'stands';
  if (fall.corrected !== eventId) return 'withdrawn';
  return fall.corrections.some(({ by }) => by !== undefined) ? 'superseded' : 'retracted';
}

/** Walks up from an event to what it rests on, each event once, and not above the earliest that is corrected. */
function fallFinder({ inEffect }: Corrections, source: LineageSource): Standings['fallOf'] {
  if (inEffect.size === 0) return () => undefined;
  const known = new Map<string, Fall | undefined>();
  const placeOf = (eventId: string): number => demandEvent(source, eventId).seq;
  for (const [corrected, corrections] of inEffect) known.set(corrected, { corrected, corrections });
  const places = new Map([...inEffect.keys()].map((eventId) => [eventId, placeOf(eventId)]));
  const earliest = [...places.values()].reduce((a, b) => Math.min(a, b));
  const earlier = (a: Fall | undefined, b: Fall | undefined): Fall | undefined =>
    a === undefined || (b !== undefined && places.get(b.corrected)! < places.get(a.corrected)!) ? b : a;

  return (eventId) => {
    const open: { eventId: string; sources: readonly string[] | undefined }[] = [{ eventId, sources: undefined }];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (known.has(top.eventId)) {
        open.pop();
      } else if (top.sources === undefined) {
        const event = demandEvent(source, top.eventId);
        top.sources = event.seq <= earliest ? [] : usesOf(event, source).map((use) => use.to);
        for (const next of top.sources) if (!known.has(next)) open.push({ eventId: next, sources: undefined });
      } else {
        known.set(
          top.eventId,
          top.sources.reduce<Fall | undefined>((fall, next) => earlier(fall, known.get(next)), undefined),
        );
        open.pop();
      }
    }
    return known.get(eventId);
  };
}
