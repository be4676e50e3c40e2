import { describe, expect, it } from 'vitest';
import { type CorrectionRequest, proposeCorrection, recordCorrection } from '../../../src/audit/correct/correction.ts';
import { InputError } from '../../../src/numerics/input-error.ts';
import { readStandings, standingWord } from '../../../src/projections/standing.ts';
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { retraction, superseding } from '../../store/correction-events.ts';
import { eventOf, newFolder, open, refusal } from '../../store/store-fixture.ts';

/** Events 1 to 6: 2 rests on 1, 3 on 2; 4 is free; 5 is of another kind; 6 has no output. */
function smallStore(): { store: Store; events: StoredEvent[] } {
  const store = open(newFolder());
  const { blobs } = store;
  const append = (...[n, options]: Parameters<typeof eventOf>): StoredEvent =>
    store.log.append([eventOf(n, options)])[0]!.event;
  const after = ({ eventId }: StoredEvent) => ({ before: { event: eventId, output: 'data' } });
  const first = append(1, { blobs });
  const second = append(2, { blobs, inputs: after(first) });
  const third = append(3, { blobs, inputs: after(second) });
  return {
    store,
    events: [first, second, third, append(4, { blobs }), append(5, { blobs, kind: 'test.rest' }), append(6)],
  };
}

const retract = (event: StoredEvent, reason = 'why'): CorrectionRequest => ({ kind: 'retract', event, reason });
const supersede = (event: StoredEvent, by: StoredEvent): CorrectionRequest => ({
  kind: 'supersede',
  event,
  by,
  reason: 'why',
});

function make(store: Store, request: CorrectionRequest): StoredEvent {
  return recordCorrection(store, proposeCorrection(store, request));
}

function refused(step: () => unknown): InputError {
  try {
    step();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('expected an InputError');
}

describe('a proposal', () => {
  it('says how many events fall or stand again, and writes nothing', () => {
    const { store, events } = smallStore();
    const [first, second] = events as [StoredEvent, StoredEvent];
    expect(proposeCorrection(store, retract(first)).effect).toEqual({ fallen: 3, restored: 0, campaigns: [] });
    expect(store.log.size).toBe(6);
    make(store, retract(second));
    expect(proposeCorrection(store, retract(first)).effect).toMatchObject({ fallen: 1, restored: 0 });
    const whole = make(store, retract(first));
    expect(proposeCorrection(store, retract(whole)).effect).toMatchObject({ fallen: 0, restored: 1 });
    const takenBack = make(store, retract(whole));
    expect(proposeCorrection(store, retract(takenBack)).effect).toMatchObject({ fallen: 1, restored: 0 });
  });

  it('made twice adds nothing; made anew after it was taken back, it is another attempt', () => {
    const { store, events } = smallStore();
    const [first] = events as [StoredEvent];
    const made = make(store, retract(first));
    expect(proposeCorrection(store, retract(first)).recorded).toEqual(made);
    expect(make(store, retract(first))).toEqual(made);
    expect(store.log.size).toBe(7);
    make(store, retract(made));
    const again = make(store, retract(first));
    expect(again.core.task.params).toEqual({ event: first.eventId, reason: 'why', attempt: 2 });
    make(store, retract(again));
    expect(make(store, retract(first)).core.task.params.attempt).toBe(3);
    expect(standingWord(readStandings(store), first.eventId)).toBe('retracted');
    expect(make(store, retract(first, 'another reason')).core.task.params).not.toHaveProperty('attempt');
  });

  it('records who corrects only where that is given', () => {
    const { store, events } = smallStore();
    const proposal = proposeCorrection(store, retract(events[0]!));
    expect(recordCorrection(store, proposal, 'A. N. Other').obs).toMatchObject({ author: 'A. N. Other' });
    expect(Object.keys(make(store, retract(events[1]!)).obs!).sort()).toEqual(['salt', 'startedAt']);
  });

  it.each<[string, (events: StoredEvent[]) => CorrectionRequest, string, RegExp]>([
    ['no reason', ([first]) => retract(first!, '  '), 'bad-reason', /needs a reason/],
    ['itself', ([first]) => supersede(first!, first!), 'bad-replacement', /the same event/],
    [
      'another kind',
      ([first, , , , other]) => supersede(first!, other!),
      'bad-replacement',
      /of kind test\.rest, not test\.count/,
    ],
    ['fewer outputs', (events) => supersede(events[0]!, events[5]!), 'bad-replacement', /has no output data/],
    [
      'what rests on it',
      ([first, , third]) => supersede(first!, third!),
      'bad-replacement',
      /rests on the event that it would replace/,
    ],
  ])('with %s is refused, and nothing is written', (_what, request, code, message) => {
    const { store, events } = smallStore();
    const error = refused(() => proposeCorrection(store, request(events)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(store.log.size).toBe(6);
  });

  it('that contradicts those in effect is refused, with the one to take back', () => {
    const { store, events } = smallStore();
    const [first, second, third, free] = events as [StoredEvent, StoredEvent, StoredEvent, StoredEvent];
    const replaced = make(store, supersede(third, free));
    const size = store.log.size;
    expect(refused(() => proposeCorrection(store, supersede(third, first))).message).toMatch(
      /several events are named/,
    );
    expect(refused(() => proposeCorrection(store, supersede(free, third))).message).toMatch(/was superseded by event/);
    expect(refused(() => proposeCorrection(store, supersede(first, third))).message).toMatch(/was superseded|rests on/);
    const already = refused(() => proposeCorrection(store, retract(third)));
    expect([already.code, already.details.remedy]).toEqual(['already-superseded', expect.stringContaining('event 7')]);
    expect(refused(() => proposeCorrection(store, supersede(replaced, free))).code).toBe('not-correctable');
    expect(store.log.size).toBe(size);
    // Taking back what ended a circle would close it again.
    const end = make(store, retract(replaced));
    make(store, supersede(free, third));
    expect(refused(() => proposeCorrection(store, retract(end))).message).toMatch(/in a circle/);
    expect(standingWord(readStandings(store), second.eventId)).toBe('stands');
  });

  it('of a replacement that no longer stands is refused', () => {
    const { store, events } = smallStore();
    const [first, second, , free] = events as [StoredEvent, StoredEvent, StoredEvent, StoredEvent];
    make(store, retract(first, 'it leaked'));
    expect(refused(() => proposeCorrection(store, supersede(free, second))).message).toMatch(
      /rests on event [0-9a-f]{12}, which was retracted: it leaked/,
    );
    expect(refused(() => proposeCorrection(store, supersede(free, first))).message).toMatch(/was retracted: it leaked/);
  });

  it('is not recorded in a store that is open for reading', () => {
    const { store, events } = smallStore();
    const reader = open(store.dir, 'read');
    const proposal = proposeCorrection(reader, retract(events[0]!));
    refusal(() => recordCorrection(reader, proposal), 'read-only');
    expect(store.log.size).toBe(6);
  });

  it('survives contradictions that came from elsewhere: nothing stands in their place, and they can be taken back', () => {
    const { store, events } = smallStore();
    const [first, , , free] = events as [StoredEvent, StoredEvent, StoredEvent, StoredEvent];
    store.log.append([superseding(first.eventId, free.eventId), superseding(free.eventId, first.eventId)]);
    store.log.append([retraction(first.eventId)]);
    expect(readStandings(store).standIn(first)).toHaveProperty('because');
    const circle = store.log.events(7).next().value as StoredEvent;
    make(store, retract(circle));
    expect(readStandings(store).standIn(free)).toHaveProperty('because');
    make(store, retract(store.log.events(9).next().value as StoredEvent));
    expect(readStandings(store).standIn(free)).toEqual(first);
  });
});
