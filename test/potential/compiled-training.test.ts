import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { threadCrew } from '../../src/execution/thread-crew.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createCompiledTraining } from '../../src/potential/compiled-training.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { TrainingLoss } from '../../src/potential/loss.ts';
import { PlainNormalEquations } from '../../src/potential/normal-equations.ts';
import { type MtpPotential, packParameters, withParameters } from '../../src/potential/potential.ts';
import { addRadialCurvature } from '../../src/potential/radial-penalty.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import {
  type LabelledConfiguration,
  prepareTraining,
  type TrainingConfiguration,
} from '../../src/potential/training-set.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

function setAndModel(
  level: number,
  species: number,
  radialBasisSize: number,
  random: RandomStream,
): { set: TrainingConfiguration[]; model: MtpPotential; labels: readonly LabelledConfiguration[] } {
  const template = generateTemplate(level);
  const model = {
    ...randomPotential(template, species, random),
    radialBasisSize,
    radialCoefficients: Float64Array.from(
      { length: species * species * template.radialFunctions * radialBasisSize },
      () => 0.1 * (2 * random.uniform() - 1),
    ),
  };
  const labels = [1, 2, 3, 1].map((n) => {
    const structure = randomStructure(n, species, random);
    return {
      structure,
      energyEv: random.normal(),
      forcesEvA: Float64Array.from(structure.positionsA, () => random.normal()),
      virialEv: Float64Array.from({ length: 9 }, () => random.normal()),
    };
  });
  // An atom by itself has no neighbours.
  const alone = { ...labels[0]!.structure, periodic: [false, false, false] as [boolean, boolean, boolean] };
  labels.push({ ...labels[0]!, structure: alone });
  const weights = { energy: 1, forces: 0.1, stress: 0.01 };
  const options = {
    speciesCount: species,
    maxDistanceA: 4,
    weights,
    weighting: 'vibrations' as const,
    scaleByForce: 2,
  };
  return { set: prepareTraining(labels, options), model, labels };
}

describe('the compiled loss', () => {
  const crews = [2, 3].map(threadCrew);
  afterAll(() => {
    for (const crew of crews) crew.dismiss();
  });

  it('is the plain one with its gradient, for any level, number of species and of radial functions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(65535),
        (half, species, radialBasisSize, seed) => {
          const random = new RandomStream('00000000c0de0011', seed);
          const { set, model } = setAndModel(2 * half, species, radialBasisSize, random);
          const parameters = packParameters(model);
          const wanted = new Float64Array(parameters.length);
          const found = new Float64Array(parameters.length);
          const wantedLoss = new TrainingLoss(set, model).evaluate(parameters, 1.1, wanted);
          const compiled = createCompiledTraining(set, model);
          const foundLoss = compiled.evaluate(parameters, 1.1, found);
          expect(Math.abs(foundLoss - wantedLoss)).toBeLessThanOrEqual(1e-12 * wantedLoss);
          expect(compiled.evaluate(parameters, 1.1)).toBe(foundLoss);
          const scale = Math.max(...Array.from(wanted, Math.abs));
          for (const [k, g] of wanted.entries()) expect(Math.abs(found[k]! - g)).toBeLessThanOrEqual(1e-12 * scale);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has the normal equations of the plain one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(65535),
        (half, species, radialBasisSize, seed) => {
          const { set, model } = setAndModel(
            2 * half,
            species,
            radialBasisSize,
            new RandomStream('00000000c0de0013', seed),
          );
          const parameters = packParameters(model);
          const wanted = new PlainNormalEquations(set, model).assemble(parameters, 0.9);
          const found = createCompiledTraining(set, model).assemble(parameters, 0.9);
          for (const name of ['matrix', 'rightSide'] as const) {
            expect(found[name].length).toBe(wanted[name].length);
            const scale = Math.max(...Array.from(wanted[name], Math.abs));
            for (const [k, a] of wanted[name].entries()) {
              expect(Math.abs(found[name][k]! - a)).toBeLessThanOrEqual(1e-12 * scale);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has the Gauss–Newton matrix of differences of energies, forces and virials', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(65535),
        (half, species, radialBasisSize, seed) => {
          const { set, model, labels } = setAndModel(
            2 * half,
            species,
            radialBasisSize,
            new RandomStream('00000000c0de0014', seed),
          );
          const parameters = packParameters(model);
          const scaling = 0.9;
          const n = parameters.length;
          // Weighed changes of everything that is fitted, a column for each parameter.
          const columns = Array.from({ length: n }, (_, k) => {
            const at = (step: number): number[] => {
              const moved = parameters.slice();
              moved[k]! += step;
              const evaluator = createEvaluator({ ...withParameters(model, moved), scaling });
              return set.flatMap((configuration, c) => {
                const { energyWeight, forceWeight, stressWeight, atomWeights } = configuration;
                const found = evaluator.evaluate(labels[c]!.structure, configuration.list);
                return [
                  Math.sqrt(energyWeight) * found.energyEv,
                  ...Array.from(
                    found.forcesEvA,
                    (f, i) => Math.sqrt(forceWeight * atomWeights[Math.floor(i / 3)]!) * f,
                  ),
                  ...Array.from(found.virialEv, (s) => Math.sqrt(stressWeight) * s),
                ];
              });
            };
            const [plus, minus, plus2, minus2] = [1e-4, -1e-4, 2e-4, -2e-4].map(at) as [
              number[],
              number[],
              number[],
              number[],
            ];
            return plus.map((f, row) => (8 * (f - minus[row]!) - (plus2[row]! - minus2[row]!)) / 12e-4);
          });
          const found = createCompiledTraining(set, model).gaussNewton(parameters, scaling);
          const penalty = new Float64Array(n * n);
          addRadialCurvature(model, parameters, penalty);
          const scale = Math.max(...Array.from({ length: n }, (_, k) => found[n * k + k]!));
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
              const sum = columns[i]!.reduce((total, a, row) => total + a * columns[j]![row]!, 0);
              const wanted = (2 * sum) / set.length + penalty[n * i + j]!;
              expect(Math.abs(found[n * i + j]! - wanted)).toBeLessThanOrEqual(1e-8 * scale);
            }
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('has the same bits in one, two and three threads, and when it is asked again', () => {
    const { set, model } = setAndModel(12, 3, 8, new RandomStream('00000000c0de0012', 0));
    const parameters = packParameters(model);
    const results = [undefined, ...crews].map((crew) => {
      const loss = createCompiledTraining(set, model, crew);
      const gradient = new Float64Array(parameters.length);
      return Array.from({ length: 3 }, () => {
        const value = loss.evaluate(parameters, 1, gradient);
        const { matrix, rightSide } = loss.assemble(parameters, 1);
        const curvature = loss.gaussNewton(parameters, 1);
        return [value, ...gradient, ...matrix, ...rightSide, ...curvature];
      });
    });
    for (const result of results.flat()) expect(result).toEqual(results[0]![0]);
  });
});
