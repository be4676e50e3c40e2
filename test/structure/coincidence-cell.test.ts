import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coincidenceCell } from '../../src/structure/coincidence-cell.ts';
import { chooseRotation, rotationOf } from '../../src/structure/coincidence-rotation.ts';
import { cubicHost } from '../../src/structure/cubic-host.ts';
import {
  cellVolume,
  coordinatesIn,
  cross,
  dot,
  type IntegerVector,
  primitive,
  vector,
} from '../../src/structure/integer-lattice.ts';
import { HOSTS } from './cubic-hosts.ts';

const index = fc.integer({ min: -3, max: 3 });
const indices = fc.tuple(index, index, index).filter((v) => v.some((x) => x !== 0));
const turns = fc
  .tuple(indices, fc.integer({ min: 0, max: 5 }), fc.integer({ min: -3, max: 3 }))
  .filter(([, m, n]) => m !== 0 || n !== 0)
  .map(([axis, m, n]) => rotationOf(primitive(vector(axis)), m, n));
const lattices = fc.constantFrom(HOSTS.polonium, HOSTS.iron, HOSTS.aluminium).map((host) => cubicHost(host).lattice);

describe('hosts', () => {
  it('show their centring, and one primitive cell of atoms', () => {
    const found = Object.entries(HOSTS).map(([name, crystal]) => {
      const { centring, sites } = cubicHost(crystal);
      return [name, centring, sites.length];
    });
    expect(found).toEqual([
      ['polonium', 'P', 1],
      ['cesiumChloride', 'P', 2],
      ['iron', 'I', 1],
      ['aluminium', 'F', 1],
      ['silicon', 'F', 2],
      ['zincblende', 'F', 2],
      ['rockSalt', 'F', 2],
      ['argyrodite', 'F', 13],
    ]);
  });

  it('that are not cubic, or lie otherwise, are refused', () => {
    const { structure, siteLabels } = HOSTS.aluminium;
    const withCell = (...cell: number[]) => ({
      structure: { ...structure, cellA: Float64Array.from(cell) },
      siteLabels,
    });
    for (const crystal of [
      withCell(4, 0, 0, 0, 4, 0, 0, 0, 4.1),
      withCell(0, 2, 2, 2, 0, 2, 2, 2, 0),
      withCell(-4, 0, 0, 0, -4, 0, 0, 0, -4),
      { structure: { ...structure, periodic: [true, true, false] as const }, siteLabels },
    ]) {
      expect(() => cubicHost(crystal)).toThrow(/boundary: a boundary is made from a conventional cubic cell/);
    }
  });
});

describe('coincidence cells of any rotation and plane', () => {
  it('are orthogonal, right-handed, z along the plane normal, their vectors in the lattices of both crystals', () => {
    fc.assert(
      fc.property(lattices, turns, indices, (lattice, rotation, plane) => {
        const { vectorsA, vectorsB, latticePoints, coincidences } = coincidenceCell(lattice, rotation, plane);
        const [x, y, z] = vectorsA;
        expect([dot(x, y), dot(y, z), dot(z, x)]).toEqual([0n, 0n, 0n]);
        expect(dot(cross(x, y), z) > 0n).toBe(true);
        expect(primitive(z)).toEqual(primitive(vector(plane)));
        const { numerator, denominator: N } = rotation;
        vectorsA.forEach((v, k) => {
          const b = vectorsB[k]!;
          expect(coordinatesIn(lattice, v)).toBeDefined();
          expect(coordinatesIn(lattice, b)).toBeDefined();
          // R·b = v
          expect(numerator.map((row) => dot(row, b))).toEqual(v.map((entry) => N * entry));
        });
        expect(BigInt(latticePoints) * cellVolume(lattice)).toBe(dot(x, cross(y, z)));
        expect(coincidences * rotation.sigma).toBe(latticePoints);
      }),
      { numRuns: 200 },
    );
  });

  it('count as coincident exactly the points that lie in both crystals', () => {
    fc.assert(
      fc.property(lattices, turns, (lattice, rotation) => {
        fc.pre(rotation.sigma < 30);
        const { numerator, denominator: N, sigma } = rotation;
        // In a cube of side 2Σ (half-units) the CSL, which contains Σ·L, repeats.
        const side = 2 * sigma;
        let [points, common] = [0, 0];
        for (let x = 0; x < side; x++) {
          for (let y = 0; y < side; y++) {
            for (let z = 0; z < side; z++) {
              const v = vector([x, y, z]);
              if (coordinatesIn(lattice, v) === undefined) continue;
              points += 1;
              const turnedBack = [0, 1, 2].map((k) => numerator.reduce((sum, row, i) => sum + row[k]! * v[i]!, 0n));
              if (turnedBack.some((entry) => entry % N !== 0n)) continue;
              if (coordinatesIn(lattice, turnedBack.map((entry) => entry / N) as unknown as IntegerVector)) common += 1;
            }
          }
        }
        expect(common * sigma).toBe(points);
      }),
      { numRuns: 12 },
    );
  });

  it('are the known ones', () => {
    const shape = (axis: [number, number, number], sigma: number, angle: number, plane: [number, number, number]) =>
      coincidenceCell(cubicHost(HOSTS.aluminium).lattice, chooseRotation(axis, sigma, angle), plane);
    // Coherent twin of fcc: [1-10]/2, [11-2]/2 and [111]; the (310)[001] tilt boundary: 1 × √10 × √10.
    const twin = shape([1, 1, 1], 3, 60, [1, 1, 1]);
    expect(twin.vectorsA.map((v) => dot(v, v))).toEqual([6n, 2n, 12n]);
    const tilt = shape([0, 0, 1], 5, 36.87, [3, 1, 0]);
    expect(tilt.vectorsA[1]).toEqual([0n, 0n, 2n]);
    expect(tilt.vectorsA.map((v) => dot(v, v))).toEqual([10n, 4n, 10n]);
    const twist = shape([0, 0, 1], 5, 36.87, [0, 0, 1]);
    expect(twist.vectorsA.map((v) => dot(v, v))).toEqual([10n, 10n, 4n]);
    expect(twist.latticePoints).toBe(10);
  });

  it('take x, or x and y, from the caller', () => {
    const lattice = cubicHost(HOSTS.aluminium).lattice;
    const twist = chooseRotation([0, 0, 1], 5, 36.87);
    const chosen = coincidenceCell(lattice, twist, [0, 0, 1], { x: [2, 1, 0] });
    expect(chosen.vectorsA.map(primitive)).toEqual([
      [2n, 1n, 0n],
      [-1n, 2n, 0n],
      [0n, 0n, 1n],
    ]);
    expect(coincidenceCell(lattice, twist, [0, 0, 1], { y: [-1, 2, 0] })).toEqual(chosen);
    expect(coincidenceCell(lattice, twist, [0, 0, 1], { x: [2, 1, 0], y: [-1, 2, 0] })).toEqual(chosen);
  });

  it('refuse directions outside the plane, and sets that are not orthogonal or left-handed, saying what would do', () => {
    const lattice = cubicHost(HOSTS.argyrodite).lattice;
    const tilt = chooseRotation([1, 1, 0], 3, 70.53);
    const at = (plane: [number, number, number], directions: object) => () =>
      coincidenceCell(lattice, tilt, plane, directions);
    // As printed in Table II: left-handed, and not orthogonal.
    expect(at([1, -1, 2], { x: [-1, 1, 1], y: [1, 1, 0] })).toThrow(
      /boundary.y: x, y and the plane normal are not a right-handed orthogonal set; expected .* y along \[-1 -1 0\]/,
    );
    expect(at([-1, 1, 1], { x: [1, -1, -2], y: [1, 1, 0] })).toThrow(
      /boundary.x: x = \[1 -1 -2\] does not lie in the boundary plane; expected a direction perpendicular to \[-1 1 1\]/,
    );
    expect(at([1, -1, 2], { x: [1, 1, 0], y: [2, 0, -1] })).toThrow(/x · y = 2/);
    expect(at([0, 0, 0], {})).toThrow(/boundary.plane: these are no Miller indices/);
  });
});
