import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createCompiledRows } from '../../src/potential/compiled-rows.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { createPlainRows, type ParameterRows, siteRows } from '../../src/potential/parameter-rows.ts';
import { type MtpPotential, packParameters, radialCount, withParameters } from '../../src/potential/potential.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

const makers: [string, (potential: MtpPotential) => ParameterRows][] = [
  ['plain', createPlainRows],
  ['compiled', createCompiledRows],
];

/** Parameters spread over every class: radial coefficients of all pairs and labels, species, moments. */
function someParameters(potential: MtpPotential, random: RandomStream): number[] {
  const radial = radialCount(potential);
  const total = radial + potential.speciesCount + potential.momentCoefficients.length;
  const drawn = (from: number, to: number, count: number): number[] =>
    Array.from({ length: count }, () => from + random.integer(to - from));
  return [
    ...drawn(0, radial, 12),
    ...Array.from({ length: potential.speciesCount }, (_, z) => radial + z),
    ...drawn(radial + potential.speciesCount, total, 6),
  ];
}

describe.each(makers)('rows of derivatives by the parameters (%s)', (_, create) => {
  it.each([2, 4, 6, 8, 10, 12, 14, 16, 18, 20])(
    'are those of finite differences of the site energies, level %i',
    (level) => {
      const random = new RandomStream('0000000000067ade', level);
      const potential = randomPotential(generateTemplate(level), 2, random);
      const structure = randomStructure(2, 2, random);
      const list = buildNeighbourList(structure, potential.maxDistanceA);
      const source = create(potential);
      const m = source.length;
      const rows = siteRows(source, structure, list);
      const sum = source.energyRow(structure, list);
      const parameters = packParameters(potential);
      expect(m).toBe(parameters.length);
      for (const k of someParameters(potential, random)) {
        // The energy is at most of fourth degree in a parameter: differences over ±h and ±2h leave only rounding.
        const h = 0.01;
        const at = (change: number) =>
          createEvaluator(withParameters(potential, parameters.with(k, parameters[k]! + change))).evaluate(
            structure,
            list,
          );
        const [p1, m1, p2, m2] = [at(h), at(-h), at(2 * h), at(-2 * h)];
        const slope = (of: (evaluation: typeof p1) => number): number =>
          (8 * (of(p1) - of(m1)) - (of(p2) - of(m2))) / (12 * h);
        const scale = Math.max(1, ...p1.siteEnergiesEv.map(Math.abs), Math.abs(sum[k]!));
        for (let i = 0; i < structure.species.length; i++) {
          const wanted = slope(({ siteEnergiesEv }) => siteEnergiesEv[i]!);
          expect(Math.abs(rows[m * i + k]! - wanted)).toBeLessThan(1e-11 * scale * (1 / h));
        }
        expect(Math.abs(sum[k]! - slope(({ energyEv }) => energyEv))).toBeLessThan(1e-10 * scale * (1 / h));
      }
    },
  );

  it('refuse atoms at the same place, unknown species and positions that are no numbers, and name the atoms', () => {
    for (const level of [2, 8]) {
      const random = new RandomStream('0000000000067adf', level);
      const potential = randomPotential(generateTemplate(level), 2, random);
      const source = create(potential);
      const structure = randomStructure(2, 2, random);
      const read = (changes: Partial<Structure>) => () => {
        const other = { ...structure, ...changes };
        siteRows(source, other, buildNeighbourList(structure, 4));
      };
      const positionsA = structure.positionsA.slice();
      positionsA.copyWithin(9, 0, 3);
      const list = buildNeighbourList({ ...structure, positionsA }, 4);
      expect(() => siteRows(source, { ...structure, positionsA }, list)).toThrow(/atoms 1 and 4/);
      expect(read({ species: structure.species.with(3, 2) })).toThrow(/atom 4 .*no such species/);
      expect(read({ positionsA: structure.positionsA.with(4, Number.NaN) })).toThrow(/atom 2 .*not a number/);
    }
  });
});

describe('the compiled rows', () => {
  it('are the plain ones to rounding, for any level, number of species and of radial functions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom([true, true, true], [true, false, false], [false, false, false]),
        fc.nat(65535),
        (half, species, radialBasisSize, n, periodic, seed) => {
          const random = new RandomStream('00000000c0de0011', seed);
          const template = generateTemplate(2 * half);
          const radialCoefficients = Float64Array.from(
            { length: species * species * template.radialFunctions * radialBasisSize },
            () => 0.1 * (2 * random.uniform() - 1),
          );
          const potential = { ...randomPotential(template, species, random), radialBasisSize, radialCoefficients };
          const structure = {
            ...randomStructure(n, species, random),
            periodic: periodic as [boolean, boolean, boolean],
          };
          const list = buildNeighbourList(structure, potential.maxDistanceA);
          const [plain, compiled] = [createPlainRows(potential), createCompiledRows(potential)];
          const expectClose = (found: Float64Array, wanted: Float64Array, tolerance: number): void => {
            for (let k = 0; k < wanted.length; k++) {
              expect(Math.abs(found[k]! - wanted[k]!)).toBeLessThanOrEqual(tolerance);
            }
          };
          const wanted = siteRows(plain, structure, list);
          const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);
          expectClose(siteRows(compiled, structure, list), wanted, 1e-12 * scale);
          const atoms = structure.species.length;
          expectClose(compiled.energyRow(structure, list), plain.energyRow(structure, list), 1e-12 * atoms * scale);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('have the same bits whatever was evaluated before and however far the list reaches', () => {
    const random = new RandomStream('00000000c0de0012', 0);
    const potential = randomPotential(generateTemplate(10), 2, random);
    const source = createCompiledRows(potential);
    const structures = [1, 4, 2].map((n) => randomStructure(n, 2, random));
    const all = (reachA: number) =>
      structures.map((structure) => {
        const list = buildNeighbourList(structure, reachA);
        return [siteRows(source, structure, list), source.energyRow(structure, list)];
      });
    const once = all(4);
    expect(all(4.7)).toEqual(once);
    const fresh = createCompiledRows(potential);
    expect(siteRows(fresh, structures[2]!, buildNeighbourList(structures[2]!, 4))).toEqual(once[2]![0]);
  });
});
