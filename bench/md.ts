/**
 * Time of a step of molecular dynamics (2 fs, 600 K, watched every 10 steps, a frame every 50) of Li6PS5Cl, 52 to 17 836
 * atoms: NVT with 1, 2, 4 … threads up to the number of cores, and NPT. µs by atom and step; ns a day; atom steps a
 * second; and what part of the time are force calls, the neighbour list (to look whether it still serves, and to build
 * it), and everything else: the integrator, the watch, what is kept. Best of several segments; peak memory at the end.
 * The potential is the level-8 one of the tests, or any for Li, P, S and Cl that is named; a campaign's is
 * `varve show EVENT --output potential`.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/md.js [most atoms] [potential.mtp]
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { atomMassesAmu } from '../src/dynamics/masses.ts';
import { runSegment, type SegmentRequest } from '../src/dynamics/md-segment.ts';
import { mtpForceField } from '../src/dynamics/mtp-force-field.ts';
import { createState } from '../src/dynamics/state.ts';
import { drawVelocities } from '../src/dynamics/velocities.ts';
import { VerletList } from '../src/dynamics/verlet-list.ts';
import { type ThreadCrew, threadCrew } from '../src/execution/thread-crew.ts';
import { readMtp } from '../src/formats/mtp.ts';
import type { Crew } from '../src/numerics/crew.ts';
import { rattledArgyrodite } from './kernel/system.ts';

const TIME_STEP_FS = 2;
const ROUNDS = 4;
const NS_A_DAY_OF_FS_A_MS = 86_400_000 / 1e6;

const [, , most = '20000', file = 'test/dynamics/level-8.mtp'] = process.argv;
const potential = readMtp(readFileSync(file, 'utf8'), file);
const mostAtoms = Number(most);

let listMs = 0;
const { update } = VerletList.prototype;
VerletList.prototype.update = function timed(this: VerletList, structure) {
  const before = performance.now();
  const list = update.call(this, structure);
  listMs += performance.now() - before;
  return list;
};

interface Spent {
  readonly totalMs: number;
  readonly forceMs: number;
  readonly listMs: number;
}

function measure(repeats: number, steps: number, crew: Crew | undefined, changes: Partial<SegmentRequest>): Spent {
  const structure = rattledArgyrodite(repeats, 1);
  const field = mtpForceField(potential, crew);
  let forceMs = 0;
  const request: SegmentRequest = {
    structure,
    state: createState(structure, drawVelocities(atomMassesAmu(structure), 600, '0000000000000071')),
    forceField: {
      cutoffA: field.cutoffA,
      evaluate(at, neighbours) {
        const before = performance.now();
        const found = field.evaluate(at, neighbours);
        forceMs += performance.now() - before;
        return found;
      },
    },
    ensemble: 'nvt',
    timeStepFs: TIME_STEP_FS,
    temperatureK: 600,
    steps,
    sampleEverySteps: 50,
    watch: { pairDistanceA: new Float64Array(16).fill(0.5), maxTemperatureK: 1e5, maxConservedDriftEvAtom: 10 },
    ...changes,
  };
  let best: Spent | null = null;
  let { state } = request;
  for (let round = 0; round < ROUNDS; round++) {
    forceMs = 0;
    listMs = 0;
    const before = performance.now();
    const segment = runSegment({ ...request, state });
    const totalMs = performance.now() - before;
    if (segment.outcome.status !== 'completed') throw new Error(segment.outcome.reason.message);
    state = segment.finalState;
    if (round > 0 && (best === null || totalMs < best.totalMs)) best = { totalMs, forceMs, listMs };
  }
  return best!;
}

const crews: ThreadCrew[] = [];
for (let threads = 2; threads <= availableParallelism(); threads *= 2) crews.push(threadCrew(threads));
const kinds: [string, Crew | undefined, Partial<SegmentRequest>][] = [
  ['NVT', undefined, {}],
  ...crews.map((crew): [string, Crew, object] => [`NVT, ${crew.threads} threads`, crew, {}]),
  ['NPT isotropic', undefined, { ensemble: 'npt', barostat: { cell: 'isotropic' } }],
  ['NPT full', undefined, { ensemble: 'npt', barostat: { cell: 'full' } }],
];
const heading = ['µs/atom·step', 'ns/day', 'M atom·step/s', 'forces', 'list', 'other'];
console.log('atoms'.padStart(7) + ' '.repeat(17) + heading.map((text) => text.padStart(15)).join(''));
for (const repeats of [1, 2, 4, 7]) {
  const atoms = 52 * repeats * repeats * repeats;
  if (atoms > mostAtoms) continue;
  const steps = Math.max(40, Math.round(400_000 / atoms));
  for (const [name, hands, changes] of kinds) {
    const { totalMs, forceMs, listMs: ofList } = measure(repeats, steps, hands, changes);
    const us = (1000 * totalMs) / (atoms * steps);
    const share = (ms: number): string => `${((100 * ms) / totalMs).toFixed(1)} %`;
    const columns = [
      us.toFixed(3),
      ((NS_A_DAY_OF_FS_A_MS * TIME_STEP_FS * steps) / totalMs).toFixed(2),
      (1 / us).toFixed(3),
      share(forceMs),
      share(ofList),
      share(totalMs - forceMs - ofList),
    ];
    const cells = columns.map((value) => value.padStart(15)).join('');
    console.log(`${String(atoms).padStart(7)} ${name.padEnd(16)}${cells}`);
  }
}
for (const crew of crews) crew.dismiss();
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
