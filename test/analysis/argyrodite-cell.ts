/** Li6PS5Cl, 2×2×2 conventional cells, a part of 4a and 4c exchanged. */
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { exchangeSites } from '../../src/structure/disorder.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';

export function createArgyrodite(disorder: number): Structure {
  const crystal = makeSupercell(argyrodite({ latticeConstantA: 10.25 }), [2, 2, 2]);
  if (disorder === 0) return crystal.structure;
  return exchangeSites(crystal, { sites: ['4a', '4c'], fraction: disorder }, '00000000000007a2').structure;
}
