import { describe, expect, it } from 'vitest';
import { selectCampaign, selectCell, selectEvent } from '../../../src/audit/hand-over/selection.ts';
import { newStore } from '../../store/pack-fixture.ts';
import { eventOf } from '../../store/store-fixture.ts';

describe('what is handed over with an event', () => {
  it('are the corrections, violations and purges that name it, and all that these name', () => {
    const store = newStore();
    const add = (event: ReturnType<typeof eventOf>): number => store.log.append([event])[0]!.event.seq;
    const idOf = (seq: number): string => [...store.log.events(seq)][0]!.eventId;
    const say = (kind: string, params: { [name: string]: string | number }): number =>
      add(eventOf(0, { kind, class: 'observed', params, results: {} }));

    const before = add(eventOf(1, { blobs: store.blobs }));
    const inputs = { before: { event: idOf(before), output: 'data' } };
    const wrong = add(eventOf(2, { blobs: store.blobs, inputs }));
    const right = add(eventOf(3, { blobs: store.blobs }));
    const unrelated = add(eventOf(4));
    store.log.append([eventOf(3, { blobs: store.blobs, output: Buffer.from('other') })]);
    const violation = store.log.size;
    const supersede = say('supersede', { event: idOf(wrong), by: idOf(right), reason: 'better' });
    const retract = say('retract', { event: idOf(supersede), reason: 'not better' });
    say('retract', { event: idOf(unrelated), reason: 'wrong' });
    const purge = say('purge', { blob: store.blobs.put(Buffer.from('output 2')).hash, bytes: 8, reason: 'large' });
    say('purge', { blob: '0'.repeat(64), bytes: 1, reason: 'large' });

    const all = [before, wrong, right, violation, supersede, retract, purge];
    for (const seq of [wrong, right, retract]) expect(selectEvent(store, idOf(seq)).seqs, `${seq}`).toEqual(all);
    expect(selectEvent(store, idOf(before)).seqs).toEqual([before]);
    expect(selectEvent(store, idOf(unrelated)).seqs).toEqual([unrelated, unrelated + 4]);
  });

  it('is nothing where there is no such campaign, cell or event', () => {
    const store = newStore();
    expect(() => selectCampaign(store, 'none')).toThrow(/no campaign is called none/);
    expect(() => selectCell(store, 'tableV/bulk/Ea')).toThrow(/holds no campaign/);
    expect(() => selectEvent(store, '1')).toThrow(/no event is called "1"/);
  });
});
