import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inKeyOrder, type JsonValue, readJsonDocument, writeJsonDocument } from '../../src/formats/json-document.ts';
import { readManifest, writeManifest } from '../../src/formats/manifest.ts';
import { asBuffer, finite } from './bytes.ts';

const text = (value: JsonValue): string => new TextDecoder().decode(writeJsonDocument(value));

describe('JSON documents', () => {
  it('come back as they were written but for −0, whatever the order of their keys', () => {
    const positive = finite.map((x) => x + 0);
    const leaf = fc.oneof(positive, fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
    }));
    const reversed = (item: JsonValue): JsonValue => {
      if (Array.isArray(item)) return item.map(reversed);
      if (typeof item !== 'object' || item === null) return item;
      return Object.fromEntries(
        Object.entries(item)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    fc.assert(
      fc.property(value, (document) => {
        const bytes = writeJsonDocument(document);
        expect(readJsonDocument(asBuffer(bytes), 'blob')).toEqual(JSON.parse(JSON.stringify(document)));
        expect(writeJsonDocument(reversed(document))).toEqual(bytes);
        expect(writeJsonDocument(readJsonDocument(bytes, 'blob'))).toEqual(bytes);
      }),
    );
  });

  it('have sorted keys, no spaces, and 0 for −0', () => {
    expect(text({ b: [1, -0], a: { d: 'ä', c: null }, B: 1e-7 })).toBe('{"B":1e-7,"a":{"c":null,"d":"ä"},"b":[1,0]}');
  });

  it('keep the keys __proto__ and constructor as plain keys', () => {
    const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":2}');
    expect(text(hostile)).toBe('{"__proto__":{"x":1},"constructor":2}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('refuse numbers that are not finite, saying where they stand', () => {
    expect(() => writeJsonDocument({ a: [1, { b: Number.NaN }] })).toThrow(
      '.a[1].b is NaN, which must never reach a blob',
    );
    expect(() => inKeyOrder(Number.POSITIVE_INFINITY, '')).toThrow('value is Infinity');
  });

  it('that are none are refused', () => {
    for (const bytes of [Buffer.from(''), Buffer.from('{'), Buffer.from([0x22, 0xff, 0x22]), Buffer.from('NaN')]) {
      expect(() => readJsonDocument(bytes, 'blob x')).toThrow(
        expect.objectContaining({ code: 'bad-json', message: 'blob x: not a JSON document' }),
      );
    }
  });
});

describe('manifests', () => {
  it('come back as they were written', () => {
    const entry = fc.record({ event: fc.string(), output: fc.string(), index: fc.nat() });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(readManifest(writeManifest(entries), 'manifest')).toEqual(entries);
      }),
    );
    expect(new TextDecoder().decode(writeManifest([{ event: 'e', output: 'o', index: 3 }]))).toBe(
      '{"entries":[{"event":"e","index":3,"output":"o"}]}',
    );
  });

  it('that are none are refused', () => {
    const entry = '{"event":"e","output":"o","index":0}';
    for (const text of [
      'null',
      '[]',
      '{}',
      '{"entries":{}}',
      '{"entries":[null]}',
      '{"entries":[7]}',
      `{"entries":[${entry},{"event":"e","output":"o"}]}`,
      '{"entries":[{"event":"e","output":"o","index":1.5}]}',
      '{"entries":[{"event":"e","output":"o","index":-1}]}',
      '{"entries":[{"event":1,"output":"o","index":1}]}',
    ]) {
      expect(() => readManifest(Buffer.from(text), 'manifest x'), text).toThrow(
        expect.objectContaining({ code: 'bad-manifest', message: 'manifest x: not a manifest of inputs' }),
      );
    }
    expect(() => readManifest(Buffer.from('{'), 'manifest x')).toThrow(expect.objectContaining({ code: 'bad-json' }));
    expect(readManifest(Buffer.from(`{"entries":[${entry}]}`), 'manifest x')).toHaveLength(1);
  });
});
