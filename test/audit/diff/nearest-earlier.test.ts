import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffJson } from '../../../src/audit/diff/diff-json.ts';
import { nearestEarlier } from '../../../src/audit/diff/nearest-earlier.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { sealed } from './synthetic-histories.ts';

const noManifest = () => {
  throw new Error('no manifests here');
};

/** Events of one kind with three parameters each, the last being the one that is asked about. */
const eventsOf = (params: readonly (readonly number[])[]): StoredEvent[] =>
  sealed(
    params.map(([x, y, z], place) => ({ kind: 'test.make', params: { x, y, z }, inputs: {}, result: place }) as never),
  );

describe('the nearest earlier task', () => {
  it('has the fewest differing fields, and is the latest of those', () => {
    const value = fc.nat(3);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 2, maxLength: 30 }), (params) => {
        const events = eventsOf(params);
        const target = events.pop()!;
        const fieldsOf = (event: StoredEvent): number =>
          diffJson(event.core.task.params, target.core.task.params, '').length;
        const fewest = Math.min(...events.map(fieldsOf));
        const expected = events.findLast((event) => fieldsOf(event) === fewest)!;
        const found = nearestEarlier([target], events, noManifest, () => false).get(target.eventId)!;
        expect(found).toMatchObject({ differingFields: fewest, certain: true });
        expect(found.event.seq).toBe(expected.seq);
      }),
    );
  });

  it('among thousands, and the preferred one among equals', () => {
    const events = eventsOf(Array.from({ length: 5000 }, (_, k) => [k, k % 7, 0]));
    const target = eventsOf([[1234, 1234 % 7, 1]])[0]!;
    const nearest = nearestEarlier([target], events, noManifest, () => false).get(target.eventId)!;
    expect(nearest.event.seq).toBe(1235);
    expect(nearest.difference.fields).toEqual([{ field: 'params.z', a: 0, b: 1 }]);
    const far = eventsOf([[-1, 3, 0]])[0]!;
    const isPreferred = (event: StoredEvent): boolean => event.seq === 4988;
    expect(nearestEarlier([far], events, noManifest, () => false).get(far.eventId)!.event.seq).toBe(4995);
    expect(nearestEarlier([far], events, noManifest, isPreferred).get(far.eventId)!.event.seq).toBe(4988);
  });

  it('counts the entries of a manifest that are not the same', () => {
    const fitWith = (manifest: string): StoredEvent => {
      const [event] = sealed([{ kind: 'potential.fit', params: {}, inputs: {}, result: 0 }]);
      return {
        ...event!,
        eventId: manifest,
        core: { ...event!.core, task: { ...event!.core.task, inputs: { training: { manifest } } } },
      };
    };
    const entries: { readonly [manifest: string]: number } = { few: 54, more: 58, all: 60 };
    const manifest = (hash: string) =>
      Array.from({ length: entries[hash]! }, (_, index) => ({ event: 'labels', output: 'labels', index }));
    const found = nearestEarlier([fitWith('all')], [fitWith('more'), fitWith('few')], manifest, () => false).get(
      'all',
    )!;
    expect(found.event.eventId).toBe('more');
    expect(found.difference.inputs).toEqual([
      {
        field: 'inputs.training',
        same: 58,
        onlyInA: [],
        onlyInB: [{ event: 'labels', output: 'labels', items: 2 }],
        reordered: false,
      },
    ]);
  });

  it('is nothing where there is none', () => {
    const [target] = eventsOf([[1, 2, 3]]);
    expect(nearestEarlier([target!], [], noManifest, () => true).size).toBe(0);
  });
});
