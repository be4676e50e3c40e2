/**
 * Time of a force call (energy, forces, virial) on the 3 328-atom cell of Li6PS5Cl for even levels 4 … 20: with one
 * thread and two, beside the peak that a matrix product reaches in the same run. The list has a skin of 1 Å, as in
 * molecular dynamics, and its building is included, once every 20 calls. The plain evaluator is measured on 416 atoms.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/mtp.js [largest level]
 */
import { threadCrew } from '../src/execution/thread-crew.ts';
import { createCompiledEvaluator } from '../src/potential/compiled-evaluate.ts';
import { createEvaluator, emptyEvaluation } from '../src/potential/evaluate.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import { flopsPerAtom } from './kernel/flops.ts';
import { peakGflops } from './kernel/peak.ts';
import { CUTOFF_A, median, RADIAL_BASIS_SIZE, randomPotential, rattledArgyrodite, times } from './kernel/system.ts';

const SKIN_A = 1;
const CALLS_PER_LIST = 20;

const largest = Number(process.argv[2] ?? 20);
const structure = rattledArgyrodite(4, 1);
const atoms = structure.species.length;
const neighbours = buildNeighbourList(structure, CUTOFF_A).atom.length / atoms;
const reachA = CUTOFF_A + SKIN_A;
const list = buildNeighbourList(structure, reachA);
const listUs = (1000 * median(times(() => buildNeighbourList(structure, reachA), 500))) / atoms;
const small = rattledArgyrodite(2, 1);
const smallList = buildNeighbourList(small, CUTOFF_A);
const crew = threadCrew(2);
console.log(
  `${atoms} atoms, ${neighbours.toFixed(1)} neighbours within ${CUTOFF_A} Å, peak ${peakGflops().toFixed(1)} GFlop/s`,
);
console.log(`list of reach ${reachA} Å: ${listUs.toFixed(2)} µs/atom to build`);
console.log(
  'µs/atom a force call; flop/atom as counted; share of the peak of that moment on one thread, without the list',
);
const heading = [
  'level',
  'flop/atom',
  '1 thread',
  '2 threads',
  'ratio',
  'list included',
  'GFlop/s',
  'of peak',
  'plain',
];
console.log(heading.map((text) => text.padStart(13)).join(''));
for (let level = 4; level <= largest; level += 2) {
  const potential = randomPotential(level);
  const [one, two] = [undefined, crew].map((each) => createCompiledEvaluator(potential, each));
  const out = emptyEvaluation(atoms);
  const [oneMs, twoMs, peaks] = [[] as number[], [] as number[], [] as number[]];
  for (let round = 0; round < 5; round++) {
    oneMs.push(...times(() => one!.evaluate(structure, list, out), 150));
    twoMs.push(...times(() => two!.evaluate(structure, list, out), 150));
    peaks.push(peakGflops());
  }
  const plain = createEvaluator(potential);
  const plainMs = median(times(() => plain.evaluate(small, smallList), 100));
  const [oneUs, twoUs] = [oneMs, twoMs].map((ms) => (1000 * median(ms)) / atoms) as [number, number];
  const flops = flopsPerAtom(potential.template, RADIAL_BASIS_SIZE, neighbours);
  const columns = [
    level,
    Math.round(flops),
    oneUs.toFixed(3),
    twoUs.toFixed(3),
    (oneUs / twoUs).toFixed(2),
    (oneUs + listUs / CALLS_PER_LIST).toFixed(3),
    (flops / oneUs / 1000).toFixed(1),
    `${((100 * flops) / oneUs / 1000 / median(peaks)).toFixed(0)} %`,
    ((1000 * plainMs) / small.species.length).toFixed(1),
  ];
  console.log(columns.map((value) => String(value).padStart(13)).join(''));
}
crew.dismiss();
