import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosSinOfDegrees, cosSinOfTurns } from '../../src/numerics/circular.ts';

/** Hash of the bits of cos and sin over a fixed range, so that a change of a single bit is seen. */
const bitsOf = (values: number[]): string =>
  createHash('sha256')
    .update(new Uint8Array(Float64Array.from(values).buffer))
    .digest('hex')
    .slice(0, 16);

describe('cos and sin', () => {
  it('are those of the runtime, within 2 units in the last place of 1', () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (x) => {
        // Reduced to one turn first: the runtime's cos of a large angle in radians has lost digits of the angle.
        const radians = 2 * Math.PI * (x - Math.round(x));
        const { cos, sin } = cosSinOfTurns(x);
        expect(Math.abs(cos - Math.cos(radians))).toBeLessThan(5e-16);
        expect(Math.abs(sin - Math.sin(radians))).toBeLessThan(5e-16);
        expect(Math.abs(cos * cos + sin * sin - 1)).toBeLessThan(5e-16);
        const inDegrees = cosSinOfDegrees(x / 3);
        expect(Math.abs(inDegrees.cos - Math.cos((x / 3) * (Math.PI / 180)))).toBeLessThan(2e-15);
        expect(Math.abs(inDegrees.sin - Math.sin((x / 3) * (Math.PI / 180)))).toBeLessThan(2e-15);
      }),
    );
  });

  it('have relative accuracy at small angles', () => {
    for (const x of [1e-3, 1e-8, 1e-200]) {
      expect(cosSinOfTurns(x).sin / Math.sin(2 * Math.PI * x) - 1).toBeLessThan(5e-16);
    }
  });

  it('are exact where they can be', () => {
    const half = Math.sqrt(0.5);
    const high = Math.sqrt(0.75);
    for (const [degrees, cos, sin] of [
      [0, 1, 0],
      [30, high, 0.5],
      [45, half, half],
      [60, 0.5, high],
      [90, 0, 1],
      [120, -0.5, high],
      [135, -half, half],
      [150, -high, 0.5],
      [180, -1, 0],
      [270, 0, -1],
      [360, 1, 0],
      [-60, 0.5, -high],
    ]) {
      expect(cosSinOfDegrees(degrees!), `${degrees}°`).toEqual({ cos, sin });
    }
    for (const [turns, cos, sin] of [
      [0, 1, 0],
      [0.125, half, half],
      [0.25, 0, 1],
      [0.5, -1, 0],
      [-0.25, 0, -1],
      [-0.375, -half, -half],
      [7, 1, 0],
    ]) {
      expect(cosSinOfTurns(turns!), `${turns} turns`).toEqual({ cos, sin });
    }
  });

  it('are no numbers for what is none', () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(cosSinOfTurns(x).cos).toBeNaN();
      expect(cosSinOfDegrees(x).sin).toBeNaN();
    }
  });

  it('have the same bits everywhere', () => {
    const values: number[] = [];
    for (let n = -5000; n <= 5000; n++) {
      const { cos, sin } = cosSinOfTurns(n / 3331);
      const degrees = cosSinOfDegrees(n / 7);
      values.push(cos, sin, degrees.cos, degrees.sin);
    }
    expect(bitsOf(values)).toMatchInlineSnapshot(`"582db0007f13e173"`);
  });
});
