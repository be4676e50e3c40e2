import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { cellVolumeA3, inverseCell, type Structure } from '../../src/structure/structure.ts';

interface Neighbour {
  readonly i: number;
  readonly j: number;
  readonly n: readonly number[];
  readonly distanceA: number;
}

/** All pairs nearer than the reach, over more images than can be in reach; ordered by (atom, image). */
function bruteForce({ cellA, periodic, positionsA, species }: Structure, reachA: number): Neighbour[] {
  const found: Neighbour[] = [];
  const images = periodic.some(Boolean) ? 12 : 0;
  const range = periodic.map((repeats) => (repeats ? images : 0));
  const distance = (i: number, j: number, n: readonly number[]): number =>
    Math.hypot(
      ...[0, 1, 2].map(
        (axis) =>
          positionsA[3 * j + axis]! +
          n.reduce((sum, nk, k) => sum + nk * cellA[3 * k + axis]!, 0) -
          positionsA[3 * i + axis]!,
      ),
    );
  for (let i = 0; i < species.length; i++) {
    for (let j = 0; j < species.length; j++) {
      for (let a = -range[0]!; a <= range[0]!; a++) {
        for (let b = -range[1]!; b <= range[1]!; b++) {
          for (let c = -range[2]!; c <= range[2]!; c++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const distanceA = distance(i, j, [a, b, c]);
            if (distanceA < reachA) found.push({ i, j, n: [a, b, c], distanceA });
          }
        }
      }
    }
  }
  return found;
}

function listed(structure: Structure, reachA: number): { i: number; j: number; shiftA: number[]; distanceA: number }[] {
  const list = buildNeighbourList(structure, reachA);
  expect(list.start[0]).toBe(0);
  expect(list.start[structure.species.length]).toBe(list.atom.length);
  expect(list.image.length).toBe(list.atom.length);
  return [...structure.species.keys()].flatMap((i) =>
    Array.from({ length: list.start[i + 1]! - list.start[i]! }, (_, k) => {
      const entry = list.start[i]! + k;
      const j = list.atom[entry]!;
      const shift = 3 * list.image[entry]!;
      const shiftA = [...list.imageShiftA.subarray(shift, shift + 3)];
      const d = shiftA.map((s, axis) => structure.positionsA[3 * j + axis]! + s - structure.positionsA[3 * i + axis]!);
      return { i, j, shiftA, distanceA: Math.hypot(...d) };
    }),
  );
}

interface Choice {
  readonly seed: number;
  readonly atoms: number;
  readonly periodic: readonly [boolean, boolean, boolean];
  readonly edgeA: number;
  readonly unwrapped: boolean;
}

const choices: fc.Arbitrary<Choice> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  atoms: fc.integer({ min: 1, max: 7 }),
  periodic: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  edgeA: fc.double({ min: 1.5, max: 9, noNaN: true }),
  unwrapped: fc.boolean(),
});

/** Triclinic, small or large against the reach, directions that do not repeat with or without a vector of their own. */
function structureOf({ seed, atoms, periodic, edgeA, unwrapped }: Choice): Structure {
  const stream = new RandomStream(seed.toString(16).padStart(16, '0'), 0);
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform();
  const cellA = new Float64Array(9);
  for (let k = 0; k < 3; k++) {
    for (let axis = 0; axis < 3; axis++) {
      cellA[3 * k + axis] = (k === axis ? edgeA * between(0.8, 1.4) : 0) + edgeA * between(-0.2, 0.2);
    }
  }
  const positionsA = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    for (let k = 0; k < 3; k++) {
      const s = unwrapped ? between(-2.5, 3) : between(0, 1);
      for (let axis = 0; axis < 3; axis++) positionsA[3 * i + axis]! += s * cellA[3 * k + axis]!;
    }
  }
  for (let k = 0; k < 3; k++) {
    if (!periodic[k] && stream.uniform() < 0.5) cellA.fill(0, 3 * k, 3 * k + 3);
  }
  return { cellA, periodic, elements: ['Li'], species: new Int32Array(atoms), positionsA };
}

describe('neighbour lists', () => {
  it('hold the pairs of a brute-force search over all images, in its order: by atom, then image', () => {
    fc.assert(
      fc.property(choices, fc.double({ min: 0.8, max: 6, noNaN: true }), (choice, reach) => {
        const structure = structureOf(choice);
        // Beyond the images searched nothing may be in reach.
        const reachA = Math.min(reach, 1.8 * choice.edgeA);
        const expected = bruteForce(structure, reachA);
        if (expected.some(({ distanceA }) => Math.abs(distanceA - reachA) < 1e-9)) return;
        const found = listed(structure, reachA);
        expect(found.map(({ i, j }) => [i, j])).toEqual(expected.map(({ i, j }) => [i, j]));
        found.forEach(({ shiftA, distanceA }, k) => {
          expect(Math.abs(distanceA - expected[k]!.distanceA)).toBeLessThan(1e-9);
          for (let axis = 0; axis < 3; axis++) {
            const shift = expected[k]!.n.reduce((sum, n, v) => sum + n * structure.cellA[3 * v + axis]!, 0);
            expect(Math.abs(shiftA[axis]! - shift)).toBeLessThan(1e-9);
          }
        });
      }),
      { numRuns: 120 },
    );
  });

  it('hold the same entries, bit for bit and in the same order, within a cutoff whatever their reach', () => {
    fc.assert(
      fc.property(choices, fc.double({ min: 0, max: 3, noNaN: true }), (choice, skinA) => {
        const structure = structureOf(choice);
        const cutoffA = 0.9 * choice.edgeA;
        const short = listed(structure, cutoffA);
        const long = listed(structure, cutoffA + skinA).filter(({ distanceA }) => distanceA < cutoffA);
        expect(long).toEqual(short.filter(({ distanceA }) => distanceA < cutoffA));
      }),
    );
  });

  it('hold each pair in both directions with opposite shifts', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const found = listed(structureOf(choice), choice.edgeA);
        const key = (i: number, j: number, shiftA: number[]): string =>
          `${i} ${j} ${shiftA.map((x) => x + 0).join(' ')}`;
        const keys = new Set(found.map(({ i, j, shiftA }) => key(i, j, shiftA)));
        expect(keys.size).toBe(found.length);
        for (const { i, j, shiftA } of found)
          expect(
            keys.has(
              key(
                j,
                i,
                shiftA.map((x) => -x),
              ),
            ),
          ).toBe(true);
      }),
    );
  });

  it('see an atom that has wandered billions of cells away', () => {
    const structure = structureOf({ seed: 1, atoms: 5, periodic: [true, true, true], edgeA: 4, unwrapped: false });
    const cells = 2 ** 33;
    const far = structure.positionsA.slice();
    for (let axis = 0; axis < 3; axis++) far[axis]! += cells * structure.cellA[axis]!;
    const near = listed(structure, 3);
    const moved = listed({ ...structure, positionsA: far }, 3);
    expect(near.length).toBeGreaterThan(5);
    expect(moved.map(({ i, j }) => `${i} ${j}`)).toEqual(near.map(({ i, j }) => `${i} ${j}`));
    moved.forEach(({ distanceA }, k) => {
      expect(distanceA).toBeCloseTo(near[k]!.distanceA, 3);
    });
  });

  it('of an isolated atom or with no reach are empty', () => {
    const one: Structure = {
      cellA: new Float64Array(9),
      periodic: [false, false, false],
      elements: ['Li'],
      species: Int32Array.of(0),
      positionsA: Float64Array.of(1e6, -1e6, 0),
    };
    expect(listed(one, 5)).toEqual([]);
    expect(
      listed(structureOf({ seed: 2, atoms: 4, periodic: [true, true, true], edgeA: 3, unwrapped: true }), 0),
    ).toEqual([]);
  });

  it('are refused for a cell that spans no volume, or so little that the images in reach have no end', () => {
    const flat = (thicknessA: number): Structure => ({
      cellA: Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, thicknessA),
      periodic: [true, true, true],
      elements: ['Li'],
      species: Int32Array.of(0),
      positionsA: new Float64Array(3),
    });
    for (const thicknessA of [0, 1e-9, 1e-300, Number.NaN]) {
      expect(() => buildNeighbourList(flat(thicknessA), 5)).toThrow(expect.objectContaining({ code: 'singular-cell' }));
    }
    expect(listed(flat(0.1), 5).filter(({ distanceA }) => distanceA < 5).length).toBe(98);
  });

  it('are refused for what is denser than matter, or too spread to be searched', () => {
    const free = (atoms: number, place: (i: number) => number) => ({
      cellA: new Float64Array(9),
      periodic: [false, false, false] as [boolean, boolean, boolean],
      elements: ['Li'],
      species: new Int32Array(atoms),
      positionsA: Float64Array.from({ length: 3 * atoms }, (_, at) => place(Math.floor(at / 3)) * (1 + (at % 3))),
    });
    const dense = { ...free(1, () => 0), cellA: Float64Array.of(0.2, 0, 0, 0, 0.2, 0, 0, 0, 0.2) };
    dense.periodic = [true, true, true];
    expect(() => buildNeighbourList(dense, 5)).toThrow(expect.objectContaining({ code: 'too-dense' }));
    const spread = free(110_000, (i) => (i === 0 ? 1e12 : 10 * i));
    expect(() => buildNeighbourList(spread, 5)).toThrow(expect.objectContaining({ code: 'too-spread' }));
  });
});

describe('the inverse of a cell', () => {
  it('gives fractional coordinates', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const { cellA } = structureOf({ ...choice, periodic: [true, true, true] });
        const inverse = inverseCell(cellA);
        for (let k = 0; k < 3; k++) {
          for (let v = 0; v < 3; v++) {
            const s = [0, 1, 2].reduce((sum, axis) => sum + inverse[3 * k + axis]! * cellA[3 * v + axis]!, 0);
            expect(s).toBeCloseTo(k === v ? 1 : 0, 10);
          }
        }
        expect(Math.abs(cellVolumeA3(cellA))).toBeGreaterThan(0);
      }),
    );
  });
});
