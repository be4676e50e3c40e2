/** Boundary cells are only 7.25 Å wide, less than twice a cutoff of 5 Å: images count, not the nearest image. */
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createCompiledEvaluator } from '../../src/potential/compiled-evaluate.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { makeBoundary } from '../../src/structure/boundary-recipe.ts';
import { rattle } from '../../src/structure/disorder.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';
import { randomPotential } from '../potential/random-potential.ts';

describe('forces in the 7.25 Å wide Σ3 cell', () => {
  it('are those of its supercell, energy by cell', () => {
    const { crystal } = makeBoundary(
      argyrodite({ latticeConstantA: 10.25 }),
      { name: 'sigma3(-111)[110]' },
      [1, 1, 2],
      1.5,
    );
    const small = { ...crystal, structure: rattle(crystal.structure, 0.05, '0000000000000007') };
    expect(small.structure.species).toHaveLength(156);
    expect(small.structure.cellA[4]).toBeCloseTo(7.2478, 4);
    const potential = {
      ...randomPotential(generateTemplate(8), 4, new RandomStream('0000000000000003', 0)),
      maxDistanceA: 5,
    };
    const evaluator = createCompiledEvaluator(potential);
    const evaluate = (structure: typeof small.structure) => {
      const { energyEv, forcesEvA } = evaluator.evaluate(structure, buildNeighbourList(structure, 5));
      return { energyEv, forcesEvA: forcesEvA.slice() };
    };
    const alone = evaluate(small.structure);
    expect(Math.max(...alone.forcesEvA)).toBeGreaterThan(0.1);
    const repeated = evaluate(makeSupercell(small, [1, 2, 1]).structure);
    expect(repeated.energyEv / 2).toBeCloseTo(alone.energyEv, 8);
    repeated.forcesEvA.forEach((force, k) => {
      expect(Math.abs(force - alone.forcesEvA[k % alone.forcesEvA.length]!)).toBeLessThan(1e-9);
    });
  });
});
