import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { exchangeSites, rattle } from '../../src/structure/disorder.ts';
import { composition } from '../../src/structure/structure.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';

const crystal = makeSupercell(argyrodite({ latticeConstantA: 10.25 }), [1, 2, 2]);
const seeds = fc.stringMatching(/^[0-9a-f]{16}$/);

const changed = (from: Int32Array, to: Int32Array, label: string): number =>
  from.filter((species, i) => crystal.siteLabels[i] === label && to[i] !== species).length;

describe('anion disorder (S3)', () => {
  it('exchanges exactly the fraction of 4a and as many of 4c, never 16e, and keeps everything else', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, fraction) => {
        const { structure, siteLabels } = exchangeSites(crystal, { sites: ['4a', '4c'], fraction }, seed);
        const swaps = Math.round(16 * fraction);
        const before = crystal.structure;
        expect(changed(before.species, structure.species, '4a')).toBe(swaps);
        expect(changed(before.species, structure.species, '4c')).toBe(swaps);
        for (const label of ['16e', '4b', '24g']) expect(changed(before.species, structure.species, label)).toBe(0);
        expect(composition(structure)).toEqual(composition(before));
        expect(structure.positionsA).toEqual(before.positionsA);
        expect(siteLabels).toBe(crystal.siteLabels);
      }),
    );
  });

  it('depends on the seed alone', () => {
    const draw = (seed: string) => exchangeSites(crystal, { sites: ['4a', '4c'], fraction: 0.5 }, seed);
    expect(draw('00000000000000aa')).toEqual(draw('00000000000000aa'));
    const draws = new Set(
      Array.from({ length: 20 }, (_, k) => draw(`${k + 10}`.padStart(16, '0')).structure.species.join()),
    );
    expect(draws.size).toBe(20);
  });

  it('reaches every pair of sites', () => {
    const single = argyrodite({ latticeConstantA: 10.25 });
    const pairs = new Set(
      Array.from({ length: 400 }, (_, k) =>
        exchangeSites(single, { sites: ['4a', '4c'], fraction: 0.25 }, k.toString(16).padStart(16, '0'))
          .structure.species.map((species, i) => (species === single.structure.species[i] ? 0 : i))
          .filter(Boolean)
          .join(),
      ),
    );
    expect(pairs.size).toBe(16);
  });

  it('leaves the crystal that it is given as it was', () => {
    const before = crystal.structure.species.slice();
    exchangeSites(crystal, { sites: ['4a', '4c'], fraction: 1 }, '0000000000000001');
    expect(crystal.structure.species).toEqual(before);
  });

  it('is refused for unknown sites, one kind of site with itself, impossible fractions and too few partners', () => {
    const attempt = (sites: [string, string], fraction: number) => () =>
      exchangeSites(crystal, { sites, fraction }, '0000000000000001');
    expect(attempt(['4a', '4d'], 0.5)).toThrow(/disorder.sites: no atom lies on a site called 4d; expected two of 24g/);
    expect(attempt(['4a', '4a'], 0.5)).toThrow(expect.objectContaining({ code: 'bad-structure' }));
    expect(attempt(['4a', '4c'], 1.5)).toThrow(/disorder.fraction: .* found 1.5/);
    expect(attempt(['4a', '4c'], -0.1)).toThrow(expect.objectContaining({ code: 'bad-structure' }));
    expect(attempt(['4a', '4c'], Number.NaN)).toThrow(expect.objectContaining({ code: 'bad-structure' }));
    expect(attempt(['16e', '4c'], 0.5)).toThrow(/no more than the 16 atoms on 4c/);
  });
});

describe('random displacements', () => {
  it('have the standard deviation asked for, depend on the seed alone and leave the original as it was', () => {
    const { structure } = makeSupercell(crystal, [3, 3, 3]);
    const before = structure.positionsA.slice();
    const moved = rattle(structure, 0.05, '0000000000000001');
    const displacements = moved.positionsA.map((x, k) => x - before[k]!);
    const sum = displacements.reduce((total, d) => total + d, 0);
    const squares = displacements.reduce((total, d) => total + d * d, 0);
    expect(Math.sqrt(squares / displacements.length)).toBeCloseTo(0.05, 3);
    expect(sum / displacements.length).toBeCloseTo(0, 3);
    expect(structure.positionsA).toEqual(before);
    expect(rattle(structure, 0.05, '0000000000000001')).toEqual(moved);
    expect(rattle(structure, 0.05, '0000000000000002').positionsA).not.toEqual(moved.positionsA);
  });
});
