/**
 * Corrections are events that name another: `retract` takes it back, `supersede` names the event that stands in its
 * place. A correction can itself be named by a later one: it is in effect if and only if no correction in effect names it.
 */
import type { StoredEvent } from '../../store/event.ts';
import type { EventLog } from '../../store/event-log.ts';
import { isHash } from '../../store/hash.ts';

export interface Correction {
  readonly kind: 'retract' | 'supersede';
  /** The correction's own event. */
  readonly event: StoredEvent;
  /** eventId of what it corrects. */
  readonly corrected: string;
  /** Of a `supersede`: eventId of what stands in its place. */
  readonly by?: string;
  readonly reason: string;
  readonly inEffect: boolean;
}

/** Those of a log, in its order. */
export function readCorrections(log: Pick<EventLog, 'byKind'>): Correction[] {
  const events = [...log.byKind('retract'), ...log.byKind('supersede')].sort((a, b) => b.seq - a.seq);
  const named = new Set<string>();
  const corrections: Correction[] = [];
  for (const event of events) {
    const { kind, params } = event.core.task;
    const { event: corrected, by, reason } = params;
    if (!isHash(corrected)) continue;
    const inEffect = !named.has(event.eventId);
    if (inEffect) named.add(corrected);
    corrections.push({
      kind: kind as Correction['kind'],
      event,
      corrected,
      ...(isHash(by) ? { by } : {}),
      reason: String(reason),
      inEffect,
    });
  }
  return corrections.reverse();
}
