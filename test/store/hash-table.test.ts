import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Column, HashTable } from '../../store/hash-table.ts';

const wordsOf = (hex: string): Uint32Array => new Uint32Array(new Uint8Array(Buffer.from(hex, 'hex')).buffer);

describe('HashTable', () => {
  it('numbers hashes as a Map does, also where they begin or end alike', () => {
    const digit = fc.constantFrom('00', '01', 'ff');
    const hash = fc.array(digit, { minLength: 32, maxLength: 32 }).map((digits) => digits.join(''));
    const alike = fc.nat({ max: 40 }).map((n) => n.toString(16).padStart(64, '0'));
    fc.assert(
      fc.property(fc.array(fc.oneof(hash, alike), { maxLength: 200 }), (hashes) => {
        const table = new HashTable();
        const known = new Map<string, number>();
        for (const hex of hashes) {
          expect(table.find(wordsOf(hex), 0)).toBe(known.get(hex) ?? -1);
          if (!known.has(hex)) known.set(hex, known.size);
          expect(table.add(wordsOf(hex), 0)).toBe(known.get(hex));
        }
        expect(table.size).toBe(known.size);
        for (const [hex, number] of known) expect(table.bytesOf(number).toString('hex')).toBe(hex);
      }),
      { numRuns: 60 },
    );
  });

  it('grows, and so do columns', () => {
    const table = new HashTable();
    const column = new Column(new Float64Array(1));
    for (let n = 0; n < 5000; n += 1) {
      expect(table.add(Uint32Array.of(9, 9, 0, 0, n, 0, 0, 0, 0), 1)).toBe(n);
      column.set(n, n / 2);
    }
    for (let n = 0; n < 5000; n += 1) expect(table.find(Uint32Array.of(9, 0, 0, n, 0, 0, 0, 0), 0)).toBe(n);
    expect([column.get(4999), column.get(5_000_000)]).toEqual([2499.5, 0]);
  });
});
