/**
 * Prototype crystals: conventional cells from a handful of parameters, each atom with the label of its Wyckoff site.
 * A new prototype is a new entry of `prototypes`; crystals without one are given by their sites (`explicit-cell.ts`).
 */
import { argyrodite } from './argyrodite.ts';
import type { Structure } from './structure.ts';

export interface Crystal {
  readonly structure: Structure;
  /** Wyckoff label of each atom's site, e.g. `4a`. Disorder exchanges atoms between sites, never sites. */
  readonly siteLabels: readonly string[];
}

export const prototypes = { argyrodite } as const;

export type PrototypeName = keyof typeof prototypes;
