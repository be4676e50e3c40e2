import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cubeRoot, exp, log } from '../../src/numerics/elementary.ts';
import { sha256Hex } from '../../store/hash.ts';

/** Distance in units of the last place of `expected`. */
function ulps(value: number, expected: number): number {
  if (value === expected) return 0;
  const view = new DataView(new ArrayBuffer(16));
  view.setFloat64(0, value);
  view.setFloat64(8, expected);
  const distance = view.getBigInt64(0) - view.getBigInt64(8);
  return Number(distance < 0n ? -distance : distance);
}

describe('exp and log', () => {
  it('lie within 2 units in the last place of the runtime’s own', () => {
    fc.assert(
      fc.property(fc.double({ min: -740, max: 709, noNaN: true }), (x) => {
        if (x > -700) expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(2);
      }),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true }), (x) => {
        expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(2);
      }),
      { numRuns: 20_000 },
    );
    for (let k = -2000; k <= 2000; k++) {
      const x = 1 + k * 1e-4;
      expect(ulps(log(x), Math.log(x))).toBeLessThanOrEqual(2);
    }
  });

  it('have a cube root that is right to the last bits', () => {
    for (let k = -300; k <= 300; k++) {
      const x = Number(`1.${Math.abs(k)}e${k}`);
      expect(ulps(cubeRoot(x), Math.cbrt(x))).toBeLessThanOrEqual(2);
    }
    for (let root = 1; root <= 100; root++) expect(cubeRoot(root * root * root)).toBe(root);
  });

  it('treat the ends of the range', () => {
    expect(exp(0)).toBe(1);
    expect(log(1)).toBe(0);
    expect(exp(-746)).toBe(0);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(exp(Number.NaN)).toBeNaN();
    expect(exp(-744)).toBeGreaterThan(0);
  });

  it('give the bits they always gave', () => {
    const values = new Float64Array(4000);
    for (let i = 0; i < 2000; i++) {
      values[2 * i] = exp((i - 1000) * 0.317);
      values[2 * i + 1] = log((i + 1) * 0.0371);
    }
    expect(sha256Hex(new Uint8Array(values.buffer))).toMatchInlineSnapshot(
      `"9f92a77ac51773a75d102a70040b0b3466087586f6ebbd0ef02cc05e7fecdf17"`,
    );
  });
});
