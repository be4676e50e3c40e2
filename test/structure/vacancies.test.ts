import { describe, expect, it } from 'vitest';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { makeBoundary } from '../../src/structure/boundary-recipe.ts';
import { composition } from '../../src/structure/structure.ts';
import { makeVacancies } from '../../src/structure/vacancies.ts';

const crystal = argyrodite({ latticeConstantA: 10.25 });

describe('vacancies', () => {
  it('take out exactly so many atoms of the site, and leave the others as they are', () => {
    const left = makeVacancies(crystal, { site: '24g', count: 3 }, '0000000000000001');
    expect(composition(left.structure)).toEqual([21, 4, 20, 4]);
    expect(left.siteLabels.filter((label) => label === '24g')).toHaveLength(21);
    const rows = (positionsA: Float64Array): string[] =>
      Array.from({ length: positionsA.length / 3 }, (_, i) => positionsA.slice(3 * i, 3 * i + 3).join(' '));
    const before = rows(crystal.structure.positionsA);
    const kept = rows(left.structure.positionsA).map((row) => before.indexOf(row));
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    expect(kept.every((i) => i >= 0)).toBe(true);
    expect(left.structure.species).toEqual(Int32Array.from(kept, (i) => crystal.structure.species[i]!));
  });

  it('depend on the seed alone', () => {
    const draw = (seed: string) => makeVacancies(crystal, { site: '24g', count: 3 }, seed);
    expect(draw('0000000000000001')).toEqual(draw('0000000000000001'));
    expect(draw('0000000000000001')).not.toEqual(draw('0000000000000002'));
  });

  it('can be made in a bicrystal', () => {
    const made = makeBoundary(crystal, { name: 'sigma5(001)[001]' }, [1, 1, 2], 1.5);
    const left = makeVacancies(made.crystal, { site: '24g', count: 1 }, '0000000000000001');
    expect(composition(left.structure)).toEqual([119, 20, 100, 20]);
  });

  it('refuse sites that are not there, and more vacancies than atoms', () => {
    const attempt = (site: string, count: number) => () => makeVacancies(crystal, { site, count }, '0000000000000001');
    expect(attempt('9z', 1)).toThrow(/vacancies.site: no atom lies on a site called 9z; expected one of 24g/);
    expect(attempt('24g', 25)).toThrow(/vacancies.count: so many vacancies cannot be made; expected 0 to 24/);
    expect(attempt('24g', 0.5)).toThrow(/vacancies.count/);
  });
});
