import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { threadCrew } from '../../src/execution/thread-crew.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createCompiledEvaluator } from '../../src/potential/compiled-evaluate.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import type { MtpPotential } from '../../src/potential/potential.ts';
import { generateTemplate, type MtpTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

/** Relative to the largest number: both sum the same terms in other orders. */
const TOLERANCE = 1e-12;

function expectSame(potential: MtpPotential, structure: Structure): void {
  const list = buildNeighbourList(structure, potential.maxDistanceA);
  const wanted = createEvaluator(potential).evaluate(structure, list);
  const found = createCompiledEvaluator(potential).evaluate(structure, list);
  const largestSiteEv = Math.max(...Array.from(wanted.siteEnergiesEv, Math.abs));
  // Forces and virials that symmetry makes zero are sums of terms as large as the energies.
  const close = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
    const scale = Math.max(1e-2 * largestSiteEv, ...Array.from(b, Math.abs));
    for (let k = 0; k < b.length; k++) expect(Math.abs(a[k]! - b[k]!)).toBeLessThanOrEqual(TOLERANCE * scale);
  };
  expect(Math.abs(found.energyEv - wanted.energyEv)).toBeLessThanOrEqual(
    TOLERANCE * wanted.siteEnergiesEv.length * largestSiteEv,
  );
  close(found.siteEnergiesEv, wanted.siteEnergiesEv);
  close(found.forcesEvA, wanted.forcesEvA);
  close(found.virialEv, wanted.virialEv);
}

/** The same basis functions, with all moments under other numbers and the products of several targets mixed. */
function renumbered(template: MtpTemplate, random: RandomStream): MtpTemplate {
  const basics = template.basic.length / 4;
  const shuffled = (from: number, to: number): number[] => {
    const order = Array.from({ length: to - from }, (_, k) => from + k);
    for (let k = order.length - 1; k > 0; k--) {
      const other = random.integer(k + 1);
      [order[k], order[other]] = [order[other]!, order[k]!];
    }
    return order;
  };
  const moved = [...shuffled(0, basics), ...shuffled(basics, template.momentCount)];
  const basic = new Int32Array(template.basic.length);
  for (let from = 0; from < basics; from++) {
    basic.set(template.basic.subarray(4 * from, 4 * from + 4), 4 * moved[from]!);
  }
  const left = new Map<number, number>();
  const waiting = Array.from({ length: template.products.length / 4 }, (_, t) =>
    template.products.subarray(4 * t, 4 * t + 4),
  );
  for (const [, , , target] of waiting) left.set(target!, (left.get(target!) ?? 0) + 1);
  const products: number[] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter(([i, j]) => !left.has(i!) && !left.has(j!));
    const next = ready[random.integer(ready.length)]!;
    waiting.splice(waiting.indexOf(next), 1);
    const [i, j, weight, target] = next;
    products.push(moved[i!]!, moved[j!]!, weight!, moved[target!]!);
    left.set(target!, left.get(target!)! - 1);
    if (left.get(target!) === 0) left.delete(target!);
  }
  const scalars = template.scalars.map((moment) => moved[moment]!);
  return { ...template, basic, products: Int32Array.from(products), scalars };
}

describe('the compiled evaluator agrees with the plain one', () => {
  it('for any level, number of species and of radial functions, in cells of any size, periodic or not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom([true, true, true], [true, false, false], [false, false, false]),
        fc.nat(),
        (half, species, radialBasisSize, n, periodic, seed) => {
          const random = new RandomStream('00000000c0de0001', seed % 65536);
          const template = generateTemplate(2 * half);
          const potential = randomPotential(template, species, random);
          const radialCoefficients = Float64Array.from(
            { length: species * species * template.radialFunctions * radialBasisSize },
            () => 0.1 * (2 * random.uniform() - 1),
          );
          const structure = {
            ...randomStructure(n, species, random),
            periodic: periodic as [boolean, boolean, boolean],
          };
          expectSame({ ...potential, radialBasisSize, radialCoefficients }, structure);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('for a template that numbers its moments and mixes its products in another order', () => {
    for (const level of [4, 10, 14]) {
      const random = new RandomStream('00000000c0de0002', level);
      const potential = randomPotential(renumbered(generateTemplate(level), random), 2, random);
      expectSame(potential, randomStructure(2, 2, random));
    }
  });

  it('for atoms without neighbours, and for pairs nearer than the shortest distance', () => {
    const random = new RandomStream('00000000c0de0003', 0);
    const potential = randomPotential(generateTemplate(12), 2, random);
    const cluster = (positions: readonly number[]): Structure => ({
      cellA: Float64Array.of(50, 0, 0, 0, 50, 0, 0, 0, 50),
      periodic: [false, false, false],
      elements: ['Li', 'P'],
      species: Int32Array.from({ length: positions.length / 3 }, (_, k) => k % 2),
      positionsA: Float64Array.from(positions),
    });
    expectSame(potential, cluster([0, 0, 0]));
    expectSame(potential, cluster([0, 0, 0, 20, 0, 0, 0, 20, 0]));
    expectSame(potential, cluster([0, 0, 0, 0.9, 0.1, 0, 20, 20, 20]));
  });
});

describe('the compiled evaluator', () => {
  it('has the same bits in any number of threads', () => {
    const random = new RandomStream('00000000c0de0006', 0);
    const potential = randomPotential(generateTemplate(12), 3, random);
    const structure = randomStructure(9, 3, random);
    const list = buildNeighbourList(structure, potential.maxDistanceA);
    expect(structure.species.length).toBeGreaterThan(640);
    const wanted = createCompiledEvaluator(potential).evaluate(structure, list);
    for (const threads of [1, 2, 3, 5, 16]) {
      const crew = threadCrew(threads);
      const evaluator = createCompiledEvaluator(potential, crew);
      for (let again = 0; again < 20; again++) expect(evaluator.evaluate(structure, list)).toEqual(wanted);
      crew.dismiss();
    }
  });

  it('gives the same module for the same template, and other bytes for another', () => {
    const random = new RandomStream('00000000c0de0004', 0);
    const moduleOf = (level: number): Uint8Array =>
      createCompiledEvaluator(randomPotential(generateTemplate(level), 2, random)).module;
    expect(moduleOf(8)).toEqual(moduleOf(8));
    expect(moduleOf(8)).not.toEqual(moduleOf(10));
  });

  it('serves a larger configuration after a smaller one, and the smaller one again', () => {
    const random = new RandomStream('00000000c0de0005', 0);
    const potential = randomPotential(generateTemplate(10), 2, random);
    const evaluator = createCompiledEvaluator(potential);
    const structures = [1, 4, 2].map((n) => randomStructure(n, 2, random));
    const evaluateAll = () =>
      structures.map((structure) => evaluator.evaluate(structure, buildNeighbourList(structure, 4.6)));
    expect(evaluateAll()).toEqual(evaluateAll());
    expect(evaluateAll()[1]).toEqual(
      createCompiledEvaluator(potential).evaluate(structures[1]!, buildNeighbourList(structures[1]!, 4)),
    );
  });
});
