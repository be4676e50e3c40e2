import { describe, expect, it } from 'vitest';
import { atomMassesAmu, standardMassAmu } from '../../src/dynamics/masses.ts';

const SYMBOLS =
  'H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo ' +
  'Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl ' +
  'Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm';

/** Elements whose standard mass is lower than that of the element before. */
const INVERSIONS = new Set(['K', 'Ni', 'I', 'Pa', 'Np', 'Am']);

describe('standard masses', () => {
  it('covers the 96 elements up to curium, rising but for the known inversions', () => {
    const symbols = SYMBOLS.split(' ');
    expect(symbols).toHaveLength(96);
    let before = 0;
    for (const [index, symbol] of symbols.entries()) {
      const massAmu = standardMassAmu(symbol);
      const z = index + 1;
      expect(massAmu / z).toBeGreaterThan(z === 1 ? 1 : 1.98);
      expect(massAmu / z).toBeLessThan(2.62);
      if (massAmu < before) expect(INVERSIONS).toContain(symbol);
      before = massAmu;
    }
  });

  it('knows the argyrodite, and refuses what is no element', () => {
    const structure = { elements: ['Li', 'P', 'S', 'Cl'], species: Int32Array.of(3, 0, 0, 1, 2) };
    expect(Array.from(atomMassesAmu(structure))).toEqual([35.45, 6.94, 6.94, 30.973761998, 32.06]);
    for (const symbol of ['X', 'li', 'Xx', '', 'constructor']) {
      expect(() => standardMassAmu(symbol)).toThrow(/no standard mass/);
    }
  });
});
