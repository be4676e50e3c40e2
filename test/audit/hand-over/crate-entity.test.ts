import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatValues, settingId, uriPart } from '../../../src/audit/hand-over/crate-entity.ts';
import type { JsonObject } from '../../../src/formats/json-document.ts';

const anyText = fc.string({ unit: 'binary' });

describe('identifiers', () => {
  it('hold any text, and the text can be read back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const part = uriPart(text);
        expect(part).toMatch(/^[\w.!~*'()%-]*$/);
        expect(decodeURIComponent(part)).toBe(text);
      }),
    );
    expect(uriPart('\ud800')).toBe(uriPart('\ufffd'));
  });

  it('are equal for equal settings of one parameter only', () => {
    expect(settingId('#a', 1)).toBe(settingId('#a', 1));
    expect(new Set([settingId('#a', 1), settingId('#a', '1'), settingId('#a', true), settingId('#b', 1)]).size).toBe(4);
  });
});

describe('nested parameters', () => {
  it('are dotted pairs, lists, null and what is empty as JSON text', () => {
    const params = {
      steps: 5,
      watch: { every: 2, limits: { low: 0.5 } },
      window: [0.6, 1],
      seed: null,
      none: {},
      on: true,
      of: 'Li',
    };
    expect([...flatValues(params)]).toEqual([
      ['steps', 5, 'Number'],
      ['watch.every', 2, 'Number'],
      ['watch.limits.low', 0.5, 'Number'],
      ['window', '[0.6,1]', 'Text'],
      ['seed', 'null', 'Text'],
      ['none', '{}', 'Text'],
      ['on', true, 'Boolean'],
      ['of', 'Li', 'Text'],
    ]);
  });

  it('lose no value', () => {
    const { tree } = fc.letrec<{
      tree: JsonObject;
      leaf: number | string | boolean | null | number[];
      node: JsonObject[string];
    }>((tie) => ({
      leaf: fc.oneof(fc.integer(), anyText, fc.boolean(), fc.constant(null), fc.array(fc.integer())),
      node: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('tree')),
      tree: fc.dictionary(anyText, tie('node')),
    }));
    const leaves = (value: JsonObject): number =>
      Object.values(value).reduce((sum: number, item) => {
        const isNested = typeof item === 'object' && item !== null && !Array.isArray(item);
        return sum + (isNested ? Math.max(1, leaves(item)) : 1);
      }, 0);
    fc.assert(
      fc.property(tree, (params) => {
        expect([...flatValues(params)].length).toBe(leaves(params));
      }),
    );
  });
});
