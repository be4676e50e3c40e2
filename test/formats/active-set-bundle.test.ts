import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readActiveSet, writeActiveSet } from '../../src/formats/active-set-bundle.ts';
import { readBundle, writeBundle } from '../../src/formats/array-bundle.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { type ActiveSet, buildActiveSet } from '../../src/potential/active-set.ts';
import { createGrader } from '../../src/potential/grader.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { randomPotential, randomStructure } from '../potential/random-potential.ts';
import { asBuffer, damaged } from './bytes.ts';

const random = new RandomStream('000000000ac7b0d1', 0);
const potential = randomPotential(generateTemplate(4), 2, random);
const training = { name: 'training', structures: Array.from({ length: 6 }, () => randomStructure(2, 2, random)) };

/** The smallest that there is. */
const tiny: ActiveSet = {
  mode: 'neighbourhood',
  weighting: 'vibrations',
  potentialNumbers: Float64Array.of(1, 1.5, 5, 0.1, 0.2),
  initThreshold: 1e-5,
  matrix: Float64Array.of(2, 0, 0, 1e-5),
  inverse: Float64Array.of(0.5, 0, 0, 1 / 1e-5),
  configurations: Int32Array.of(3, -1),
  atoms: Int32Array.of(7, -1),
  logDeterminant: -10.8,
};

const bad = expect.objectContaining({ code: 'bad-bundle' });

describe('active sets as blobs', () => {
  it('come back bit for bit, the inverse among them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('configuration' as const, 'neighbourhood' as const),
        fc.constantFrom('vibrations' as const, 'molecules' as const, 'structures' as const),
        fc.constantFrom(1e-5, 1e-3),
        (mode, weighting, initThreshold) => {
          const set = buildActiveSet(potential, training, { mode, weighting, initThreshold });
          const bytes = writeActiveSet(set);
          for (const view of [bytes, asBuffer(bytes)]) expect(readActiveSet(view, 'blob')).toEqual(set);
          expect(writeActiveSet(readActiveSet(bytes, 'blob'))).toEqual(bytes);
          const structure = randomStructure(2, 2, random);
          const gradeOf = (by: ActiveSet) =>
            createGrader(by, potential).grade(structure, buildNeighbourList(structure, potential.maxDistanceA));
          expect(gradeOf(readActiveSet(bytes, 'blob'))).toEqual(gradeOf(set));
        },
      ),
      { numRuns: 12 },
    );
    expect(readActiveSet(writeActiveSet(tiny), 'blob')).toEqual(tiny);
  });

  it.each([
    ['configuration' as const, '416655ee433c4bb0b3d976f5dfc5d80541376299834766a9b000ad05186b115d'],
    ['neighbourhood' as const, 'd8f3e482be99e1751325e1b66d6ba4850a931d8e65658bccf1fb2ece69a92fde'],
  ])('have the bits that they always had, mode %s', (mode, hash) => {
    const stream = new RandomStream('000000000ac7b0d2', 0);
    const other = randomPotential(generateTemplate(8), 2, stream);
    const structures = Array.from({ length: 20 }, () => randomStructure(2, 2, stream));
    const set = buildActiveSet(other, { name: 'training', structures }, { mode, weighting: 'vibrations' });
    expect(createHash('sha256').update(writeActiveSet(set)).digest('hex')).toBe(hash);
  });

  it('are refused where they do not fit', () => {
    const refused = (changes: Partial<ActiveSet>): void => {
      expect(() => readActiveSet(writeActiveSet({ ...tiny, ...changes }), 'blob')).toThrow(bad);
    };
    refused({ configurations: Int32Array.of(-2, -1) });
    refused({ atoms: Int32Array.of(-1, -1) });
    refused({ atoms: Int32Array.of(7, 7) });
    refused({ atoms: Int32Array.of(-7, -1) });
    refused({ mode: 'configuration' });
    refused({ mode: 'other' as ActiveSet['mode'] });
    refused({ weighting: 'other' as ActiveSet['weighting'] });
    refused({ initThreshold: 0 });
    refused({ matrix: Float64Array.of(1, 1, 1, 1) });
    refused({ matrix: Float64Array.of(1e-310, 0, 0, 1) });
    const { entries, meta } = readBundle(writeActiveSet(tiny), 'blob');
    for (const { name } of entries) {
      const without = entries.filter((entry) => entry.name !== name);
      expect(() => readActiveSet(writeBundle({ entries: without, meta }), 'blob')).toThrow(bad);
      const shorter = entries.map((entry) =>
        entry.name === name ? { ...entry, shape: [entry.data.length - 1], data: entry.data.slice(1) } : entry,
      );
      expect(() => readActiveSet(writeBundle({ entries: shorter, meta }), 'blob'), name).toThrow(bad);
    }
  });

  it('are refused or are another active set wherever a bit is damaged, and never a crash', () => {
    for (const bytes of damaged(writeActiveSet(tiny))) {
      try {
        readActiveSet(bytes, 'blob');
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.code).toBe('bad-bundle');
      }
    }
  });
});
