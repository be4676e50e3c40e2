import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseCanonical } from '../../store/canonical-json.ts';
import { referenceCanonicalJson } from '../../store/canonical-reference.ts';
import type { Json } from '../../store/json.ts';
import { refusal } from './store-fixture.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => {
  const held = Number.isInteger(value) && !Number.isSafeInteger(value) ? 0.5 : value;
  return held + 0;
});
const text = fc.string({ unit: 'grapheme' });
const key = text.filter((name) => name !== '__proto__');
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    number,
    fc.maxSafeInteger(),
    text,
    fc.array(tie('json')),
    fc.dictionary(key, tie('json')),
  ),
}));

describe('canonicalJson', () => {
  it('agrees with the reference implementation of RFC 8785', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2000 },
    );
  });

  /** What a writer makes of a value: its text, or why there is none. */
  function outcome(write: () => unknown): unknown {
    try {
      return write();
    } catch (error) {
      return String(error);
    }
  }

  it('writes and refuses what the slow reference writes and refuses, in the same words', () => {
    const anything = fc.anything({ withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true });
    const value = fc.oneof(json, anything, fc.array(fc.oneof(json, anything)), fc.dictionary(fc.string(), anything));
    fc.assert(
      fc.property(value, (any) => {
        expect(outcome(() => canonicalJson(any))).toBe(outcome(() => referenceCanonicalJson(any)));
      }),
      { numRuns: 3000 },
    );
    for (const [, any] of bad) {
      expect(outcome(() => canonicalJson([any]))).toBe(outcome(() => referenceCanonicalJson([any])));
    }
  });

  it('comes back from parseCanonical as the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        const parsed = parseCanonical(canonicalJson(value));
        expect(canonicalJson(parsed)).toBe(canonicalJson(value));
      }),
    );
  });

  it('sorts keys by UTF-16 code units and spells numbers as RFC 8785 appendix B does', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2, b: 3, a: 4 })).toBe('{"a":4,"b":3,"\u{1f600}":2,"\ufb33":1}');
    expect(canonicalJson([1e-7, 1e21 / 1e6, 5e-324, 0.1 + 0.2])).toBe(
      '[1e-7,1000000000000000,5e-324,0.30000000000000004]',
    );
    expect(canonicalJson('\u0007\n"\\/\u007f')).toBe('"\\u0007\\n\\"\\\\/\u007f"');
  });

  class Point {
    x = 1;
  }
  const sparse = [1, 2, 3];
  delete sparse[1];
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const bad: [string, unknown][] = [
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['-0', -0],
    ['2^53', 2 ** 53],
    ['1e300', 1e300],
    ['undefined', undefined],
    ['function', () => 1],
    ['symbol', Symbol('x')],
    ['bigint', 1n],
    ['Date', new Date(0)],
    ['Map', new Map([['a', 1]])],
    ['Set', new Set([1])],
    ['Float64Array', new Float64Array(2)],
    ['Buffer', Buffer.from('x')],
    ['RegExp', /x/],
    ['boxed number', Object(1)],
    ['class instance', new Point()],
    ['toJSON', { toJSON: () => 'other' }],
    ['symbol key', { [Symbol('x')]: 1 }],
    ['sparse array', sparse],
    ['array with a key', Object.assign([1], { extra: 1 })],
    ['array subclass', new (class extends Array {})()],
    ['lone high surrogate', 'a\ud800b'],
    ['lone low surrogate', '\udc00'],
    ['lone surrogate in a key', { '\ud800': 1 }],
    ['own __proto__', JSON.parse('{"__proto__":1}')],
    ['a cycle', cyclic],
  ];
  it.each(bad)('refuses %s and names its place', (_name, value) => {
    refusal(() => canonicalJson(value), 'not-canonical');
    const error = refusal(() => canonicalJson({ list: [0, { 'odd key': value }] }), 'not-canonical');
    expect(error.details.where).toContain('$.list[1]["odd key"]');
  });
});

describe('parseCanonical', () => {
  it('accepts exactly the texts that the slow reference gives back', () => {
    const piece = fc.constantFrom(
      '"',
      ':',
      ',',
      '{}',
      '[]',
      ' ',
      '0',
      '1',
      '-',
      'e',
      '.',
      '\\',
      'null',
      '"a":',
      '\\u0041',
    );
    const edit = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.oneof(piece, fc.constant('')));
    fc.assert(
      fc.property(json, fc.array(edit, { maxLength: 2 }), (value, edits) => {
        let text = canonicalJson(value);
        for (const [at, removed, added] of edits) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + added + text.slice(from + removed);
        }
        const accepts = (read: () => boolean): boolean => {
          try {
            return read();
          } catch {
            return false;
          }
        };
        const slow = accepts(() => referenceCanonicalJson(JSON.parse(text)) === text);
        expect(accepts(() => canonicalJson(parseCanonical(text)) === text)).toBe(slow);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['spaces', '{"a": 1}'],
    ['key order', '{"b":1,"a":2}'],
    ['duplicate keys', '{"a":1,"a":1}'],
    ['duplicate keys, another value', '{"a":1,"a":2}'],
    ['another spelling of a number', '[1.0]'],
    ['minus zero', '[-0]'],
    ['a needless escape', '["\\u0041"]'],
    ['a prototype', '{"__proto__":{"a":1}}'],
    ['no JSON', '{'],
    ['a trailing line', '1\n'],
    ['a lone surrogate', '["\\ud800"]'],
    ['an integer that is rounded', '[9007199254740993]'],
    ['depth', '['.repeat(100) + ']'.repeat(100)],
  ])('refuses %s', (_name, text) => {
    refusal(() => parseCanonical(text), 'not-canonical');
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it('refuses text beyond its limit before parsing it', () => {
    refusal(() => parseCanonical(`"${'é'.repeat(10)}"`, 20), 'json-too-large');
    expect(parseCanonical(`"${'é'.repeat(9)}"`, 20)).toBe('é'.repeat(9));
  });
});
