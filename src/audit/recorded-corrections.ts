/**
 * What was said of an event later: retractions, replacements, and violations (the same exact task gave another result).
 * They are shown as they are recorded; a correction may itself have been corrected, and is then a key of the map too.
 */
import type { StoredEvent } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';

export const CORRECTION_KINDS = ['retract', 'supersede', 'violation'] as const;

export interface RecordedCorrection {
  readonly kind: (typeof CORRECTION_KINDS)[number];
  /** The correction's own event. */
  readonly seq: number;
  readonly eventId: string;
  /** null for a violation, which nobody made on purpose. */
  readonly reason: string | null;
  /** Event that stands in its place (`supersede`), or that the other result would have had (`violation`). */
  readonly other: string | null;
  readonly startedAt: string | null;
}

export type RecordedCorrections = ReadonlyMap<string, readonly RecordedCorrection[]>;

/** By the event that is corrected, in the order of the log. */
export function recordedCorrections(store: Store): RecordedCorrections {
  const corrections = new Map<string, RecordedCorrection[]>();
  for (const kind of CORRECTION_KINDS) {
    for (const event of store.log.byKind(kind)) {
      const { params } = event.core.task;
      const target = text(kind === 'violation' ? params.recordedEventId : params.event);
      if (target === null) continue;
      corrections.set(target, [...(corrections.get(target) ?? []), correctionOf(kind, event)]);
    }
  }
  for (const list of corrections.values()) list.sort((a, b) => a.seq - b.seq);
  return corrections;
}

function correctionOf(kind: RecordedCorrection['kind'], { seq, eventId, core, obs }: StoredEvent): RecordedCorrection {
  const { params } = core.task;
  return {
    kind,
    seq,
    eventId,
    reason: text(params.reason),
    other: text(kind === 'violation' ? params.otherEventId : params.by),
    startedAt: text(obs?.startedAt),
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
