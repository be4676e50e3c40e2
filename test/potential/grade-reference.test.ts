import { describe, expect, it } from 'vitest';
import { buildActiveSet } from '../../src/potential/active-set.ts';
import type { GradeMode } from '../../src/potential/candidate-rows.ts';
import { createGrader } from '../../src/potential/grader.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { hasReference, referenceCfg, referencePotential, referenceText } from './mlip-reference.ts';

const cases: [GradeMode, string, string][] = [
  ['configuration', 'grade/train330.cfg', 'grade/grades_l08_cfg330.txt'],
  ['neighbourhood', 'grade/train100.cfg', 'grade/grades_l08_nbh.txt'],
];

describe.skipIf(!hasReference)('extrapolation grades of level 8', () => {
  it.each(cases)('are MLIP-2’s, mode %s', (mode, training, grades) => {
    const potential = referencePotential('l08.mtp');
    const structures = referenceCfg(training).map(({ structure }) => structure);
    const options = { mode, weighting: 'vibrations' } as const;
    const grader = createGrader(buildActiveSet(potential, { name: training, structures }, options), potential);
    const wanted = referenceText(grades)
      .trim()
      .split('\n')
      .map((line) => Number(/MV_grade=(\S+)/.exec(line)![1]));
    const configurations = referenceCfg('input.cfg');
    expect(configurations).toHaveLength(wanted.length);
    for (const [k, { structure }] of configurations.entries()) {
      const { grade } = grader.grade(structure, buildNeighbourList(structure, potential.maxDistanceA));
      // Printed with six decimals.
      expect(Math.abs(grade - wanted[k]!), `configuration ${k + 1}`).toBeLessThan(5.1e-7 + 1e-9 * wanted[k]!);
    }
  });
});
