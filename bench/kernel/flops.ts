/** Additions, multiplications, divisions and roots of a force call, as the kernel does them (src/potential/kernel/). */

import { kernelPlan, planarBelow } from '../../src/potential/kernel/plan.ts';
import { kernelTables } from '../../src/potential/kernel/run-tables.ts';
import type { MtpTemplate } from '../../src/potential/template.ts';

/** @param neighbours of an atom within the cutoff, on average */
export function flopsPerAtom(template: MtpTemplate, radialBasisSize: number, neighbours: number): number {
  const plan = kernelPlan(template);
  const { products, adjoints } = kernelTables(template, plan);
  const labels = plan.radialFunctions;
  const sums = plan.labelDegrees.reduce((sum, d) => sum + planarBelow(d + 1) + planarBelow(d), 0);
  const derivatives = plan.labelDegrees.reduce(
    (sum, d) => sum + 2 * planarBelow(d) + 2 * planarBelow(Math.max(0, d - 1)),
    0,
  );
  const terms = [...products, ...adjoints].flatMap(({ entries }) => entries);
  const ones = terms.filter(([, , weight]) => weight === 1).length;
  const distance = 6 + 5 + 1 + 1 + 3;
  const radial = 5 + 5 * radialBasisSize + labels * (4 * (radialBasisSize - 1) + 9);
  const forces = 8 * labels + 5 + 1 + 3 * (3 + 1 + 1 + 6) + 3;
  const perNeighbour = distance + radial + plan.planarCount - 3 + 2 * sums + 2 * (sums + derivatives) + forces;
  const perAtom =
    2 * ones + 3 * (terms.length - ones) + 5 * plan.expansions.length + 2 * template.scalars.length + derivatives;
  return neighbours * perNeighbour + perAtom;
}
