/**
 * Prototype crystals: conventional cells from a handful of parameters. A new prototype is a new entry here; crystals
 * without one are given by their sites (`explicit-cell.ts`).
 */
import { argyrodite } from './argyrodite.ts';

export const prototypes = { argyrodite } as const;

export type PrototypeName = keyof typeof prototypes;
