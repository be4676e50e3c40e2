/**
 * Centres of cages: atoms of one species that are bonded to none of another. In argyrodites these are the sulphurs that
 * belong to no PS4 unit: 4c in ordered crystals, 4a and 4c in disordered ones, where a cage need not hold six Li.
 */
import { InputError } from '../numerics/input-error.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import { atomCount, type Structure } from '../structure/structure.ts';

export interface CentreRule {
  /** e.g. S. */
  readonly centre: string;
  /** e.g. P; every atom of the centre species counts where left out. */
  readonly notBondedTo?: string;
  /** Distance up to which two atoms are bonded, Å. */
  readonly bondA?: number;
}

/** P–S is 2.05 Å in PS4, and the next P of a free S in argyrodite 4.4 Å away. */
export const DEFAULT_BOND_A = 2.8;
const LONGEST_BOND_A = 10;

/** @returns indices of the atoms, ascending @throws InputError `no-cages`, `unknown-species`, `bad-bond` */
export function findCageCentres(structure: Structure, rule: CentreRule): Int32Array {
  const { bondA = DEFAULT_BOND_A } = rule;
  if (!(bondA > 0 && bondA <= LONGEST_BOND_A)) {
    throw new InputError('bad-bond', 'no bond is so long', {
      expected: `a length above 0 and up to ${LONGEST_BOND_A} Å`,
      found: `${bondA} Å`,
    });
  }
  const indexOf = (name: string): number => {
    const index = structure.elements.indexOf(name);
    if (index >= 0) return index;
    throw new InputError('unknown-species', `no atom of species ${name} is there`, {
      expected: `one of ${structure.elements.join(', ').slice(0, 400)}`,
      found: name,
    });
  };
  const centre = indexOf(rule.centre);
  const other = rule.notBondedTo === undefined ? null : indexOf(rule.notBondedTo);
  const { start, atom } = buildNeighbourList(structure, bondA);
  const found: number[] = [];
  for (let i = 0; i < atomCount(structure); i++) {
    if (structure.species[i] !== centre) continue;
    const bonded = other !== null && atom.subarray(start[i], start[i + 1]).some((j) => structure.species[j] === other);
    if (!bonded) found.push(i);
  }
  if (found.length > 1) return Int32Array.from(found);
  throw new InputError('no-cages', 'jumps between cages need at least two of them', {
    expected: `${rule.centre} not bonded to ${rule.notBondedTo ?? 'anything in particular'} within ${bondA} Å`,
    found: String(found.length),
  });
}
