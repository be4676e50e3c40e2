/**
 * A violation: an `exact` task was done twice and gave two different cores. The first stays as it is; the second is
 * recorded as an event of kind `violation`, with its outcome and results in the params and its outputs as its own, so
 * that their blobs stay referenced. The same violation found again is the same event.
 */
import { canonicalJson } from './canonical-json.ts';
import type { Entry } from './entry.ts';
import type { EventCore, StoredEvent } from './event.ts';
import type { JsonObject } from './json.ts';

export const violationKind = 'violation';
/** A summary beyond this is left out (the other core's hash remains), so that the violation fits in an entry. */
const maximumSummaryBytes = 24 * 1024;

/** The core of the event that records it. */
export function violationOf(recorded: StoredEvent, other: Entry): EventCore {
  const { outcome, outputs, results } = other.core;
  const summary = { outcome, outputs, results } as unknown as JsonObject;
  const bytes = Buffer.byteLength(canonicalJson(summary));
  const fits = bytes <= maximumSummaryBytes;
  return {
    task: {
      kind: violationKind,
      v: 1,
      params: {
        taskId: recorded.taskId,
        recordedEventId: recorded.eventId,
        otherEventId: other.eventId,
        other: fits ? summary : { omittedBytes: bytes },
      },
      inputs: {},
    },
    class: 'exact',
    outcome: { status: 'done' },
    outputs: fits ? outputs : {},
    results: {},
  };
}

/** What came from outside is never replaced and is no violation: such a second result is refused. */
export function isObservedAgain(recorded: StoredEvent, other: Entry): boolean {
  return recorded.eventId !== other.eventId && recorded.core.class === 'observed' && other.core.class === 'observed';
}
