import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffHistories, type HistoryDifference, sameHistory } from '../../../src/audit/diff/diff-histories.ts';
import {
  descendantsOf,
  graphArbitrary,
  historyAt,
  type SyntheticEvent,
  sealed,
  sinksOf,
} from './synthetic-histories.ts';

const withEvent = (
  graph: readonly SyntheticEvent[],
  place: number,
  change: (event: SyntheticEvent) => SyntheticEvent,
): SyntheticEvent[] => graph.map((event, k) => (k === place ? change(event) : event));

const diffGraphs = (a: readonly SyntheticEvent[], b: readonly SyntheticEvent[]): HistoryDifference =>
  diffHistories(historyAt(sealed(a), sinksOf(a)), historyAt(sealed(b), sinksOf(b)));

/** What a difference says, so that A and B can be swapped and the order does not matter. */
const told = ({ partings, followers, shared, onlyInA, onlyInB }: HistoryDifference, swap: boolean) => {
  const sides = <T>(a: T, b: T): { a: T; b: T } => (swap ? { a: b, b: a } : { a, b });
  return {
    partings: partings
      .map(({ a, b, first, sameTask, fields, inputs }) => ({
        ...sides(a.eventId, b.eventId),
        first,
        sameTask,
        fields: fields.map(({ field, a: inA, b: inB }) => ({ field, ...sides(inA, inB) })),
        inputs: inputs.map((input) => ({ ...input, ...sides(input.onlyInA, input.onlyInB), onlyInA: 0, onlyInB: 0 })),
      }))
      .sort((x, y) => (x.a < y.a ? -1 : 1)),
    followers,
    shared,
    ...sides(onlyInA.map((event) => event.eventId).sort(), onlyInB.map((event) => event.eventId).sort()),
  };
};

describe('the difference of two histories', () => {
  it('of a history and itself is none', () => {
    fc.assert(
      fc.property(graphArbitrary, (graph) => {
        const difference = diffGraphs(graph, graph);
        expect(sameHistory(difference)).toBe(true);
        expect(difference.shared).toBe(graph.length);
      }),
    );
  });

  it('is the one field that was changed; all that rests on it follows, and nothing else', () => {
    fc.assert(
      fc.property(graphArbitrary, fc.nat(), (graph, at) => {
        const place = at % graph.length;
        const changed = withEvent(graph, place, (event) => ({ ...event, params: { place, nested: { value: 99 } } }));
        const { partings, followers, shared, onlyInA, onlyInB } = diffGraphs(graph, changed);
        expect(partings).toHaveLength(1);
        expect(partings[0]).toMatchObject({ first: true, sameTask: false, inputs: [] });
        const { value } = graph[place]!.params.nested as { value: number };
        expect(partings[0]!.fields).toEqual([{ field: 'params.nested.value', a: value, b: 99 }]);
        expect(partings[0]!.a.seq).toBe(place + 1);
        const descendants = descendantsOf(graph, place).size;
        expect(followers).toBe(descendants);
        expect(shared).toBe(graph.length - 1 - descendants);
        expect([...onlyInA, ...onlyInB]).toEqual([]);
      }),
    );
  });

  it('is a divergence where the task is the same and the result is not', () => {
    fc.assert(
      fc.property(graphArbitrary, fc.nat(), (graph, at) => {
        const place = at % graph.length;
        const { partings, followers } = diffGraphs(
          graph,
          withEvent(graph, place, (event) => ({ ...event, result: -1 })),
        );
        expect(partings).toHaveLength(1);
        expect(partings[0]).toMatchObject({ first: true, sameTask: true });
        expect(partings[0]!.fields).toEqual([{ field: 'results.result', a: place, b: -1 }]);
        expect(followers).toBe(descendantsOf(graph, place).size);
      }),
    );
  });

  it('names an input that one side has more of, and counts what only that side rests on', () => {
    const single = { kind: 'test.make', inputs: {}, result: 0 };
    const members = [1, 2, 3].map((place) => ({ ...single, params: { place } }));
    const mean = (places: readonly number[]): SyntheticEvent => ({
      kind: 'test.use',
      params: {},
      inputs: { list: places },
      result: 0,
    });
    const { partings, onlyInA, onlyInB, shared } = diffGraphs(
      [...members.slice(0, 2), mean([0, 1])],
      [...members, mean([0, 1, 2])],
    );
    expect(partings).toHaveLength(1);
    expect(partings[0]!.inputs).toMatchObject([{ field: 'inputs.list', same: 2, onlyInA: [], reordered: false }]);
    expect(partings[0]!.inputs[0]!.onlyInB).toMatchObject([{ output: 'data', items: 1 }]);
    expect([shared, onlyInA.length, onlyInB.length]).toEqual([2, 0, 1]);
    const reordered = diffGraphs([...members, mean([0, 1, 2])], [...members, mean([2, 1, 0])]).partings;
    expect(reordered[0]!.inputs).toMatchObject([{ field: 'inputs.list', same: 3, reordered: true }]);
  });

  it('tells a change further on from the first one', () => {
    const chain = (first: number, last: number): SyntheticEvent[] =>
      [first, 0, last].map((value, place) => ({
        kind: 'test.use',
        params: { place, value },
        inputs: place === 0 ? {} : { single: [place - 1] },
        result: 0,
      }));
    const { partings, followers } = diffGraphs(chain(1, 1), chain(2, 2));
    expect(partings.map(({ a, first }) => [a.seq, first])).toEqual([
      [1, true],
      [3, false],
    ]);
    expect(followers).toBe(1);
  });

  it('mirrors itself when the two are swapped', () => {
    fc.assert(
      fc.property(graphArbitrary, graphArbitrary, fc.nat(), (graph, other, at) => {
        const place = at % graph.length;
        const grafted = [...graph.slice(0, place), ...other.slice(place)];
        expect(told(diffGraphs(graph, grafted), false)).toEqual(told(diffGraphs(grafted, graph), true));
      }),
      { numRuns: 300 },
    );
  });

  it('of two chains of ten thousand events that differ in the first is found without deep recursion', () => {
    const chain = (seed: number): SyntheticEvent[] =>
      Array.from({ length: 10_000 }, (_, place) => ({
        kind: 'md.run',
        params: { place, seed: place === 0 ? seed : 0 },
        inputs: place === 0 ? {} : { single: [place - 1] },
        result: 0,
      }));
    const { partings, followers } = diffGraphs(chain(1), chain(2));
    expect(partings.map(({ fields }) => fields)).toEqual([[{ field: 'params.seed', a: 1, b: 2 }]]);
    expect(followers).toBe(9_999);
  });
});
