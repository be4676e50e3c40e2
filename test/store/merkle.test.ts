import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompactRange, leafHash, perfectWidths } from '../../store/merkle.ts';
import { resultHash } from '../../store/result-hash.ts';

/** RFC 6962 §2.1, word for word. */
function naiveRoot(data: Uint8Array[]): Buffer {
  if (data.length === 0) return createHash('sha256').digest();
  if (data.length === 1)
    return createHash('sha256')
      .update(Buffer.concat([Buffer.of(0), data[0]!]))
      .digest();
  let k = 1;
  while (k * 2 < data.length) k *= 2;
  const parts = [Buffer.of(1), naiveRoot(data.slice(0, k)), naiveRoot(data.slice(k))];
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

describe('CompactRange', () => {
  it('has the root of RFC 6962 at every size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 }), (data) => {
        const range = new CompactRange();
        data.forEach((leaf, size) => {
          expect(range.size).toBe(size);
          expect(range.root()).toBe(naiveRoot(data.slice(0, size)).toString('hex'));
          range.append(leafHash(leaf));
        });
        expect(range.root()).toBe(naiveRoot(data).toString('hex'));
      }),
      { numRuns: 30 },
    );
  });

  it('agrees with the test vectors of certificate transparency', () => {
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const range = new CompactRange();
    for (const hex of data) range.append(leafHash(Buffer.from(hex, 'hex')));
    expect(range.root()).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('is left alone by what is done to its clone', () => {
    const range = new CompactRange();
    range.append(leafHash(Buffer.from('a')));
    const root = range.root();
    range.clone().append(leafHash(Buffer.from('b')));
    expect([range.size, range.root()]).toEqual([1, root]);
  });
});

describe('perfect subtrees', () => {
  const leaves = (from: number, to: number): Uint8Array[] =>
    Array.from({ length: to - from }, (_, n) => leafHash(Uint8Array.of(from + n)));

  function rootOf(hashes: readonly Uint8Array[]): Buffer {
    const range = new CompactRange();
    for (const hash of hashes) range.append(hash);
    return Buffer.from(range.root(), 'hex');
  }

  it('stand for any stretch of leaves: the same root at its end and at every size after it', () => {
    fc.assert(
      fc.property(fc.nat(90), fc.nat(90), fc.nat(20), (before, omitted, after) => {
        const [from, to] = [before, before + omitted];
        const whole = new CompactRange();
        const part = new CompactRange();
        for (const leaf of leaves(0, from)) part.append(leaf);
        for (const leaf of leaves(0, to)) whole.append(leaf);
        const widths = [...perfectWidths(from, to)];
        let at = from;
        for (const width of widths) {
          part.appendPerfect(rootOf(leaves(at, at + width)), width);
          at += width;
        }
        expect(widths.length).toBeLessThanOrEqual(2 * Math.log2(omitted + 2));
        for (const leaf of leaves(to, to + after)) {
          expect([part.size, part.root()]).toEqual([whole.size, whole.root()]);
          part.append(leaf);
          whole.append(leaf);
        }
        expect([part.size, part.root()]).toEqual([whole.size, whole.root()]);
      }),
    );
  });

  it('are as few as can be, also where bits of 32 would not do', () => {
    expect([...perfectWidths(0, 2 ** 50)]).toEqual([2 ** 50]);
    expect([...perfectWidths(2 ** 40 - 1, 2 ** 40 + 3)]).toEqual([1, 2, 1]);
    expect([...perfectWidths(5, 5)]).toEqual([]);
  });
});

describe('resultHash', () => {
  it('is the root over sorted ids, whatever their order and number of mentions', () => {
    const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 20 }), (ids) => {
        const sorted = ids.toSorted().map((hex) => Buffer.from(hex, 'hex'));
        expect(resultHash(ids)).toBe(naiveRoot(sorted).toString('hex'));
        expect(resultHash([...ids, ...ids.toReversed()])).toBe(resultHash(ids));
      }),
    );
  });
});
