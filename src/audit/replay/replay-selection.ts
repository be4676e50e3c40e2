/** Which events a replay recomputes. */
import { inLogOrder, type StoredEvent } from '../../../store/event.ts';
import { RandomStream } from '../../numerics/philox.ts';
import { notComparable } from './replay.ts';

/**
 * `count` of the events that can be recomputed, each set of them as likely as any other: a function of the seed and of
 * the events in their order (reservoir sampling: Vitter, ACM TOMS 11, 37 (1985), algorithm R).
 * @param seed 64 bits as 16 hexadecimal digits
 */
export function sampleEvents(events: Iterable<StoredEvent>, count: number, seed: string): StoredEvent[] {
  const random = new RandomStream(seed, 0);
  const chosen: StoredEvent[] = [];
  let seen = 0;
  for (const event of events) {
    if (notComparable(event) !== undefined) continue;
    seen += 1;
    if (chosen.length < count) chosen.push(event);
    else {
      const place = random.integer(seen);
      if (place < count) chosen[place] = event;
    }
  }
  return inLogOrder(chosen);
}

/** Events without those that were replayed before, by the same build, and found identical. */
export function* notYetReplayed(
  events: Iterable<StoredEvent>,
  verdicts: ReadonlyMap<string, readonly { readonly verdict: string; readonly sourceBuild: string }[]>,
  sourceBuild: string,
): Generator<StoredEvent> {
  for (const event of events) {
    const settled = verdicts
      .get(event.eventId)
      ?.some((recorded) => recorded.verdict === 'identical' && recorded.sourceBuild === sourceBuild);
    if (!settled) yield event;
  }
}
