import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createCompiledTraining } from '../../src/potential/compiled-training.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { LinearFit } from '../../src/potential/linear-fit.ts';
import { type LossFunction, TrainingLoss } from '../../src/potential/loss.ts';
import { PlainNormalEquations } from '../../src/potential/normal-equations.ts';
import { type MtpPotential, packParameters, radialCount, withParameters } from '../../src/potential/potential.ts';
import { addRadialPenalty, orthogonaliseRadial } from '../../src/potential/radial-penalty.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import {
  DEFAULT_WEIGHTS,
  type LabelledConfiguration,
  prepareTraining,
  type TrainingConfiguration,
  type Weighting,
} from '../../src/potential/training-set.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { hasReference, referenceLabels, referencePotential, referenceText } from './mlip-reference.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

const stream = (n: number): RandomStream => new RandomStream('00000000000010e5', n);

function randomLabels(count: number, species: number, random: RandomStream): LabelledConfiguration[] {
  return Array.from({ length: count }, (_, at) => {
    const structure = randomStructure(at % 2 === 0 ? 2 : 1, species, random);
    return {
      structure,
      energyEv: random.normal(),
      forcesEvA: Float64Array.from(structure.positionsA, () => random.normal()),
      virialEv: at === 1 ? null : Float64Array.from({ length: 9 }, () => random.normal()),
    };
  });
}

type MakeLoss = (set: readonly TrainingConfiguration[], model: MtpPotential) => LossFunction;
const losses: [string, MakeLoss][] = [
  ['plain', (set, model) => new TrainingLoss(set, model)],
  ['compiled', createCompiledTraining],
];

describe.skipIf(!hasReference).each(losses)('the %s loss against MLIP-2', (_, makeLoss) => {
  const lines = hasReference ? referenceText('train/loss_l08.txt').trim().split('\n') : [];
  const cases = lines.map((line) => {
    const match = /weighting=(\w+) scale_by_force=(\S+) L=(\S+) \|grad\|=(\S+) .*TrainLinear L=(\S+)/.exec(line)!;
    const [loss, norm, linearLoss] = match.slice(3).map(Number) as [number, number, number];
    return { weighting: match[1] as Weighting, scaleByForce: Number(match[2]), loss, norm, linearLoss };
  });

  it.each(cases)('$weighting, scale-by-force $scaleByForce: loss, gradient, linear fit', (wanted) => {
    const model = referencePotential('l08.mtp');
    const { weighting, scaleByForce } = wanted;
    const options = { speciesCount: 4, maxDistanceA: 5, weights: DEFAULT_WEIGHTS, weighting, scaleByForce };
    const set = prepareTraining(referenceLabels('grade/train100.cfg'), options);
    const loss = makeLoss(set, model);
    const parameters = packParameters(model);
    const gradient = new Float64Array(parameters.length);
    expect(loss.evaluate(parameters, 1, gradient) / wanted.loss).toBeCloseTo(1, 12);
    expect(Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)) / wanted.norm).toBeCloseTo(1, 12);
    if (weighting === 'vibrations' && scaleByForce === 0) {
      const theirs = referenceText('train/grad_l08.txt').trim().split('\n').slice(1).map(Number);
      expect(theirs.length).toBe(269);
      const scale = Math.max(...theirs.map(Math.abs));
      for (const [k, g] of theirs.entries()) expect(Math.abs(gradient[k]! - g)).toBeLessThan(1e-12 * scale);
    }
    orthogonaliseRadial(model, parameters);
    const linear = new LinearFit(new PlainNormalEquations(set, model), set.length, model);
    const equations = linear.assemble(parameters, 1);
    parameters.set(linear.solve(equations, 1), radialCount(model));
    // The reference is printed with eleven digits.
    expect(loss.evaluate(parameters, 1) / wanted.linearLoss).toBeCloseTo(1, 9.5);
  });
});

describe.each(losses)('the %s loss', (_, makeLoss) => {
  /** The definition in training-set.ts, from plain evaluations. */
  function plainLoss(
    potential: MtpPotential,
    labels: readonly LabelledConfiguration[],
    weighting: Weighting,
    s: number,
  ): number {
    const evaluator = createEvaluator(potential);
    let sum = 0;
    for (const { structure, energyEv, forcesEvA, virialEv } of labels) {
      const n = structure.species.length;
      const found = evaluator.evaluate(structure, buildNeighbourList(structure, 4));
      let forces = 0;
      for (let i = 0; i < n; i++) {
        const [reference, error] = [0, 1].map((which) =>
          [0, 1, 2].reduce((total, a) => {
            const label = forcesEvA[3 * i + a]!;
            const value = which === 0 ? label : found.forcesEvA[3 * i + a]! - label;
            return total + value * value;
          }, 0),
        ) as [number, number];
        forces += (s > 0 ? s / (reference + s) : 1) * error;
      }
      const stress = virialEv === null ? 0 : found.virialEv.reduce((total, v, k) => total + (v - virialEv[k]!) ** 2, 0);
      const energy = (found.energyEv - energyEv) ** 2;
      const per = { vibrations: [n, 1], molecules: [1, 1], structures: [n * n, n] }[weighting] as [number, number];
      sum += (energy + 0.001 * stress) / per[0] + (0.01 * forces) / per[1];
    }
    return sum / labels.length + addRadialPenalty(potential, potential.radialCoefficients);
  }

  it.each([
    ['vibrations', 0],
    ['molecules', 0.5],
    ['structures', 2],
  ] as const)('%s with force scale %d is its definition', (weighting, scaleByForce) => {
    const random = stream(1);
    const potential = randomPotential(generateTemplate(8), 3, random);
    const labels = randomLabels(4, 3, random);
    const options = { speciesCount: 3, maxDistanceA: 4, weights: DEFAULT_WEIGHTS, weighting, scaleByForce };
    const loss = makeLoss(prepareTraining(labels, options), potential);
    const found = loss.evaluate(packParameters(potential), potential.scaling);
    expect(found / plainLoss(potential, labels, weighting, scaleByForce)).toBeCloseTo(1, 12);
  });

  it.each([2, 6, 10, 14, 20])('level %i: the gradient is the derivative for every class of parameters', (level) => {
    const random = stream(level);
    const potential = randomPotential(generateTemplate(level), 2, random);
    const labels = randomLabels(3, 2, random);
    const options = { speciesCount: 2, maxDistanceA: 4, weights: { energy: 1, forces: 0.1, stress: 0.01 } };
    const loss = makeLoss(prepareTraining(labels, { ...options, weighting: 'vibrations' }), potential);
    const parameters = packParameters(potential);
    const gradient = new Float64Array(parameters.length);
    const value = loss.evaluate(parameters, potential.scaling, gradient);
    expect(loss.evaluate(parameters, potential.scaling)).toBe(value);
    const scale = Math.max(...Array.from(gradient, Math.abs));
    const radial = radialCount(potential);
    const checked = [
      ...Array.from({ length: 12 }, () => random.integer(radial)),
      radial,
      radial + 1,
      ...Array.from({ length: 8 }, () => radial + 2 + random.integer(potential.template.scalars.length)),
    ];
    for (const k of checked) {
      const step = 1e-5;
      const at = (h: number): number => {
        const moved = parameters.slice();
        moved[k]! += h;
        return loss.evaluate(moved, potential.scaling);
      };
      const slope = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      expect(Math.abs(gradient[k]! - slope)).toBeLessThan(1e-8 * scale + 1e-8);
    }
  });

  it('is the same for the labels of the potential itself but for the penalty', () => {
    const random = stream(3);
    const potential = randomPotential(generateTemplate(6), 2, random);
    const evaluator = createEvaluator(potential);
    const labels = [1, 2].map((n): LabelledConfiguration => {
      const structure = randomStructure(n, 2, random);
      return { structure, ...evaluator.evaluate(structure, buildNeighbourList(structure, 4)) };
    });
    const options = { speciesCount: 2, maxDistanceA: 4, weights: DEFAULT_WEIGHTS, weighting: 'vibrations' as const };
    const loss = makeLoss(prepareTraining(labels, options), potential);
    const penalty = addRadialPenalty(potential, potential.radialCoefficients);
    expect(loss.evaluate(packParameters(potential), potential.scaling)).toBeCloseTo(penalty, 25);
  });
});

describe('linear fit', () => {
  const random = stream(4);
  const potential = randomPotential(generateTemplate(8), 2, random);
  const labels = randomLabels(6, 2, random);
  const set: TrainingConfiguration[] = prepareTraining(labels, {
    speciesCount: 2,
    maxDistanceA: 4,
    weights: DEFAULT_WEIGHTS,
    weighting: 'vibrations',
  });
  const linear = new LinearFit(createCompiledTraining(set, potential), set.length, potential);
  const loss = new TrainingLoss(set, potential);
  const parameters = packParameters(potential);
  orthogonaliseRadial(potential, parameters);

  it('finds where the gradient by the linear coefficients vanishes', () => {
    const gradient = new Float64Array(parameters.length);
    loss.evaluate(parameters, 0.5, gradient);
    const before = Math.max(...gradient.subarray(radialCount(potential)).map(Math.abs));
    parameters.set(linear.solve(linear.assemble(parameters, 0.5), 0.5), radialCount(potential));
    loss.evaluate(parameters, 0.5, gradient);
    for (const g of gradient.subarray(radialCount(potential))) expect(Math.abs(g)).toBeLessThan(1e-9 * before);
  });

  it('carries its equations from one scaling to another', () => {
    const direct = linear.solve(linear.assemble(parameters, 0.8), 0.8);
    const carried = linear.solve(linear.assemble(parameters, 0.5), 0.8);
    for (const [k, c] of direct.entries()) expect(Math.abs(carried[k]! - c)).toBeLessThan(1e-6 * Math.abs(c) + 1e-9);
  });

  it('chooses a scaling without changing the fit', () => {
    const lossAt = (scaling: number, solution: Float64Array): number => {
      const all = parameters.slice();
      all.set(solution, radialCount(potential));
      return loss.evaluate(all, scaling);
    };
    const equations = linear.assemble(parameters, 0.5);
    const rescaled = linear.rescale(equations);
    const plain = lossAt(0.5, linear.solve(equations, 0.5));
    expect(lossAt(rescaled.scaling, rescaled.linear) / plain).toBeCloseTo(1, 8);
  });
});

describe('radial coefficients', () => {
  it('are made orthonormal without changing what the linear fit can reach', () => {
    const random = stream(5);
    const potential = randomPotential(generateTemplate(14), 2, random);
    const c = potential.radialCoefficients.slice();
    orthogonaliseRadial(potential, c);
    expect(addRadialPenalty(potential, c)).toBeLessThan(1e-37);
    expect(withParameters(potential, packParameters(potential))).toEqual(potential);
    c.fill(0);
    expect(() => orthogonaliseRadial(potential, c)).toThrow(/not independent/);
  });
});
