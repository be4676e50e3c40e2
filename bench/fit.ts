/**
 * Seconds of one evaluation of the loss with its gradient, of the loss alone, and of the normal equations of the linear
 * coefficients, for 100 configurations of 52 atoms, beside the force calls of the same configurations.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/fit.js [levels]
 */
import { threadCrew } from '../src/execution/thread-crew.ts';
import { createCompiledEvaluator } from '../src/potential/compiled-evaluate.ts';
import { createCompiledTraining } from '../src/potential/compiled-training.ts';
import { TrainingLoss } from '../src/potential/loss.ts';
import { PlainNormalEquations } from '../src/potential/normal-equations.ts';
import { packParameters } from '../src/potential/potential.ts';
import { DEFAULT_WEIGHTS, prepareTraining } from '../src/potential/training-set.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import { CUTOFF_A, median, randomPotential, rattledArgyrodite, times } from './kernel/system.ts';

const levels = (process.argv[2] ?? '8,12,16,18').split(',').map(Number);
const structures = Array.from({ length: 100 }, (_, k) => rattledArgyrodite(1, k + 1));
const lists = structures.map((structure) => buildNeighbourList(structure, CUTOFF_A));
const crew = threadCrew(2);
console.log(
  'seconds for 100 configurations of 52 atoms; ratio: gradient to force calls; plain: the reference, loss with gradient, and normal equations',
);
const heading = [
  'level',
  'parameters',
  'force calls',
  'loss',
  'gradient',
  'ratio',
  '2 threads',
  'equations',
  '2 threads',
  'plain',
  'plain',
];
console.log(heading.map((text) => text.padStart(12)).join(''));
for (const level of levels) {
  const model = randomPotential(level);
  const evaluator = createCompiledEvaluator(model);
  const labels = structures.map((structure, k) => {
    const { energyEv, forcesEvA, virialEv } = evaluator.evaluate(structure, lists[k]!);
    return { structure, energyEv: energyEv + 0.1, forcesEvA: forcesEvA.map((f, i) => f + 0.1 * (i % 3)), virialEv };
  });
  const set = prepareTraining(labels, {
    speciesCount: 4,
    maxDistanceA: CUTOFF_A,
    weights: DEFAULT_WEIGHTS,
    weighting: 'vibrations',
  });
  const parameters = packParameters(model);
  const gradient = new Float64Array(parameters.length);
  const [one, two] = [undefined, crew].map((each) => createCompiledTraining(set, model, each));
  const seconds = (call: () => unknown): string => (median(times(call, 400)) / 1000).toPrecision(3);
  const calls = seconds(() => structures.forEach((structure, k) => void evaluator.evaluate(structure, lists[k]!)));
  const oneGradient = seconds(() => one!.evaluate(parameters, 1, gradient));
  const plain = new TrainingLoss(set, model);
  const plainEquations = new PlainNormalEquations(set, model);
  const columns = [
    level,
    parameters.length,
    calls,
    seconds(() => one!.evaluate(parameters, 1)),
    oneGradient,
    (Number(oneGradient) / Number(calls)).toFixed(2),
    seconds(() => two!.evaluate(parameters, 1, gradient)),
    seconds(() => one!.assemble(parameters, 1)),
    seconds(() => two!.assemble(parameters, 1)),
    seconds(() => plain.evaluate(parameters, 1, gradient)),
    seconds(() => plainEquations.assemble(parameters, 1)),
  ];
  console.log(columns.map((value) => String(value).padStart(12)).join(''));
}
crew.dismiss();
