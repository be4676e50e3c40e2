/** How long dynamics and fits take on this machine, by short measurements at the levels asked for. */

import { atomMassesAmu } from '../../dynamics/masses.ts';
import { runSegment } from '../../dynamics/md-segment.ts';
import { createState } from '../../dynamics/state.ts';
import { drawVelocities } from '../../dynamics/velocities.ts';
import { RandomStream } from '../../numerics/philox.ts';
import { createCompiledEvaluator } from '../../potential/compiled-evaluate.ts';
import { createCompiledTraining } from '../../potential/compiled-training.ts';
import { type MtpPotential, packParameters } from '../../potential/potential.ts';
import { generateTemplate } from '../../potential/template.ts';
import { DEFAULT_WEIGHTS, prepareTraining } from '../../potential/training-set.ts';
import { argyrodite } from '../../structure/argyrodite.ts';
import { rattle } from '../../structure/disorder.ts';
import type { Structure } from '../../structure/structure.ts';
import { makeSupercell } from '../../structure/supercell.ts';

export interface LevelSpeed {
  readonly level: number;
  /** One core, everything that a step of dynamics does included. */
  readonly stepUsAtom: number;
  /** Loss of a training set with its gradient, one core. */
  readonly gradientUsAtom: number;
}

const CUTOFF_A = 5;
const STEPS = 60;
const MEASURED_MS = 400;

/** Coefficients too small to move an atom out of its place: the time of a step does not depend on them. */
function gentlePotential(level: number): MtpPotential {
  const template = generateTemplate(level);
  const stream = new RandomStream('00000000000c0575', level);
  const draw = (length: number, size: number): Float64Array =>
    Float64Array.from({ length }, () => size * (2 * stream.uniform() - 1));
  return {
    name: '',
    speciesCount: 4,
    minDistanceA: 1.5,
    maxDistanceA: CUTOFF_A,
    radialBasisSize: 8,
    scaling: 1,
    template,
    radialCoefficients: draw(128 * template.radialFunctions, 0.001),
    speciesCoefficients: draw(4, 0.1),
    momentCoefficients: draw(template.scalars.length, 1e-6),
  };
}

/** Median of the microseconds that a call takes, once the engine has compiled what it calls. */
function timeOf(call: () => void, now: () => number): number {
  const times: number[] = [];
  const begun = now();
  for (let n = 0; n < 5 || now() - begun < MEASURED_MS; n++) {
    const before = now();
    call();
    if (n > 1) times.push(1000 * (now() - before));
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** @param now a clock, ms */
export function measureSpeed(level: number, now: () => number): LevelSpeed {
  const potential = gentlePotential(level);
  const cell = argyrodite({ latticeConstantA: 10.25 });
  const structure = rattle(makeSupercell(cell, [2, 2, 2]).structure, 0.05, '0000000000000001');
  return { level, stepUsAtom: stepTime(structure, potential, now), gradientUsAtom: gradientTime(potential, now) };
}

function stepTime(structure: Structure, potential: MtpPotential, now: () => number): number {
  const evaluator = createCompiledEvaluator(potential);
  const species = structure.elements.length;
  const velocities = drawVelocities(atomMassesAmu(structure), 800, '0000000000000002');
  const run = (steps: number): void => {
    const { outcome } = runSegment({
      structure,
      state: createState(structure, velocities),
      forceField: { cutoffA: CUTOFF_A, evaluate: (at, list) => evaluator.evaluate(at, list) },
      ensemble: 'nve',
      timeStepFs: 2,
      steps,
      sampleEverySteps: 50,
      watch: {
        pairDistanceA: new Float64Array(species * species),
        maxTemperatureK: 1e9,
        maxConservedDriftEvAtom: 1e9,
      },
    });
    if (outcome.status !== 'completed') throw new Error(`the measurement stopped: ${outcome.reason.message}`);
  };
  return timeOf(() => run(STEPS), now) / STEPS / structure.species.length;
}

function gradientTime(potential: MtpPotential, now: () => number): number {
  const structures = Array.from({ length: 4 }, (_, k) =>
    rattle(
      makeSupercell(argyrodite({ latticeConstantA: 10.25 }), [1, 1, 1]).structure,
      0.1,
      (k + 1).toString(16).padStart(16, '0'),
    ),
  );
  const labels = structures.map((structure) => ({
    structure,
    energyEv: 0,
    forcesEvA: new Float64Array(structure.positionsA.length),
    virialEv: new Float64Array(9),
  }));
  const options = {
    speciesCount: 4,
    maxDistanceA: CUTOFF_A,
    weights: DEFAULT_WEIGHTS,
    weighting: 'vibrations' as const,
  };
  const training = createCompiledTraining(prepareTraining(labels, options), potential);
  const parameters = packParameters(potential);
  const gradient = new Float64Array(parameters.length);
  const atoms = structures.reduce((sum, { species }) => sum + species.length, 0);
  return timeOf(() => training.evaluate(parameters, 1, gradient), now) / atoms;
}
