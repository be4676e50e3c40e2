import { describe, expect, it } from 'vitest';
import { writeMtp } from '../../src/formats/mtp.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { type FitOptions, fitPotential } from '../../src/potential/fit.ts';
import { fitErrors } from '../../src/potential/fit-errors.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { DEFAULT_WEIGHTS, type LabelledConfiguration } from '../../src/potential/training-set.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { hasReference, referenceLabels } from './mlip-reference.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

const random = new RandomStream('00000000000f1700', 0);
const teacher = randomPotential(generateTemplate(6), 2, random);
const labelled = (count: number): LabelledConfiguration[] =>
  Array.from({ length: count }, () => {
    const structure = randomStructure(2, 2, random);
    const list = buildNeighbourList(structure, 4);
    return { structure, ...createEvaluator(teacher).evaluate(structure, list) };
  });
const training = labelled(30);
const validation = labelled(10);

const options: FitOptions = {
  template: generateTemplate(6),
  speciesCount: 2,
  minDistanceA: 1.5,
  maxDistanceA: 4,
  radialBasisSize: 5,
  weights: DEFAULT_WEIGHTS,
  weighting: 'vibrations',
  maxIterations: 60,
  preIterations: 20,
  convergenceTolerance: 1e-3,
  seed: '0123456789abcdef',
};

describe('fit', () => {
  const fitted = fitPotential(training, options);

  // The loss has several minima; this seed leads to the one with the labels' own potential.
  it('finds a potential again from its labels', () => {
    const { potential, loss, converged } = fitPotential(training, {
      ...options,
      preIterations: 75,
      maxIterations: 300,
      seed: '1111111111111111',
    });
    expect(converged).toBe(true);
    expect(loss).toBeLessThan(1e-9);
    const errors = fitErrors(potential, validation);
    expect(errors.forceRmseEvA).toBeLessThan(1e-3);
    expect(errors.energyMaxMevAtom).toBeLessThan(1);
    expect(errors.stressRmseGpa).toBeLessThan(1e-2);
  });

  it('reports errors by component and by atom', () => {
    const errors = fitErrors(fitted.potential, validation);
    expect(errors).toMatchObject({ configurations: 10, atoms: 80 });
    expect(errors.forceRmseEvA).toBeCloseTo(Math.sqrt(3) * errors.forceComponentRmseEvA, 12);
    expect(errors.forceComponentMaeEvA).toBeLessThan(errors.forceComponentRmseEvA);
    expect(errors.energyRmseMevAtom).toBeGreaterThan(errors.energyMaeMevAtom);
    const none = fitErrors(teacher, validation);
    for (const error of [none.energyRmseMevAtom, none.forceMaxEvA, none.stressRmseGpa!])
      expect(error).toBeLessThan(1e-9);
    expect(fitErrors(teacher, [{ ...validation[0]!, virialEv: null }]).stressRmseGpa).toBeNull();
  });

  it('lowers the loss in every iteration but for the linear solves, which lower it too', () => {
    expect(fitted.iterations).toBe(60);
    expect(fitted.lossHistory.length).toBe(61);
    for (let k = 1; k <= 60; k++) expect(fitted.lossHistory[k]).toBeLessThan(fitted.lossHistory[k - 1]!);
    expect(fitted.loss).toBeLessThanOrEqual(fitted.lossHistory[60]! * (1 + 1e-9));
  });

  it('gives the same bytes from the same seed, others from another', () => {
    const short = { ...options, maxIterations: 10, preIterations: 5 };
    const bytes = (seed: string): string => writeMtp(fitPotential(training, { ...short, seed }).potential);
    expect(bytes(options.seed)).toBe(bytes(options.seed));
    expect(bytes('0123456789abcdee')).not.toBe(bytes(options.seed));
  });

  it('keeps its bits', () => {
    const { loss, potential } = fitPotential(training, { ...options, maxIterations: 5, preIterations: 0 });
    expect([loss, potential.scaling, potential.momentCoefficients[3]]).toMatchInlineSnapshot(`
      [
        0.013264301429617152,
        0.03104217913934541,
        -1.1578814507715725,
      ]
    `);
  });

  it('reports progress and stops when the loss no longer falls', () => {
    const seen: number[] = [];
    const result = fitPotential(training, {
      ...options,
      preIterations: 2,
      maxIterations: 400,
      convergenceTolerance: 0.9,
      onProgress: (iteration) => seen.push(iteration),
    });
    expect(result.converged).toBe(true);
    expect(result.iterations).toBeLessThan(400);
    expect(seen.slice(0, 4)).toEqual([-1, 0, 1, 2]);
    expect(seen.at(-1)).toBe(result.iterations);
  });

  it('fits forces weighed by their size, single energies per atom, and labels without virials', () => {
    const withoutVirial = training.map((label) => ({ ...label, virialEv: null }));
    const { loss, lossHistory } = fitPotential(withoutVirial, {
      ...options,
      weighting: 'structures',
      scaleByForce: 0.5,
      maxIterations: 20,
      preIterations: 5,
    });
    expect(loss).toBeLessThan(lossHistory[0]!);
  });

  it('refuses what cannot be fitted', () => {
    const codeOf = (configurations: readonly LabelledConfiguration[], changed: Partial<FitOptions> = {}): string => {
      try {
        fitPotential(configurations, { ...options, ...changed });
      } catch (error) {
        return error instanceof InputError ? error.code : String(error);
      }
      return 'nothing';
    };
    expect(codeOf([])).toBe('empty-training-set');
    expect(codeOf(training.slice(0, 1))).toBe('training-set-too-small');
    expect(codeOf(training, { seed: 'seed' })).toBe('bad-seed');
    expect(codeOf(training, { maxIterations: 1.5 })).toBe('bad-fit-options');
    expect(codeOf(training, { convergenceTolerance: Number.NaN })).toBe('bad-fit-options');
    expect(codeOf(training, { weights: { energy: -1, forces: 1, stress: 1 } })).toBe('bad-fit-options');
    expect(codeOf(training, { minDistanceA: 5 })).toBe('bad-potential');
    expect(codeOf([{ ...training[0]!, energyEv: Number.NaN }])).toBe('bad-label');
    expect(codeOf([{ ...training[0]!, forcesEvA: new Float64Array(3) }])).toBe('bad-label');
    expect(codeOf(training, { speciesCount: 1 })).toBe('unknown-species');
    expect(() =>
      fitPotential([training[0]!, { ...training[1]!, energyEv: Number.POSITIVE_INFINITY }], options),
    ).toThrow(/configuration 2: the energy is not a number/);
  });

  it.skipIf(!hasReference)('lowers the errors on labels of a higher level far below a linear fit', () => {
    const labels = referenceLabels('grade/train100.cfg').slice(0, 10);
    const common = { ...options, template: generateTemplate(6), speciesCount: 4, maxDistanceA: 5, radialBasisSize: 8 };
    const linear = fitPotential(labels, { ...common, preIterations: 0, maxIterations: 0 });
    const whole = fitPotential(labels, { ...common, preIterations: 75, maxIterations: 100 });
    expect(whole.loss).toBeLessThan(0.4 * linear.loss);
  });
});
