import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { angleOf } from '../../src/numerics/arctangent.ts';
import { sha256Hex } from '../../store/hash.ts';

describe('the angle of a point', () => {
  it('is the runtime’s own to a few units in the last place', () => {
    const coordinate = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, fc.boolean(), (x, y, isLeft) => {
        const signed = isLeft ? -x : x;
        const expected = Math.atan2(y, signed);
        expect(Math.abs(angleOf(signed, y) - expected)).toBeLessThanOrEqual(2e-15 * Math.max(expected, 1e-6));
      }),
      { numRuns: 5000 },
    );
  });

  it('is exact on the axes and right on the diagonals', () => {
    expect(angleOf(1, 0)).toBe(0);
    expect(angleOf(0, 3)).toBeCloseTo(Math.PI / 2, 15);
    expect(angleOf(-2, 0)).toBe(Math.PI);
    expect(angleOf(1, 1)).toBeCloseTo(Math.PI / 4, 15);
    expect(angleOf(0, 0)).toBeNaN();
  });

  it('gives the bits it always gave', () => {
    const values = Float64Array.from({ length: 1000 }, (_, k) => angleOf(500 - k, 0.37 * (k + 1)));
    expect(sha256Hex(new Uint8Array(values.buffer))).toMatchInlineSnapshot(
      `"8a964458b35f1193499adaeeee03536fe30442e7327e80de325402effc9b387b"`,
    );
  });
});
