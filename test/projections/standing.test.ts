import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeFall, type Standings, standingsOf, standingWord } from '../../src/projections/standing.ts';
import { evaluateCorrections, isCorrection } from '../../store/corrections.ts';
import type { NewEvent, StoredEvent } from '../../store/event.ts';
import { inputsOf } from '../../store/event-shape.ts';
import { type RandomLog, randomLog, retraction, storedAs, superseding } from '../store/correction-events.ts';

function standingsIn({ events, manifests }: RandomLog): Standings {
  const byId = new Map(events.map((event) => [event.eventId, event]));
  return standingsOf(evaluateCorrections(events.filter(({ core }) => isCorrection(core))), {
    byEventId: (eventId) => byId.get(eventId),
    manifest: (hash) => manifests.get(hash)!.map((event, index) => ({ event, output: 'data', index })),
  });
}

/** Slow and obvious: spreads from what is corrected to what uses it, until nothing changes. */
function fallenIn({ events, manifests }: RandomLog, corrected: Iterable<string>): Set<string> {
  const fallen = new Set(corrected);
  for (let size = -1; size < fallen.size; ) {
    size = fallen.size;
    for (const { eventId, core } of events) {
      for (const { input } of inputsOf(core)) {
        const used = 'event' in input ? [input.event] : manifests.get(input.manifest)!;
        if (used.some((source) => fallen.has(source))) fallen.add(eventId);
      }
    }
  }
  return fallen;
}

describe('fallOf', () => {
  it('is that of what is corrected, and of all and only what rests on it', () => {
    fc.assert(
      fc.property(randomLog, (log) => {
        const standings = standingsIn(log);
        const corrected = standings.corrections.inEffect;
        const fallen = fallenIn(log, corrected.keys());
        for (const { eventId } of log.events.toReversed()) {
          const fall = standings.fallOf(eventId);
          expect(fall !== undefined).toBe(fallen.has(eventId));
          if (fall === undefined) continue;
          expect(fall.corrections).toEqual(corrected.get(fall.corrected));
          expect(fallenIn(log, [fall.corrected])).toContain(eventId);
          expect(fall.corrected === eventId).toBe(corrected.has(eventId));
        }
      }),
    );
  });

  it('reaches the end of a chain of any length', () => {
    const events = chain(20_000);
    const standings = standingsIn({
      events: [...events, storedAs(retraction(events[0]!.eventId), events.length + 1)],
      manifests: new Map(),
    });
    expect(standingWord(standings, events.at(-1)!.eventId)).toBe('withdrawn');
    expect(describeFall(events.at(-1)!, standings.fallOf(events.at(-1)!.eventId)!)).toBe(
      `rests on event ${events[0]!.eventId.slice(0, 12)}, which was retracted: why`,
    );
  });
});

function chain(length: number): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let n = 0; n < length; n += 1) events.push(storedAs(segment(n, events.at(-1)?.eventId), n + 1));
  return events;
}

const segment = (n: number, before?: string, kind = 'test.work', output = 'data'): NewEvent => ({
  core: {
    task: {
      kind,
      v: 1,
      params: { n },
      inputs: before === undefined ? {} : { before: { event: before, output: 'data' } },
    },
    class: 'exact',
    outcome: { status: 'done' },
    outputs: { [output]: { hash: '11'.repeat(32), bytes: 1, mediaType: 'text/plain' } },
    results: {},
  },
  attestation: {},
  obs: {},
});

describe('standIn', () => {
  const [a, b, c] = chain(3) as [StoredEvent, StoredEvent, StoredEvent];
  const free = storedAs(segment(7), 4);
  const otherKind = storedAs(segment(7, undefined, 'test.rest'), 5);
  const otherOutput = storedAs(segment(7, undefined, 'test.work', 'else'), 6);
  const standIn = (...corrections: NewEvent[]) => {
    const events = [a, b, c, free, otherKind, otherOutput];
    for (const correction of corrections) events.push(storedAs(correction, events.length + 1));
    return standingsIn({ events, manifests: new Map() }).standIn(a);
  };

  it('is the event itself, its replacement, or the replacement of that', () => {
    expect(standIn()).toBe(a);
    expect(standIn(superseding(a.eventId, free.eventId))).toBe(free);
    const reused = superseding(free.eventId, a.eventId);
    expect(standIn(superseding(b.eventId, free.eventId))).toBe(a);
    expect(standIn(retraction(a.eventId), superseding(a.eventId, free.eventId))).toBe(free);
    expect(standIn(reused)).toBe(a);
  });

  it.each<[string, readonly NewEvent[], string]>([
    ['retracted', [retraction(a.eventId, 'it leaked')], 'was retracted: it leaked'],
    ['replaced by what rests on it', [superseding(a.eventId, c.eventId)], `rests on event ${a.eventId.slice(0, 12)}`],
    [
      'replaced by what was retracted',
      [superseding(a.eventId, free.eventId), retraction(free.eventId)],
      'that event was retracted: why',
    ],
    ['replaced by another kind', [superseding(a.eventId, otherKind.eventId)], 'that event is of kind test.rest'],
    ['replaced by other outputs', [superseding(a.eventId, otherOutput.eventId)], 'that event has no output data'],
    [
      'replaced twice',
      [superseding(a.eventId, free.eventId), superseding(a.eventId, b.eventId)],
      'several events are named',
    ],
    [
      'replaced in a circle',
      [superseding(a.eventId, free.eventId), superseding(free.eventId, a.eventId)],
      'in a circle',
    ],
  ])('is nothing, with the reason, where the event is %s', (_what, corrections, because) => {
    expect(standIn(...corrections)).toEqual({ because: expect.stringContaining(because) });
  });
});
