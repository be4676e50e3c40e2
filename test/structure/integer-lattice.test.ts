import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hermiteForm } from '../../src/structure/hermite-form.ts';
import {
  alongLine,
  cellVolume,
  coordinatesIn,
  cross,
  dot,
  type IntegerLattice,
  type IntegerVector,
  inPlane,
  intersectLattices,
  latticeOf,
  primitive,
  sumLattice,
  vector,
} from '../../src/structure/integer-lattice.ts';
import { smallestRectangle } from '../../src/structure/smallest-rectangle.ts';

const entry = fc.integer({ min: -4, max: 4 });
const vectors = fc.tuple(entry, entry, entry).map(vector);
const directions = vectors.filter((v) => v.some((x) => x !== 0n));
const lattices = fc
  .array(vectors, { minLength: 3, maxLength: 5 })
  .map(latticeOf)
  .filter((lattice) => lattice.length === 3);

const has = (lattice: IntegerLattice, v: IntegerVector): boolean => coordinatesIn(lattice, v) !== undefined;

/** Every integer vector with components up to `reach`. */
function* box(reach: number): Generator<IntegerVector> {
  for (let x = -reach; x <= reach; x++) {
    for (let y = -reach; y <= reach; y++) for (let z = -reach; z <= reach; z++) yield vector([x, y, z]);
  }
}

describe('the Hermite form', () => {
  it('is the same for every basis of a lattice', () => {
    fc.assert(
      fc.property(lattices, fc.array(fc.tuple(fc.nat(2), fc.nat(2), entry), { maxLength: 12 }), (lattice, steps) => {
        const rows = lattice.map((row) => [...row]);
        for (const [i, j, factor] of steps) {
          if (i !== j) rows[i] = rows[i]!.map((x, k) => x + BigInt(factor) * rows[j]![k]!);
          else rows[i] = rows[i]!.map((x) => -x);
        }
        expect(hermiteForm(rows)).toEqual(lattice);
      }),
    );
  });

  it('finds the rank, also of rows that depend on each other or are zero', () => {
    expect(
      hermiteForm([
        [0n, 0n],
        [0n, 0n],
      ]),
    ).toEqual([]);
    expect(
      hermiteForm([
        [2n, 4n],
        [3n, 6n],
      ]),
    ).toEqual([[1n, 2n]]);
    expect(hermiteForm([])).toEqual([]);
  });
});

describe('lattices of integers', () => {
  it('intersect in what both have, and add up to what either makes, point by point', () => {
    fc.assert(
      fc.property(lattices, lattices, (a, b) => {
        const common = intersectLattices(a, b);
        const sum = sumLattice(a, b);
        for (const v of box(5)) expect(has(common, v)).toBe(has(a, v) && has(b, v));
        for (const row of [...a, ...b]) expect(has(sum, row)).toBe(true);
        expect(cellVolume(common) * cellVolume(sum)).toBe(cellVolume(a) * cellVolume(b));
      }),
      { numRuns: 40 },
    );
  });

  it('have in a plane, and along a line, what lies there', () => {
    fc.assert(
      fc.property(lattices, directions, (lattice, direction) => {
        const flat = inPlane(lattice, direction);
        expect(flat).toHaveLength(2);
        const line = alongLine(lattice, direction)!;
        expect(cross(line, direction)).toEqual([0n, 0n, 0n]);
        expect(dot(line, direction) > 0n).toBe(true);
        const upright = sumLattice(flat, latticeOf([line]));
        for (const v of box(4)) {
          if (!has(lattice, v)) continue;
          const isFlat = dot(v, direction) === 0n;
          const isAlong = cross(v, direction).every((x) => x === 0n);
          if (isFlat || isAlong) expect(has(upright, v)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the smallest rectangle of a plane lattice', () => {
  it('is as small as the smallest that a search of all vectors finds, right-handed, and made of lattice vectors', () => {
    fc.assert(
      fc.property(lattices, directions, vectors, (lattice, direction, axis) => {
        const normal = primitive(direction);
        const flat = inPlane(lattice, normal);
        const [x, y] = smallestRectangle(flat, normal, axis);
        expect(dot(x, y)).toBe(0n);
        expect(dot(cross(x, y), normal) > 0n).toBe(true);
        const area2 = dot(x, x) * dot(y, y);
        for (let i = -12n; i <= 12n; i++) {
          for (let j = 0n; j <= 12n; j++) {
            const p = vector([0, 1, 2].map((k) => i * flat[0]![k]! + j * flat[1]![k]!));
            if (p.every((component) => component === 0n)) continue;
            const q = alongLine(lattice, cross(normal, p))!;
            expect(dot(p, p) * dot(q, q) >= area2).toBe(true);
          }
        }
        for (const side of [x, y]) expect(has(lattice, side)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('has the axis for y where it is one of the sides', () => {
    const square = latticeOf([vector([1, 1, 0]), vector([1, -1, 0]), vector([0, 0, 1])]);
    const flat = inPlane(square, vector([0, 0, 1]));
    expect(smallestRectangle(flat, vector([0, 0, 1]), vector([-1, 1, 0]))).toEqual([
      [1n, 1n, 0n],
      [-1n, 1n, 0n],
    ]);
  });
});
