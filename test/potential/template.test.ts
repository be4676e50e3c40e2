import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { basisGraphs } from '../../src/potential/moment-graph.ts';
import { momentProgram, multiplyMoments } from '../../src/potential/moment-program.ts';
import { type ReferenceNeighbour, referenceBasis } from '../../src/potential/reference.ts';
import { generateTemplate, type MtpTemplate } from '../../src/potential/template.ts';
import { checkTemplate } from '../../src/potential/template-check.ts';
import { hasReference, referencePotential } from './mlip-reference.ts';

/** Counts of the templates that MLIP-2 comes with: level, μ's, basics, products, functions, of them by tensors. */
const counts: [number, number, number, number, number, number[]][] = [
  [2, 1, 1, 0, 1, [1, 0, 0, 0]],
  [4, 1, 1, 1, 2, [1, 1, 0, 0]],
  [6, 2, 5, 5, 5, [2, 2, 1, 0]],
  [8, 2, 11, 14, 9, [2, 4, 2, 1]],
  [10, 3, 25, 42, 16, [3, 6, 5, 2]],
  [12, 3, 46, 117, 29, [3, 10, 10, 6]],
  [14, 4, 81, 348, 52, [4, 14, 20, 14]],
  [16, 4, 130, 969, 92, [4, 20, 35, 33]],
  [18, 5, 201, 2634, 163, [5, 26, 62, 70]],
  [20, 5, 295, 6349, 288, [5, 35, 100, 148]],
  [22, 6, 421, 15431, 500, [6, 44, 160, 290]],
  [24, 6, 581, 36170, 864, [6, 56, 244, 558]],
  [26, 6, 706, 82520, 1464, [6, 67, 366, 1025]],
  [28, 6, 866, 180069, 2445, [6, 81, 524, 1834]],
];

function randomNeighbours(count: number, labels: number, seed: number): ReferenceNeighbour[] {
  const stream = new RandomStream('00000000000000a1', seed);
  return Array.from({ length: count }, () => {
    const [x, y, z] = [stream.normal(), stream.normal(), stream.normal()];
    const r = Math.sqrt(x * x + y * y + z * z);
    return { radial: Array.from({ length: labels }, () => 2 * stream.uniform() - 1), unit: [x / r, y / r, z / r] };
  });
}

function templateBasis(template: MtpTemplate, neighbours: readonly ReferenceNeighbour[]): number[] {
  const moments = new Float64Array(template.momentCount);
  for (let b = 0; b < template.basic.length / 4; b++) {
    const [mu, ...powers] = template.basic.subarray(4 * b, 4 * b + 4);
    for (const { radial, unit } of neighbours) {
      let term = radial[mu!]!;
      for (let axis = 0; axis < 3; axis++) for (let n = 0; n < powers[axis]!; n++) term *= unit[axis]!;
      moments[b] = moments[b]! + term;
    }
  }
  multiplyMoments(momentProgram(template), moments, 0);
  return Array.from(template.scalars, (k) => moments[k]!);
}

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  const scale = Math.max(...wanted.map(Math.abs));
  for (const [s, value] of wanted.entries()) {
    expect(Math.abs(found[s]! - value)).toBeLessThan(1e-11 * Math.abs(value) + 1e-13 * scale);
  }
}

describe('templates', () => {
  it.each(counts)(
    'level %i has the counts of MLIP-2, with no more products',
    (level, labels, basics, products, scalars, byTensors) => {
      const template = generateTemplate(level);
      const histogram = [0, 0, 0, 0];
      for (const graph of basisGraphs(level)) histogram[graph.mu.length - 1]! += 1;
      expect(histogram).toEqual(byTensors);
      expect(template.radialFunctions).toBe(labels);
      expect(template.basic.length / 4).toBe(basics);
      expect(template.scalars.length).toBe(scalars);
      expect(new Set(template.scalars).size).toBe(scalars);
      expect(template.products.length / 4).toBeLessThanOrEqual(products);
      checkTemplate(template);
    },
  );

  it.each([2, 4, 6, 8, 10, 12, 14, 16, 18, 20])('level %i has the values of full tensor contractions', (level) => {
    const template = generateTemplate(level);
    const neighbours = randomNeighbours(level < 18 ? 9 : 5, template.radialFunctions, level);
    expectClose(templateBasis(template, neighbours), referenceBasis(basisGraphs(level), neighbours));
  });

  it('gives 807 parameters at level 18 with 4 species and 8 radial basis functions', () => {
    const { radialFunctions, scalars } = generateTemplate(18);
    expect(4 * 4 * radialFunctions * 8 + 4 + scalars.length).toBe(807);
  });

  it('needs 2 034 products at level 18 and is made in moments', () => {
    expect(generateTemplate(18).products.length / 4).toBe(2034);
  });

  it.each([0, 1, 3, 30, 8.5, Number.NaN])('refuses level %d', (level) => {
    expect(() => generateTemplate(level)).toThrow(/even integer from 2 to 28/);
  });

  it.skipIf(!hasReference)('has the same functions as the templates in MLIP-2 files, in another order', () => {
    for (const [level, name] of [
      [8, 'l08.mtp'],
      [16, 'l16.mtp'],
    ] as const) {
      const template = generateTemplate(level);
      const theirs = referencePotential(name).template;
      for (let seed = 0; seed < 3; seed++) {
        const neighbours = randomNeighbours(12, template.radialFunctions, 100 + seed);
        const sorted = (t: MtpTemplate): number[] => templateBasis(t, neighbours).sort((a, b) => a - b);
        expectClose(sorted(template), sorted(theirs));
      }
    }
  });
});
