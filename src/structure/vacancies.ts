/** Vacancies: a number of atoms on one kind of site is taken out, in any cell. */
import { InputError } from '../numerics/input-error.ts';
import { RandomStream } from '../numerics/philox.ts';
import type { Crystal } from './crystal.ts';
import { atomsOn, drawWithoutReplacement } from './disorder.ts';

export interface Vacancies {
  /** Label of the kind of site, e.g. `24g`. */
  readonly site: string;
  readonly count: number;
}

/**
 * Removes exactly `count` atoms of that label, drawn without replacement by the seed. The others keep their order.
 * @throws InputError `bad-structure` for an unknown label, or a count that is no whole number from 0 to the atoms there are
 */
export function makeVacancies(crystal: Crystal, { site, count }: Vacancies, seed: string): Crystal {
  const candidates = atomsOn(crystal, site, 'vacancies.site', 'one');
  if (!(Number.isInteger(count) && count >= 0 && count <= candidates.length)) {
    throw new InputError('bad-structure', 'so many vacancies cannot be made', {
      where: 'vacancies.count',
      expected: `0 to ${candidates.length}, the atoms on ${site}`,
      found: String(count),
    });
  }
  const removed = new Set(drawWithoutReplacement(candidates, count, new RandomStream(seed, 3)));
  const kept = crystal.siteLabels.flatMap((_, i) => (removed.has(i) ? [] : [i]));
  const { structure, siteLabels } = crystal;
  return {
    structure: {
      ...structure,
      species: Int32Array.from(kept, (i) => structure.species[i]!),
      positionsA: Float64Array.from(kept.flatMap((i) => [...structure.positionsA.subarray(3 * i, 3 * i + 3)])),
    },
    siteLabels: kept.map((i) => siteLabels[i]!),
  };
}
