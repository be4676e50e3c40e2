import { describe, expect, it } from 'vitest';
import { recordedCorrections } from '../../../src/audit/correct/recorded-corrections.ts';
import { recordedVerdicts } from '../../../src/audit/replay/recorded-verdicts.ts';
import { InputError } from '../../../src/numerics/input-error.ts';
import type { NewEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { type EventOptions, eventOf, newFolder, open } from '../../store/store-fixture.ts';

const [first, second] = ['aa'.repeat(32), 'bb'.repeat(32)];

/** What `varve replay` records: when, by which code, and its verdicts as a blob. */
function replayOf(store: Store, startedAt: string, document: unknown, over: EventOptions = {}): NewEvent {
  const { hash, bytes } = store.blobs.put(Buffer.from(JSON.stringify(document)));
  const { core, ...rest } = eventOf(1, {
    kind: 'replay',
    class: 'observed',
    params: { startedAt, sourceBuild: 'code', scope: 'all' },
    results: { identical: 1, differs: 0, notComparable: 0 },
    ...over,
  });
  return { ...rest, core: { ...core, outputs: { verdicts: { hash, bytes, mediaType: 'application/json' } } } };
}

describe('recorded verdicts', () => {
  it('come by event, in the order of the log', () => {
    const store = open(newFolder());
    store.log.append([
      replayOf(store, 'monday', {
        verdicts: [
          { event: first, verdict: 'identical' },
          { event: second, verdict: 'not-comparable', why: 'observed' },
        ],
      }),
      replayOf(store, 'tuesday', { verdicts: [{ event: first, verdict: 'differs', why: 'output state' }] }),
    ]);
    expect([...recordedVerdicts(store)]).toEqual([
      [
        first,
        [
          { verdict: 'identical', startedAt: 'monday', sourceBuild: 'code' },
          { verdict: 'differs', startedAt: 'tuesday', sourceBuild: 'code', why: 'output state' },
        ],
      ],
      [second, [{ verdict: 'not-comparable', startedAt: 'monday', sourceBuild: 'code', why: 'observed' }]],
    ]);
  });

  it.each([
    ['no document', undefined],
    ['no list', { verdicts: {} }],
    ['another word', { verdicts: [{ event: first, verdict: 'fine' }] }],
    ['no event', { verdicts: [{ event: 'x', verdict: 'identical' }] }],
  ])('that are malformed (%s) are an error which names the replay', (_, document) => {
    const store = open(newFolder());
    store.log.append([replayOf(store, 'monday', document ?? 'nothing')]);
    expect(() => recordedVerdicts(store)).toThrow(InputError);
    expect(() => recordedVerdicts(store)).toThrow(/replay [0-9a-f]{12} \(event 1\)/);
  });

  it('need the parameters and the output of a replay', () => {
    const store = open(newFolder());
    store.log.append([replayOf(store, 'monday', { verdicts: [] }, { params: { startedAt: 3 } })]);
    expect(() => recordedVerdicts(store)).toThrow(/params startedAt and sourceBuild/);
    const bare = open(newFolder());
    bare.log.append([eventOf(1, { kind: 'replay', class: 'observed' })]);
    expect(() => recordedVerdicts(bare)).toThrow(/an output `verdicts`; found none/);
  });
});

describe('recorded corrections', () => {
  it('come by the event they are about: retractions, replacements, and violations found by the store itself', () => {
    const store = open(newFolder());
    const { event } = store.log.append([eventOf(1)])[0]!;
    const second = store.log.append([eventOf(4)])[0]!.event.eventId;
    const [again] = store.log.append([eventOf(1, { results: { square: 2 } })]);
    const retract = {
      kind: 'retract',
      class: 'observed' as const,
      results: {},
      params: { event: event.eventId, reason: 'wrong' },
    };
    const supersede = {
      kind: 'supersede',
      results: {},
      params: { event: event.eventId, by: second, reason: 'better' },
    };
    store.log.append([eventOf(2, retract), eventOf(3, { ...supersede, class: 'observed' })]);
    const corrections = recordedCorrections(store);
    expect([...corrections.keys()]).toEqual([event.eventId]);
    expect(corrections.get(event.eventId)).toMatchObject([
      { kind: 'violation', eventId: again!.violation!.eventId, seq: 3, reason: null },
      { kind: 'retract', seq: 4, inEffect: true, reason: 'wrong', other: null, startedAt: '2026-01-01T00:00:00Z' },
      { kind: 'supersede', seq: 5, inEffect: true, reason: 'better', other: second },
    ]);
  });
});
