import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ForceField } from '../../src/dynamics/force-field.ts';
import { mtpForceField } from '../../src/dynamics/mtp-force-field.ts';
import { VerletList } from '../../src/dynamics/verlet-list.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { rattle } from '../../src/structure/disorder.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { argonCrystal, LennardJones } from './argon.ts';

const potential = readMtp(readFileSync(new URL('./level-8.mtp', import.meta.url), 'utf8'), 'level-8.mtp');
const cases: [string, Structure, ForceField][] = [
  ['argon', rattle(argonCrystal(2), 0.1, '0000000000000031'), new LennardJones(5.2)],
  [
    'Li6PS5Cl',
    rattle(argyrodite({ latticeConstantA: 10.1 }).structure, 0.05, '0000000000000032'),
    mtpForceField(potential),
  ],
];

describe.each(cases)('the virial of %s', (_, structure, forceField) => {
  const evaluate = (at: Structure) => forceField.evaluate(at, new VerletList(forceField.cutoffA, 0).update(at));
  /** Everything multiplied by 1 + ε in the element (a, b): x_a += ε x_b. */
  const strained = (a: number, b: number, epsilon: number): Structure => {
    const apply = (vectors: Float64Array): Float64Array =>
      vectors.map((x, k) => (k % 3 === a ? x + epsilon * vectors[k - a + b] : x));
    return { ...structure, cellA: apply(structure.cellA), positionsA: apply(structure.positionsA) };
  };

  it('is −dE/dε for every element of the strain', () => {
    const virialEv = evaluate(structure).virialEv.slice();
    const h = 1e-5;
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const slopeEv = (evaluate(strained(a, b, h)).energyEv - evaluate(strained(a, b, -h)).energyEv) / (2 * h);
        expect(Math.abs(virialEv[3 * a + b] + slopeEv)).toBeLessThan(1e-6);
      }
    }
  });
});
