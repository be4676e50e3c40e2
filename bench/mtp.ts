/**
 * Time of template generation, of compiling the kernel, of an energy-and-force call by the plain and by the compiled
 * evaluator, and of a loss gradient, for even levels 4 … 20.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/mtp.js [largest level]
 */
import { RandomStream } from '../src/numerics/philox.ts';
import { createCompiledEvaluator } from '../src/potential/compiled-evaluate.ts';
import { createEvaluator } from '../src/potential/evaluate.ts';
import { TrainingLoss } from '../src/potential/loss.ts';
import { type MtpPotential, packParameters } from '../src/potential/potential.ts';
import { generateTemplate } from '../src/potential/template.ts';
import { DEFAULT_WEIGHTS, prepareTraining } from '../src/potential/training-set.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import type { Structure } from '../src/structure/structure.ts';

const stream = new RandomStream('00000000000be0c4', 0);
const draw = (length: number): Float64Array => Float64Array.from({ length }, () => 0.1 * (2 * stream.uniform() - 1));

/** Four species on a displaced cubic grid with as many neighbours within 5 Å as Li6PS5Cl has, 25. */
function cell(n: number): Structure {
  const spacingA = 2.75;
  const sites = n * n * n;
  return {
    cellA: Float64Array.of(n * spacingA, 0, 0, 0, n * spacingA, 0, 0, 0, n * spacingA),
    periodic: [true, true, true],
    elements: ['Li', 'P', 'S', 'Cl'],
    species: Int32Array.from({ length: sites }, () => stream.integer(4)),
    positionsA: Float64Array.from({ length: 3 * sites }, (_, k) => {
      const site = Math.floor(k / 3);
      const grid = [site % n, Math.floor(site / n) % n, Math.floor(site / (n * n))][k % 3]!;
      return grid * spacingA + 0.3 * (2 * stream.uniform() - 1);
    }),
  };
}

/** Median of the milliseconds that a call takes, over half a second at least. */
function medianMs(call: () => void): number {
  call();
  const times: number[] = [];
  for (const begun = performance.now(); times.length < 3 || performance.now() - begun < 500; ) {
    const before = performance.now();
    call();
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

const largest = Number(process.argv[2] ?? 20);
const structure = cell(7);
const list = buildNeighbourList(structure, 5);
const atoms = structure.species.length;
console.log(`${atoms} atoms, ${(list.atom.length / atoms).toFixed(1)} neighbours within 5 Å`);
console.log(
  'level  template ms  products  kernel ms  µs/atom a force call: compiled, plain, ratio  µs/atom a loss gradient',
);
for (let level = 4; level <= largest; level += 2) {
  const begun = performance.now();
  const template = generateTemplate(level);
  const templateMs = performance.now() - begun;
  const potential: MtpPotential = {
    name: '',
    speciesCount: 4,
    minDistanceA: 1.5,
    maxDistanceA: 5,
    radialBasisSize: 8,
    scaling: 1,
    template,
    radialCoefficients: draw(128 * template.radialFunctions),
    speciesCoefficients: draw(4),
    momentCoefficients: draw(template.scalars.length),
  };
  const compiling = performance.now();
  const compiled = createCompiledEvaluator(potential);
  compiled.evaluate(structure, list);
  const kernelMs = performance.now() - compiling;
  const evaluator = createEvaluator(potential);
  const result = evaluator.evaluate(structure, list);
  const compiledMs = medianMs(() => compiled.evaluate(structure, list, result));
  const forceMs = medianMs(() => evaluator.evaluate(structure, list, result));
  const options = { speciesCount: 4, maxDistanceA: 5, weights: DEFAULT_WEIGHTS, weighting: 'vibrations' as const };
  const loss = new TrainingLoss(prepareTraining([{ structure, ...result }], options), potential);
  const parameters = packParameters(potential);
  const gradient = new Float64Array(parameters.length);
  const lossMs = medianMs(() => loss.evaluate(parameters, 1, gradient));
  const columns = [
    templateMs.toFixed(1),
    template.products.length / 4,
    kernelMs,
    (1000 * compiledMs) / atoms,
    (1000 * forceMs) / atoms,
    forceMs / compiledMs,
    (1000 * lossMs) / atoms,
  ];
  console.log(
    [level, ...columns.map((value) => (typeof value === 'number' ? +value.toPrecision(4) : value))].join('  '),
  );
}
