/** Substitutional disorder by exchange between two kinds of site (S3), and random displacements. */
import { InputError } from '../numerics/input-error.ts';
import { RandomStream } from '../numerics/philox.ts';
import type { Crystal } from './crystal.ts';
import type { Structure } from './structure.ts';

export interface Exchange {
  /** Labels of the two kinds of site, e.g. `4a` and `4c`. */
  readonly sites: readonly [string, string];
  /** Which part of the first kind's atoms is exchanged with the same number of the second kind's, 0 to 1. */
  readonly fraction: number;
}

/**
 * Exchanges exactly round(fraction · n) atoms on the first kind of site with as many on the second, all drawn without
 * replacement by the seed. The order of the atoms stays; only their species change.
 * @throws InputError `bad-structure` for an unknown label, the same label twice, a fraction outside 0…1, or too few partners
 */
export function exchangeSites(crystal: Crystal, exchange: Exchange, seed: string): Crystal {
  const [first, second] = exchange.sites.map((label) => atomsOn(crystal, label, 'disorder.sites', 'two')) as [
    number[],
    number[],
  ];
  if (exchange.sites[0] === exchange.sites[1]) {
    throw new InputError('bad-structure', 'a kind of site cannot exchange atoms with itself', {
      where: 'disorder.sites',
      expected: 'two different labels',
      found: exchange.sites.join(', '),
    });
  }
  const count = Math.round(exchange.fraction * first.length);
  if (!(exchange.fraction >= 0 && exchange.fraction <= 1) || count > second.length) {
    throw new InputError('bad-structure', 'the exchanged fraction cannot be made', {
      where: 'disorder.fraction',
      expected: `0 to 1, and no more than the ${second.length} atoms on ${exchange.sites[1]}`,
      found: String(exchange.fraction),
    });
  }
  const random = new RandomStream(seed, 1);
  const species = Int32Array.from(crystal.structure.species);
  const from = drawWithoutReplacement(first, count, random);
  const to = drawWithoutReplacement(second, count, random);
  for (let n = 0; n < count; n++) {
    const kept = species[from[n]!]!;
    species[from[n]!] = species[to[n]!]!;
    species[to[n]!] = kept;
  }
  return { ...crystal, structure: { ...crystal.structure, species } };
}

/** Gaussian displacements of every atom, `displacementA` (Å) the standard deviation of each Cartesian component. */
export function rattle(structure: Structure, displacementA: number, seed: string): Structure {
  const random = new RandomStream(seed, 2);
  return { ...structure, positionsA: structure.positionsA.map((x) => x + displacementA * random.normal()) };
}

/** @throws InputError `bad-structure` that names the field `where` if there is no such atom */
export function atomsOn(crystal: Crystal, label: string, where: string, asked: 'one' | 'two'): number[] {
  const atoms = crystal.siteLabels.flatMap((site, i) => (site === label ? [i] : []));
  if (atoms.length === 0) {
    throw new InputError('bad-structure', `no atom lies on a site called ${label}`, {
      where,
      expected: `${asked} of ${[...new Set(crystal.siteLabels)].join(', ')}`,
      found: label,
    });
  }
  return atoms;
}

/** The first `count` of a Fisher–Yates shuffle. */
export function drawWithoutReplacement(atoms: readonly number[], count: number, random: RandomStream): number[] {
  const pool = [...atoms];
  for (let n = 0; n < count; n++) {
    const pick = n + random.integer(pool.length - n);
    const drawn = pool[pick]!;
    pool[pick] = pool[n]!;
    pool[n] = drawn;
  }
  return pool.slice(0, count);
}
