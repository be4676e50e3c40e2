/**
 * Corrections are events that name another: `retract` takes it back, `supersede` names the event that stands in its
 * place. Nothing is ever removed; this file says which corrections are in effect and what they do to the event that
 * they name. What rests on it is found by those who know what inputs mean.
 *
 * A correction can itself be named by a later one. It is in effect if and only if no correction in effect names it.
 * Since an event can name earlier ones only, this is settled from the newest to the oldest, and does not depend on
 * the order in which independent corrections were recorded.
 */
import { type EventCore, inLogOrder, type StoredEvent } from './event.ts';

export type CorrectionKind = 'retract' | 'supersede';

export interface Correction {
  readonly kind: CorrectionKind;
  /** The correction's own event. */
  readonly event: StoredEvent;
  /** eventId of what it corrects. */
  readonly corrected: string;
  /** Of a `supersede`: eventId of what stands in its place. */
  readonly by?: string;
  readonly reason: string;
  readonly inEffect: boolean;
}

export interface Corrections {
  /** In the order of the log. */
  readonly all: readonly Correction[];
  /** Those in effect, by the eventId that they correct. */
  readonly inEffect: ReadonlyMap<string, readonly Correction[]>;
}

/** Where replacements lead: to an event that none replaces, or nowhere. */
export type Replacement = { readonly end: string } | { readonly fault: string };

export function isCorrection(core: EventCore): boolean {
  return core.task.kind === 'retract' || core.task.kind === 'supersede';
}

/** The events that a correction names in its params; none for any other kind. The core's shape was checked. */
export function namedEventsOf({ task }: EventCore): { path: string; eventId: string }[] {
  const names = task.kind === 'retract' ? ['event'] : task.kind === 'supersede' ? ['event', 'by'] : [];
  return names.map((name) => ({ path: `params.${name}`, eventId: String(task.params[name]) }));
}

/** @param events the corrections of a log in its order */
export function evaluateCorrections(events: readonly StoredEvent[]): Corrections {
  const named = new Set<string>();
  const all = events.toReversed().map((event): Correction => {
    const { kind, params } = event.core.task;
    const corrected = String(params.event);
    const inEffect = !named.has(event.eventId);
    if (inEffect) named.add(corrected);
    return {
      kind: kind as CorrectionKind,
      event,
      corrected,
      ...(kind === 'supersede' ? { by: String(params.by) } : {}),
      reason: String(params.reason),
      inEffect,
    };
  });
  all.reverse();
  const inEffect = new Map<string, Correction[]>();
  for (const correction of all) {
    if (!correction.inEffect) continue;
    inEffect.set(correction.corrected, [...(inEffect.get(correction.corrected) ?? []), correction]);
  }
  return { all, inEffect };
}

/** The part of the log that holds corrections; found by its index, so that a long log costs nothing. */
export interface CorrectionSource {
  byKind(kind: string): IterableIterator<StoredEvent>;
}

export function readCorrections(log: CorrectionSource): Corrections {
  return evaluateCorrections(inLogOrder([...log.byKind('retract'), ...log.byKind('supersede')]));
}

/**
 * Follows replacements from an event to the one that stands at their end; to the event itself where none is named.
 * A replacement outweighs a retraction of the same event: both say that it is not to be used, and one says what is.
 * Two stores that were joined can hold replacements that contradict each other: then nothing stands.
 */
export function followReplacements({ inEffect }: Corrections, eventId: string): Replacement {
  const passed = new Set<string>();
  for (let at = eventId; ; ) {
    passed.add(at);
    const next = new Set((inEffect.get(at) ?? []).flatMap(({ by }) => (by === undefined ? [] : [by])));
    if (next.size === 0) return { end: at };
    if (next.size > 1) {
      const names = [...next].sort().map((name) => name.slice(0, 12));
      return { fault: `several events are named in place of ${at.slice(0, 12)}: ${names.join(', ')}` };
    }
    at = [...next][0]!;
    if (passed.has(at)) return { fault: `the replacements lead in a circle through ${at.slice(0, 12)}` };
  }
}

/**
 * The corrections, in effect or not, that name any of these events, what replaced them, or a correction among these.
 * A correction that names one of them only as a replacement for something else is not theirs.
 */
export function correctionsOf({ all }: Corrections, eventIds: Iterable<string>): Correction[] {
  const reached = new Set(eventIds);
  const found = new Set<Correction>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const correction of all) {
      if (found.has(correction) || !reached.has(correction.corrected)) continue;
      found.add(correction);
      reached.add(correction.event.eventId);
      if (correction.by !== undefined) reached.add(correction.by);
    }
  }
  return all.filter((correction) => found.has(correction));
}
