/** Elements by their masses, for files that number their types. */
import { ELEMENT_SYMBOLS, standardMassAmu } from '../dynamics/masses.ts';

/** Masses in files are rounded, or of other years' standards; no two elements that are told apart are nearer than twice this. */
const SAME_MASS_AMU = 0.05;

const symbols = new Set(ELEMENT_SYMBOLS);

export const isElement = (name: string): boolean => symbols.has(name);

/** The only element of that mass, or undefined. */
export function elementOfMass(massAmu: number): string | undefined {
  const near = ELEMENT_SYMBOLS.filter((symbol) => Math.abs(standardMassAmu(symbol) - massAmu) < SAME_MASS_AMU);
  return near.length === 1 ? near[0] : undefined;
}
