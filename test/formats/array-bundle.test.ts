import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArrayBundle, doubles, integers, readBundle, writeBundle } from '../../src/formats/array-bundle.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { asBuffer, damaged, finite } from './bytes.ts';

const bundles: fc.Arbitrary<ArrayBundle> = fc
  .record({
    entries: fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1 }),
        shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
        unit: fc.constantFrom('Å', '1', 'eV/Å'),
        dtype: fc.constantFrom('f64', 'i32', 'u8'),
        numbers: fc.infiniteStream(finite),
        integers: fc.infiniteStream(fc.integer()),
      }),
      { selector: ({ name }) => name, maxLength: 5 },
    ),
    meta: fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.integer(), fc.array(fc.string())),
    ),
  })
  .map(({ entries, meta }) => ({
    meta,
    entries: entries.map(({ name, shape, unit, dtype, numbers, integers: whole }) => {
      const length = shape.reduce((product, n) => product * n, 1);
      const values = [...(dtype === 'f64' ? numbers : whole).take(length)];
      const data =
        dtype === 'f64'
          ? Float64Array.from(values)
          : dtype === 'i32'
            ? Int32Array.from(values)
            : Uint8Array.from(values);
      return { name, shape, unit, data };
    }),
  }));

const small: ArrayBundle = {
  entries: [
    { name: 'a', shape: [3], unit: 'Å', data: Float64Array.of(1, -0, 5e-324) },
    { name: 'b', shape: [1, 3], unit: '1', data: Int32Array.of(1, -2, 3) },
    { name: 'c', shape: [5], unit: '1', data: Uint8Array.of(1, 2, 3, 4, 255) },
  ],
  meta: { note: 'ä', on: true },
};

/** A bundle with that header, and as many bytes of data. */
function forged(header: unknown, dataBytes = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const start = Buffer.alloc(16);
  start.write('VARVEAB1');
  start.writeUInt32LE(padded.length, 8);
  return Buffer.concat([start, padded, Buffer.alloc(dataBytes)]);
}
const entry = { dtype: 'f64', name: 'a', shape: [1], unit: 'Å' };

describe('array bundles', () => {
  it('come back bit for bit, from a view into a larger buffer too', () => {
    fc.assert(
      fc.property(bundles, (bundle) => {
        const bytes = writeBundle(bundle);
        expect(bytes.length % 8).toBe(0);
        for (const view of [bytes, asBuffer(bytes)]) {
          const read = readBundle(view, 'blob');
          expect(read).toEqual({ ...bundle, meta: read.meta });
          expect(JSON.stringify(read.meta)).toBe(JSON.stringify(JSON.parse(JSON.stringify(read.meta))));
          read.entries.forEach(({ data }, k) => {
            expect(Object.is(data.buffer, view.buffer)).toBe(false);
            expect(Buffer.from(data.buffer)).toEqual(Buffer.from(bundle.entries[k]!.data.buffer));
          });
          expect(writeBundle(read)).toEqual(bytes);
        }
      }),
    );
  });

  it('have these very bytes', () => {
    expect(Buffer.from(writeBundle(small)).toString('latin1').replace(/\0/g, '.')).toMatchInlineSnapshot(
      `"VARVEAB1È.......{"arrays":[{"dtype":"f64","name":"a","shape":[3],"unit":"Ã"},{"dtype":"i32","name":"b","shape":[1,3],"unit":"1"},{"dtype":"u8","name":"c","shape":[5],"unit":"1"}],"meta":{"note":"Ã¤","on":true}}     ......ð?.................þÿÿÿ.......ÿ..."`,
    );
  });

  it('are refused when they are written with a number that is not finite, or another length than the shape', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const entries = [{ name: 'a', shape: [2], unit: 'Å', data: Float64Array.of(0, bad) }];
      expect(() => writeBundle({ entries, meta: {} })).toThrow(
        `array a: item 1 is ${bad}, which must never reach a blob`,
      );
      expect(() => writeBundle({ entries: [], meta: { bad } })).toThrow(/\.meta\.bad is .* must never reach a blob/);
    }
    const entries = [{ name: 'a', shape: [2, 2], unit: 'Å', data: new Float64Array(3) }];
    expect(() => writeBundle({ entries, meta: {} })).toThrow('array a: 3 items for shape [2,2]');
  });

  it('cut off anywhere are refused', () => {
    const bytes = writeBundle(small);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readBundle(bytes.subarray(0, length), 'blob x')).toThrow(
        expect.objectContaining({
          code: 'bad-bundle',
          message: expect.stringMatching(/^blob x: not a bundle of arrays: /),
        }),
      );
    }
    expect(() => readBundle(Buffer.concat([bytes, Buffer.alloc(8)]), 'blob x')).toThrow(/bytes follow the last array/);
  });

  it('with flipped bits are refused or are another bundle, and never a bundle with a number that is not finite', () => {
    for (const bytes of damaged(writeBundle(small))) {
      try {
        const { entries } = readBundle(bytes, 'blob');
        for (const { data } of entries) expect([...data].every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
  });

  it('that nobody wrote are refused: each kind of nonsense in the header', () => {
    const nonsense: [unknown, number?][] = [
      ['null'],
      ['7'],
      ['[]'],
      ['{'],
      [{ arrays: [], meta: null }],
      [{ arrays: [], meta: [] }],
      [{ arrays: {}, meta: {} }],
      [{ arrays: [null], meta: {} }],
      [{ arrays: [[]], meta: {} }],
      [{ arrays: [{}], meta: {} }],
      [{ arrays: [{ ...entry, dtype: 'toString' }], meta: {} }, 8],
      [{ arrays: [{ ...entry, dtype: 'constructor' }], meta: {} }, 8],
      [{ arrays: [{ ...entry, name: 7 }], meta: {} }, 8],
      [{ arrays: [{ ...entry, unit: null }], meta: {} }, 8],
      [{ arrays: [{ ...entry, shape: 1 }], meta: {} }, 8],
      [{ arrays: [{ ...entry, shape: [-1] }], meta: {} }, 8],
      [{ arrays: [{ ...entry, shape: [0.5] }], meta: {} }, 8],
      [{ arrays: [{ ...entry, shape: ['1'] }], meta: {} }, 8],
      [{ arrays: [{ ...entry, shape: [2 ** 52, 2 ** 52, 2 ** 52] }], meta: {} }, 8],
      [{ arrays: [{ ...entry, shape: [2 ** 40] }], meta: {} }, 8],
      [{ arrays: [entry, entry], meta: {} }, 16],
    ];
    for (const [header, dataBytes] of nonsense) {
      expect(() => readBundle(forged(header, dataBytes), 'blob'), JSON.stringify(header)).toThrow(
        expect.objectContaining({ code: 'bad-bundle' }),
      );
    }
    expect(readBundle(forged({ arrays: [entry], meta: {} }, 8), 'blob').entries).toHaveLength(1);
    const long = Buffer.from(forged({ arrays: [], meta: {} }));
    long.writeUInt32LE(0xfffffff8, 8);
    expect(() => readBundle(long, 'blob')).toThrow(/the header is longer than the blob/);
  });

  it('give their arrays by name and type', () => {
    expect([...doubles(small, 'a', 'blob')]).toEqual([1, -0, 5e-324]);
    expect([...integers(small, 'b', 'blob')]).toEqual([1, -2, 3]);
    expect(() => doubles(small, 'b', 'blob')).toThrow('blob: no array of doubles called b');
    expect(() => integers(small, 'z', 'blob')).toThrow('blob: no array of integers called z');
  });
});
