import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDifferences, diffJson } from '../../../src/audit/diff/diff-json.ts';
import type { JsonValue } from '../../../src/formats/json-document.ts';

const jsonArbitrary = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, true, 0, 1, 'a', 'b'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('the leaves in which two JSON values differ', () => {
  it('are named by their paths, with what each side has', () => {
    const a = { name: 'm', seed: 1, runs: [{ members: 2, temperaturesK: [900, 1000] }], gone: { deep: 1 } };
    const b = { name: 'm', seed: 2, runs: [{ members: 2, temperaturesK: [700, 900, 1000] }, { members: 1 }] };
    expect(diffJson(a, b, '')).toEqual([
      { field: 'gone', a: { deep: 1 } },
      { field: 'runs[0].temperaturesK', a: [900, 1000], b: [700, 900, 1000] },
      { field: 'runs[1]', b: { members: 1 } },
      { field: 'seed', a: 1, b: 2 },
    ]);
  });

  it('are none exactly where the values are the same, and as many as are counted', () => {
    fc.assert(
      fc.property(jsonArbitrary, jsonArbitrary, fc.nat(4), (a, b, limit) => {
        const differences = diffJson(a, b, '');
        expect(diffJson(a, structuredClone(a), '')).toEqual([]);
        expect(countDifferences(a, structuredClone(a), limit)).toBe(0);
        expect(countDifferences(a, b, Number.POSITIVE_INFINITY)).toBe(differences.length);
        const counted = countDifferences(a, b, limit);
        expect(counted <= limit ? counted : limit + 1).toBe(Math.min(differences.length, limit + 1));
        expect(diffJson(b, a, '').map(({ field }) => field)).toEqual(differences.map(({ field }) => field));
      }),
      { numRuns: 1000 },
    );
  });
});
