import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/numerics/input-error.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import type { Crystal } from '../../src/structure/crystal.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { composition } from '../../src/structure/structure.ts';

type Point = [number, number, number];

const LATTICE_A = 10.25;
const seeds = fc.stringMatching(/^[0-9a-f]{16}$/);
const ideal = argyrodite({ latticeConstantA: LATTICE_A });

const fractionalOf = ({ structure }: Crystal): Point[] =>
  Array.from(structure.species, (_, i) =>
    [0, 1, 2].map((axis) => structure.positionsA[3 * i + axis]! / structure.cellA[0]!),
  ) as Point[];

/** Largest component of the difference, images taken into account. */
const distance = (p: Point, q: Point): number =>
  Math.max(...p.map((x, k) => Math.abs(x - q[k]! - Math.round(x - q[k]!))));

/** The 96 operations of F-43m: the permutations of x, y, z, an even number of sign changes, and the centring. */
const operations: ((p: Point) => Point)[] = [];
for (const [a, b, c] of [
  [0, 1, 2],
  [1, 2, 0],
  [2, 0, 1],
  [0, 2, 1],
  [2, 1, 0],
  [1, 0, 2],
] as const) {
  for (const signs of [
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ] as const) {
    for (const shift of [
      [0, 0, 0],
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0],
    ] as const) {
      operations.push((p) => [signs[0] * p[a] + shift[0], signs[1] * p[b] + shift[1], signs[2] * p[c] + shift[2]]);
    }
  }
}

/** Sorted distances from atom i to atoms of one element, Å. */
function shell({ structure }: Crystal, i: number, element: string, reachA: number): number[] {
  const list = buildNeighbourList(structure, reachA);
  const distances: number[] = [];
  for (let entry = list.start[i]!; entry < list.start[i + 1]!; entry++) {
    const j = list.atom[entry]!;
    if (structure.elements[structure.species[j]!] !== element) continue;
    const d = [0, 1, 2].map(
      (axis) =>
        structure.positionsA[3 * j + axis]! +
        list.imageShiftA[3 * list.image[entry]! + axis]! -
        structure.positionsA[3 * i + axis]!,
    );
    distances.push(Math.hypot(...d));
  }
  return distances.sort((p, q) => p - q);
}

describe('argyrodite (S1)', () => {
  it('has 52 atoms, 24 Li, 4 P, 20 S, 4 Cl, on 24g, 4b, 4c and 16e, 4a', () => {
    expect(composition(ideal.structure)).toEqual([24, 4, 20, 4]);
    expect(ideal.structure.elements).toEqual(['Li', 'P', 'S', 'Cl']);
    const counts: { [label: string]: number } = {};
    for (const label of ideal.siteLabels) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).toEqual({ '24g': 24, '4b': 4, '4c': 4, '16e': 16, '4a': 4 });
    expect(fractionalOf(ideal).every((p) => p.every((x) => x >= 0 && x < 1))).toBe(true);
  });

  it('maps onto itself, element by element and site by site, under all 96 operations of F-43m', () => {
    expect(operations).toHaveLength(96);
    fc.assert(
      fc.property(
        fc.double({ min: 0.58, max: 0.65, noNaN: true }),
        fc.double({ min: -0.05, max: 0.1, noNaN: true }),
        (anionX, cationZ) => {
          const crystal = argyrodite({ latticeConstantA: LATTICE_A, anionX, cationZ });
          const points = fractionalOf(crystal);
          for (const operation of operations) {
            points.forEach((point, i) => {
              const image = operation(point);
              const found = points.filter((other) => distance(image, other) < 1e-9);
              expect(found).toHaveLength(1);
              expect(crystal.siteLabels[points.indexOf(found[0]!)]).toBe(crystal.siteLabels[i]);
            });
          }
        },
      ),
      { numRuns: 3 },
    );
  });

  it('puts P in a tetrahedron of S at 2.05 Å, and the free S 4.22 Å from the nearest others', () => {
    for (const [i, label] of ideal.siteLabels.entries()) {
      if (label === '4b') {
        const bonds = shell(ideal, i, 'S', 3);
        expect(bonds).toHaveLength(4);
        for (const bond of bonds) expect(bond).toBeCloseTo(2.05, 2);
      }
      if (label === '4c') expect(shell(ideal, i, 'S', 4.5)[0]).toBeCloseTo(4.22, 2);
    }
  });

  it('puts six Li around each free S, all at the same distance: a cage', () => {
    for (const [i, label] of ideal.siteLabels.entries()) {
      if (label !== '4c') continue;
      const cage = shell(ideal, i, 'Li', 3);
      expect(cage).toHaveLength(6);
      for (const side of cage) expect(side).toBeCloseTo((0.25 - 0.018) * LATTICE_A, 10);
    }
  });

  it('on 48h occupies exactly one of the two halves of each 24g site, and all of them are 48h sites', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const split = 0.0533;
        const crystal = argyrodite({ latticeConstantA: LATTICE_A, cationSites: '48h', cationSplit: split }, seed);
        const lithium = fractionalOf(crystal).slice(0, 24);
        const sites = fractionalOf(ideal).slice(0, 24);
        const fortyEight = operations.map((operation) => operation([0.25 + split, 0.25 + split, 0.018]));
        for (const point of lithium) expect(fortyEight.some((site) => distance(site, point) < 1e-9)).toBe(true);
        for (const site of sites) {
          expect(lithium.filter((point) => Math.abs(distance(site, point) - split) < 1e-9)).toHaveLength(1);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('on 48h depends on the seed, and on nothing else', () => {
    const draw = (seed: string) => argyrodite({ latticeConstantA: LATTICE_A, cationSites: '48h' }, seed);
    expect(draw('0000000000000001')).toEqual(draw('0000000000000001'));
    expect(draw('0000000000000001').structure.positionsA).not.toEqual(draw('0000000000000002').structure.positionsA);
    expect(() => argyrodite({ latticeConstantA: LATTICE_A, cationSites: '48h' })).toThrow(/need a seed/);
  });

  it('refuses parameters out of range, by name', () => {
    for (const [name, parameters] of Object.entries({
      latticeConstantA: { latticeConstantA: 0 },
      anionX: { latticeConstantA: 10, anionX: 0.3845 },
      cationZ: { latticeConstantA: 10, cationZ: Number.NaN },
      cationSplit: { latticeConstantA: 10, cationSplit: 0.3 },
    })) {
      expect(() => argyrodite(parameters)).toThrow(InputError);
      expect(() => argyrodite(parameters)).toThrow(new RegExp(`^${name}: ${name} is out of range; expected`));
    }
  });
});
