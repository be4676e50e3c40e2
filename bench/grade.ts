/**
 * Time of an extrapolation grade beside a force call, for levels 8, 12 and 18, both modes; of building the active set of
 * some training configurations; and of the swaps in it.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/grade.js [levels]
 */
import { RandomStream } from '../src/numerics/philox.ts';
import { buildActiveSet } from '../src/potential/active-set.ts';
import { createCompiledEvaluator } from '../src/potential/compiled-evaluate.ts';
import { createCompiledRows } from '../src/potential/compiled-rows.ts';
import { createGrader } from '../src/potential/grader.ts';
import { createPlainRows } from '../src/potential/parameter-rows.ts';
import type { MtpPotential } from '../src/potential/potential.ts';
import { generateTemplate } from '../src/potential/template.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import type { Structure } from '../src/structure/structure.ts';

const stream = new RandomStream('00000000000be0c5', 0);
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

const levels = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [8, 12, 18];
const structure = cell(7);
const list = buildNeighbourList(structure, 5);
const atoms = structure.species.length;
const training = { name: 'training', structures: Array.from({ length: 60 }, () => cell(4)) };
console.log(`${atoms} atoms, ${(list.atom.length / atoms).toFixed(1)} neighbours within 5 Å; µs/atom`);
console.log(
  'level  parameters  force call  rows: compiled  plain  grade: cfg  nbh  active set of 60 × 64 atoms, s: cfg  nbh',
);
for (const level of levels) {
  const template = generateTemplate(level);
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
  const evaluator = createCompiledEvaluator(potential);
  const result = evaluator.evaluate(structure, list);
  const compiled = createCompiledRows(potential);
  const plain = createPlainRows(potential);
  const perAtom = (call: () => void): number => (1000 * medianMs(call)) / atoms;
  const forceCall = perAtom(() => evaluator.evaluate(structure, list, result));
  const rows = [compiled, plain].map((source) => perAtom(() => source.visit(structure, list, () => {})));
  const built = (['configuration', 'neighbourhood'] as const).map((mode) => {
    const begun = performance.now();
    const set = buildActiveSet(potential, training, { mode, weighting: 'vibrations' });
    const seconds = (performance.now() - begun) / 1000;
    const grader = createGrader(set, potential);
    return { seconds, grade: perAtom(() => grader.grade(structure, list)) };
  });
  const columns = [forceCall, ...rows, ...built.map(({ grade }) => grade), ...built.map(({ seconds }) => seconds)];
  console.log([level, compiled.length, ...columns.map((value) => +value.toPrecision(3))].join('  '));
}
