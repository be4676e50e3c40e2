import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { closestPairs, refuseOverlaps } from '../../src/structure/closest-pair.ts';
import { randomStructure } from '../potential/random-potential.ts';

const { structure } = argyrodite({ latticeConstantA: 10.25 });

describe('closest pairs', () => {
  it('of the argyrodite: P–S is the shortest, and what is out of reach is infinite', () => {
    const { bySpecies, closest } = closestPairs(structure, 3);
    expect(bySpecies[1 * 4 + 2]).toBeCloseTo(2.05, 2);
    expect(bySpecies[3 * 4 + 3]).toBe(Number.POSITIVE_INFINITY);
    expect(closest!.distanceA).toBe(Math.min(...bySpecies));
  });

  it('are symmetric in the species to the last bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const random = randomStructure(2, 3, new RandomStream(seed.toString(16).padStart(16, '0'), 0));
        const { bySpecies } = closestPairs(random, 5);
        for (let a = 0; a < 3; a++) {
          for (let b = 0; b < 3; b++) expect(bySpecies[3 * a + b]).toBe(bySpecies[3 * b + a]);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('overlaps', () => {
  it('are refused with both atoms and their distance', () => {
    const positionsA = structure.positionsA.slice();
    positionsA.set(
      positionsA.subarray(0, 3).map((x) => x + 0.1),
      3 * 40,
    );
    expect(() => refuseOverlaps({ ...structure, positionsA }, 1.5, 'structure.create')).toThrow(
      expect.objectContaining({
        code: 'overlapping-atoms',
        message:
          'structure.create: atoms overlap; expected no two atoms nearer than 1.5 Å; ' +
          'found Li (atom 0) and S (atom 40) 0.173 Å apart (atoms count from 0); ' +
          'check the lattice constant, the sites and the size of random displacements',
      }),
    );
  });

  it('of an atom with its own image count', () => {
    const thin = {
      ...structure,
      cellA: Float64Array.of(1, 0, 0, 0, 9, 0, 0, 0, 9),
      species: Int32Array.of(0),
      positionsA: new Float64Array(3),
    };
    expect(() => refuseOverlaps(thin, 1.5, 'x')).toThrow(/Li \(atom 0\) and Li \(atom 0\) 1.000 Å apart/);
  });

  it('are none where nothing is nearer, or where no distance is demanded', () => {
    expect(() => refuseOverlaps(structure, 1.5, 'x')).not.toThrow();
    expect(() => refuseOverlaps(structure, 0, 'x')).not.toThrow();
  });
});
