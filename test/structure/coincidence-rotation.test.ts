import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRotation, rotationOf, rotationsOf } from '../../src/structure/coincidence-rotation.ts';
import { cross, dot, primitive, vector } from '../../src/structure/integer-lattice.ts';

const index = fc.integer({ min: -5, max: 5 });
const axes = fc
  .tuple(index, index, index)
  .filter((axis) => axis.some((x) => x !== 0))
  .map((axis) => primitive(vector(axis)));
const refusal = (action: () => unknown) => expect(action);

describe('coincidence rotations', () => {
  it('are proper rotations about their axis, by their angle', () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: 0, max: 12 }), fc.integer({ min: -12, max: 12 }), (axis, m, n) => {
        fc.pre(m !== 0 || n !== 0);
        const { numerator: rows, denominator: N, angleDegrees } = rotationOf(axis, m, n);
        rows.forEach((row, i) => {
          rows.forEach((other, j) => {
            expect(dot(row, other)).toBe(i === j ? N * N : 0n);
          });
          expect(dot(row, axis)).toBe(N * axis[i]!);
        });
        expect(dot(rows[0], cross(rows[1], rows[2]))).toBe(N * N * N);
        const trace = Number(rows[0][0] + rows[1][1] + rows[2][2]) / Number(N);
        expect(1 + 2 * Math.cos((angleDegrees * Math.PI) / 180)).toBeCloseTo(trace, 10);
      }),
    );
  });

  it('have Σ as the common denominator of the matrix', () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 12 }), (axis, m, n) => {
        const { numerator, denominator, sigma } = rotationOf(axis, m, n);
        const entries = numerator.flat();
        let smallest = 1n;
        while (entries.some((x) => (x * smallest) % denominator !== 0n)) smallest += 1n;
        expect(BigInt(sigma)).toBe(smallest);
      }),
    );
  });

  it('include the ones of the tables', () => {
    const angles = (axis: [number, number, number], sigma: number): number[] =>
      rotationsOf(vector(axis), sigma).flatMap(({ angleDegrees }) =>
        angleDegrees > 0 ? [Math.round(100 * angleDegrees) / 100] : [],
      );
    expect(angles([1, 1, 0], 3)).toEqual([70.53, 109.47]);
    expect(angles([1, 1, 1], 3)).toEqual([60, 180]);
    expect(angles([0, 0, 1], 5)).toEqual([36.87, 53.13, 126.87, 143.13]);
    expect(angles([1, 1, 1], 7)).toEqual([38.21, 81.79, 158.21]);
    expect(angles([1, 1, 0], 9)).toEqual([38.94, 141.06]);
    expect(angles([1, 1, 0], 11)).toEqual([50.48, 129.52]);
    expect(angles([0, 0, 1], 25)).toEqual([16.26, 73.74, 106.26, 163.74]);
  });

  it('turn right-handedly about the axis', () => {
    const { numerator, denominator } = chooseRotation([0, 0, 1], 5, 36.87);
    // x̂ turns towards ŷ.
    expect(numerator.map((row) => Number(row[0]) / Number(denominator))).toEqual([0.8, 0.6, 0]);
  });

  it('are chosen by axis, Σ and angle; without an angle the smallest positive one', () => {
    expect(chooseRotation([2, 2, 0], 3).angleDegrees).toBeCloseTo(70.5288, 4);
    expect(chooseRotation([1, 1, 0], 3, -109.47).angleDegrees).toBeCloseTo(-109.4712, 4);
    expect(chooseRotation([1, 1, 1], 3, 180).angleDegrees).toBe(180);
  });

  it('that do not exist are refused, with what there is instead', () => {
    refusal(() => chooseRotation([0, 0, 0], 3)).toThrow(/boundary.axis: these are no Miller indices/);
    refusal(() => chooseRotation([1, 0.5, 0], 3)).toThrow(/three whole numbers/);
    refusal(() => chooseRotation([0, 0, 1], 4)).toThrow(/always odd/);
    refusal(() => chooseRotation([0, 0, 1], 3)).toThrow(
      /boundary.sigma: no rotation about \[0 0 1\] has Σ = 3; expected one of 5, 13, 17, 25, 29/,
    );
    refusal(() => chooseRotation([1, 1, 0], 3, 50)).toThrow(
      /boundary.angleDegrees: no Σ3 rotation about \[1 1 0\] has this angle; expected one of 70.53, -70.53, 109.47/,
    );
    refusal(() => chooseRotation([1, 1, 0], 5, 70.53)).toThrow(/no rotation about \[1 1 0\] has Σ = 5/);
  });
});
