/**
 * What was said of an event later: retractions, replacements, and violations (the same exact task gave another result).
 * A correction may itself have been corrected: it is then a key of the map too.
 */
import { type Correction, readCorrections } from '../../../store/corrections.ts';
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';

export interface RecordedCorrection {
  readonly kind: Correction['kind'] | 'violation';
  /** The correction's own event. */
  readonly seq: number;
  readonly eventId: string;
  /** null for a violation, which nobody made on purpose. */
  readonly reason: string | null;
  /** Event that stands in its place (`supersede`), or that the other result would have had (`violation`). */
  readonly other: string | null;
  readonly startedAt: string | null;
  /** False where the correction was itself taken back. */
  readonly inEffect: boolean;
}

export type RecordedCorrections = ReadonlyMap<string, readonly RecordedCorrection[]>;

/** By the event that is corrected, in the order of the log. */
export function recordedCorrections(store: Store): RecordedCorrections {
  const found = new Map<string, RecordedCorrection[]>();
  const add = (target: string, correction: RecordedCorrection): void => {
    found.set(target, [...(found.get(target) ?? []), correction]);
  };
  for (const { kind, event, corrected, by, reason, inEffect } of readCorrections(store.log).all) {
    add(corrected, { kind, ...placeOf(event), reason, other: by ?? null, inEffect });
  }
  for (const event of store.log.byKind('violation')) {
    const { recordedEventId, otherEventId } = event.core.task.params;
    const violation = { kind: 'violation' as const, ...placeOf(event), reason: null, other: String(otherEventId) };
    add(String(recordedEventId), { ...violation, inEffect: true });
  }
  for (const list of found.values()) list.sort((a, b) => a.seq - b.seq);
  return found;
}

const placeOf = ({ seq, eventId, obs }: StoredEvent) => ({
  seq,
  eventId,
  startedAt: typeof obs?.startedAt === 'string' ? obs.startedAt : null,
});
