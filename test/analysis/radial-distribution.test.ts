import { describe, expect, it } from 'vitest';
import { RadialDistributionSum } from '../../src/analysis/radial-distribution.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { createArgyrodite } from './argyrodite-cell.ts';

const gas = (atoms: number, cell: readonly number[], seed: number): Structure => {
  const random = new RandomStream('00000000000009a1', seed);
  const positionsA = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    const s = [random.uniform(), random.uniform(), random.uniform()];
    for (let axis = 0; axis < 3; axis++)
      positionsA[3 * i + axis] = s.reduce((sum, part, d) => sum + part * cell[3 * d + axis]!, 0);
  }
  return {
    cellA: Float64Array.from(cell),
    periodic: [true, true, true],
    elements: ['A', 'B'],
    species: Int32Array.from({ length: atoms }, (_, i) => (i % 3 === 0 ? 1 : 0)),
    positionsA,
  };
};

describe('radial distributions (R8)', () => {
  it.each([
    ['A', 'B'],
    ['A', 'A'],
    ['B', 'A'],
  ] as const)('are 1 in an ideal gas, beyond half a skew cell too: %s–%s', (a, b) => {
    const sum = new RadialDistributionSum([a, b], 14, 2);
    for (let seed = 0; seed < 15; seed++) sum.add(gas(300, [16, 0, 0, 4, 15, 0, -3, 2, 17], seed));
    const { g, radiiA, frames, neighbours } = sum.result();
    expect(frames).toBe(15);
    expect([...radiiA]).toEqual([1, 3, 5, 7, 9, 11, 13]);
    // Beyond the first shells, where few are counted. Like pairs lack one of N.
    for (let shell = 1; shell < 7; shell++) expect(Math.abs(g[shell] - 1)).toBeLessThan(0.03);
    const density = (b === 'A' ? 200 : 100) / (16 * 15 * 17);
    expect(neighbours[6] / ((4 / 3) * Math.PI * 14 ** 3 * density)).toBeCloseTo(1, 1);
  });

  it('have a crystal’s shells at their radii, with images of a cell that is smaller than they are', () => {
    const a = 4.0037; // no shell at the border of two bins
    const fcc: Structure = {
      cellA: Float64Array.of(0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0),
      periodic: [true, true, true],
      elements: ['Ar'],
      species: Int32Array.of(0),
      positionsA: Float64Array.of(0.1, 0.2, 0.3),
    };
    const sum = new RadialDistributionSum(['Ar', 'Ar'], 9, 0.01);
    sum.add(fcc);
    const { g, radiiA, neighbours } = sum.result();
    const shells = [...radiiA].flatMap((r, k) => (g[k] > 0 ? [[r, Math.round(neighbours[k])]] : []));
    const expected = [12, 18, 42, 54, 78, 86, 134, 140, 176, 200];
    expect(shells.slice(0, 10).map(([, count]) => count)).toEqual(expected);
    shells.slice(0, 10).forEach(([r], k) => {
      expect(Math.abs(r - a * Math.sqrt((k + 1) / 2))).toBeLessThan(0.011);
    });
  });

  it('give the P–S bond of argyrodite and its four neighbours', () => {
    const sum = new RadialDistributionSum(['P', 'S'], 3, 0.05);
    sum.add(createArgyrodite(0));
    const { radiiA, g, neighbours } = sum.result();
    expect(Math.abs(radiiA[g.indexOf(Math.max(...g))] - 2.05)).toBeLessThan(0.05);
    expect(neighbours.at(-1)).toBeCloseTo(4, 12);
  });

  it('refuse species that are not there, structures without a density, and shells that are none', () => {
    const structure = gas(30, [8, 0, 0, 0, 8, 0, 0, 0, 8], 1);
    expect(() => new RadialDistributionSum(['A', 'Li'], 3, 0.1).add(structure)).toThrow(
      /no atom of species Li is there; expected one of A, B/,
    );
    expect(() =>
      new RadialDistributionSum(['A', 'B'], 3, 0.1).add({ ...structure, periodic: [true, true, false] }),
    ).toThrow(/all directions must repeat/);
    expect(() => new RadialDistributionSum(['A', 'B'], 3, 0)).toThrow(/shells of 0 Å up to 3 Å/);
    expect(() => new RadialDistributionSum(['A', 'B'], 3, 0.1).result()).toThrow(/no frame/);
  });
});
