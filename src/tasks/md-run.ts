/**
 * `md.run` (D1): one segment of molecular dynamics, from one exact state to the next. A run is a chain of these. It
 * watches itself: where it leaves the range of its potential it stops, and the outcome says what was exceeded, when, where.
 */
import { z } from 'zod';
import { atomMassesAmu } from '../dynamics/masses.ts';
import { runSegment, type Segment } from '../dynamics/md-segment.ts';
import { createState, type MdState } from '../dynamics/state.ts';
import { velocitiesAtTotalEnergy } from '../dynamics/total-energy.ts';
import { drawVelocities } from '../dynamics/velocities.ts';
import type { Watch } from '../dynamics/watch.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, doubles, readBundle } from '../formats/array-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { readState, writeState } from '../formats/md-state-bundle.ts';
import { readMtp } from '../formats/mtp.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { writeTrajectory } from '../formats/trajectory-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { createCompiledEvaluator } from '../potential/compiled-evaluate.ts';
import type { Structure } from '../structure/structure.ts';
import { seedSchema } from './schemas.ts';
import { blobName, defineKind, singleInput, type TaskContext } from './task-kind.ts';

const params = z.strictObject({
  ensemble: z.enum(['nve', 'nvt']),
  /** Of the thermostat in NVT; the temperature that the watch compares with in NVE. */
  temperatureK: z.number().positive(),
  timeStepFs: z.number().positive(),
  dampingFs: z.number().positive().optional(),
  steps: z.int().min(1),
  sampleEverySteps: z.int().min(1),
  start: z.discriminatedUnion('from', [
    /** Velocities drawn from Maxwell and Boltzmann's distribution at `temperatureK`. */
    z.strictObject({ from: z.literal('structure'), seed: seedSchema }),
    z.strictObject({
      from: z.literal('state'),
      /** Step count and energy reference start anew: the first segment of a stage. */
      newRun: z.boolean(),
      /** Velocities scaled so that the total energy is the mean of the segment before. */
      rescaleToMeanEnergy: z.boolean(),
    }),
  ]),
  watch: z.strictObject({
    everySteps: z.int().min(1),
    pairDistanceFraction: z.number().positive(),
    maxTemperatureFactor: z.number().positive(),
    maxDriftEvPerAtom: z.number().positive(),
  }),
});
type Params = z.infer<typeof params>;

export const mdRun = defineKind({
  kind: 'md.run',
  v: 3,
  class: 'exact',
  params,
  run(context) {
    const { params: run } = context;
    const structureBlob = singleInput(context, 'structure');
    const potentialBlob = singleInput(context, 'potential');
    const structure = readStructure(structureBlob.bytes, blobName(structureBlob));
    const potential = readMtp(new TextDecoder().decode(potentialBlob.bytes), blobName(potentialBlob));
    const evaluator = createCompiledEvaluator(potential, context.crew);
    const forceField = {
      cutoffA: potential.maxDistanceA,
      evaluate: (at: Structure, list: Parameters<typeof evaluator.evaluate>[1]) => evaluator.evaluate(at, list),
    };
    const state = startState(context, structure, forceField);
    const segment = runSegment({
      structure,
      state,
      forceField,
      ensemble: run.ensemble,
      timeStepFs: run.timeStepFs,
      temperatureK: run.temperatureK,
      ...(run.dampingFs === undefined ? {} : { dampingFs: run.dampingFs }),
      steps: run.steps,
      sampleEverySteps: run.sampleEverySteps,
      watch: limits(context, forceField.cutoffA, structure.elements),
      onProgress: (steps) => context.onProgress(steps / run.steps),
    });
    evaluator.release();
    return {
      outcome:
        segment.outcome.status === 'completed'
          ? { status: 'done' }
          : { status: 'stopped', reason: { ...segment.outcome.reason } as unknown as JsonObject },
      outputs: {
        state: {
          bytes: writeState(segment.finalState, segment.statistics?.meanTotalEnergyEv ?? 0),
          mediaType: ARRAY_BUNDLE_MEDIA_TYPE,
        },
        trajectory: {
          bytes: writeTrajectory(segment, structure, run.timeStepFs),
          mediaType: ARRAY_BUNDLE_MEDIA_TYPE,
        },
      },
      results: summary(segment, state.step, run, structure),
      modules: [evaluator.module],
    };
  },
});

function startState(
  context: TaskContext<Params>,
  structure: Structure,
  forceField: Parameters<typeof velocitiesAtTotalEnergy>[2],
): MdState {
  const { start, temperatureK } = context.params;
  if (start.from === 'structure') {
    return createState(structure, drawVelocities(atomMassesAmu(structure), temperatureK, start.seed));
  }
  const blob = singleInput(context, 'state');
  const { state, meanTotalEnergyEv } = readState(blob.bytes, blobName(blob));
  if (start.rescaleToMeanEnergy) {
    state.velocitiesAFs = velocitiesAtTotalEnergy(structure, state, forceField, meanTotalEnergyEv);
  }
  if (start.newRun) {
    state.step = 0;
    state.conservedReferenceEv = null;
  }
  return state;
}

/** Limits from the range of the training set: its smallest distances by pair of species. */
function limits(context: TaskContext<Params>, cutoffA: number, elements: readonly string[]): Watch {
  const { watch, temperatureK } = context.params;
  const blob = singleInput(context, 'range');
  const range = readBundle(blob.bytes, blobName(blob));
  const closestA = doubles(range, 'closestPairsA', blobName(blob));
  // A potential knows its species by number only; the range that was fitted with it knows their names.
  if (JSON.stringify(range.meta.elements) !== JSON.stringify(elements)) {
    throw new InputError('mismatched-elements', 'the potential was fitted for another list of elements', {
      where: blobName(blob),
      expected: elements.join(', '),
      found: JSON.stringify(range.meta.elements ?? null),
    });
  }
  return {
    pairDistanceA: closestA.map((distanceA) => Math.min(distanceA * watch.pairDistanceFraction, cutoffA)),
    maxTemperatureK: watch.maxTemperatureFactor * temperatureK,
    maxConservedDriftEvAtom: watch.maxDriftEvPerAtom,
    watchEverySteps: watch.everySteps,
  };
}

function summary(segment: Segment, firstStep: number, run: Params, structure: Structure): JsonObject {
  const { statistics, closestApproach } = segment;
  const stepsDone = segment.finalState.step - firstStep;
  return {
    atoms: structure.species.length,
    lastStep: segment.finalState.step,
    timePs: (stepsDone * run.timeStepFs) / 1000,
    ...(statistics === null
      ? {}
      : {
          meanTemperatureK: statistics.meanTemperatureK,
          stdTemperatureK: statistics.stdTemperatureK,
          meanTotalEnergyEv: statistics.meanTotalEnergyEv,
          energyDriftMevPerAtomPs: 1000 * statistics.energyDriftEvAtomPs,
        }),
    ...(closestApproach === null ? {} : { closestApproachA: closestApproach.distanceA }),
  };
}
