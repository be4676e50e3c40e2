/**
 * `md.run` (D1): one segment of molecular dynamics, from one exact state to the next. A run is a chain of these. It
 * watches itself: where it leaves the range of its potential it stops, and the outcome says what was exceeded, when, where.
 */
import { z } from 'zod';
import type { CellStatistics } from '../dynamics/cell-record.ts';
import type { ForceField } from '../dynamics/force-field.ts';
import { atomMassesAmu } from '../dynamics/masses.ts';
import { runSegment, type Segment } from '../dynamics/md-segment.ts';
import { mtpForceField } from '../dynamics/mtp-force-field.ts';
import { createState, type MdState } from '../dynamics/state.ts';
import { atMeanCell } from '../dynamics/strain.ts';
import { velocitiesAtTotalEnergy } from '../dynamics/total-energy.ts';
import { drawVelocities } from '../dynamics/velocities.ts';
import type { Watch } from '../dynamics/watch.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { readState, writeState } from '../formats/md-state-bundle.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { writeTrajectory } from '../formats/trajectory-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { cellVolumeA3, latticeLengthsA, type Structure } from '../structure/structure.ts';
import { openSelection } from './md-selection.ts';
import { pairLimits } from './pair-limits.ts';
import { potentialOf } from './potential-input.ts';
import { barostatSchema, gradeWatchSchema, seedSchema } from './schemas.ts';
import { blobName, defineKind, singleInput, type TaskContext } from './task-kind.ts';

/** Beyond these a solid is no longer the one that it was. */
const DEFAULT_VOLUME_CHANGE = 0.3;
const DEFAULT_PRESSURE_CHANGE_GPA = 20;

const params = z.strictObject({
  ensemble: z.enum(['nve', 'nvt', 'npt']),
  /** Of the thermostat in NVT and NPT; the temperature that the watch compares with in NVE. */
  temperatureK: z.number().positive(),
  timeStepFs: z.number().positive(),
  dampingFs: z.number().positive().optional(),
  /** In NPT: what of the cell may change, and the target pressure. */
  barostat: barostatSchema.optional(),
  /** From `temperatureK` to another temperature, in steps from the start of the run. */
  ramp: z.strictObject({ toK: z.number().positive(), overSteps: z.int().min(1) }).optional(),
  /** Velocities scaled to the temperature at the multiples of this step: "temperature rescaling" taken literally. */
  rescaleEverySteps: z.int().min(1).optional(),
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
      /** Cell and atoms brought to the mean cell of the segment before, which was NPT. */
      meanCell: z.boolean().optional(),
    }),
  ]),
  /** States with larger grades against the input `activeSet` are kept for labels, and end the run ("sample"). */
  grades: gradeWatchSchema.optional(),
  watch: z.strictObject({
    everySteps: z.int().min(1),
    pairDistanceFraction: z.number().positive(),
    maxTemperatureFactor: z.number().positive(),
    maxDriftEvPerAtom: z.number().positive(),
    /** In NPT: part by which the volume may differ from that of the structure. */
    maxVolumeChange: z.number().positive().max(1).optional(),
    /** In NPT: by which the momentary pressure may differ from the target. */
    maxPressureGpa: z.number().positive().optional(),
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
    const structure = readStructure(structureBlob.bytes, blobName(structureBlob));
    const potential = potentialOf(context);
    const forceField = mtpForceField(potential, context.crew);
    const state = startState(context, structure, forceField);
    const selection = run.grades === undefined ? undefined : openSelection(context, run.grades, potential, structure);
    const segment = runSegment({
      structure,
      state,
      forceField,
      ensemble: run.ensemble,
      timeStepFs: run.timeStepFs,
      temperatureK: run.temperatureK,
      ...(run.dampingFs === undefined ? {} : { dampingFs: run.dampingFs }),
      ...(run.ramp === undefined ? {} : { ramp: run.ramp }),
      ...(run.rescaleEverySteps === undefined ? {} : { rescaleEverySteps: run.rescaleEverySteps }),
      ...(run.barostat === undefined ? {} : { barostat: run.barostat }),
      steps: run.steps,
      sampleEverySteps: run.sampleEverySteps,
      watch: watchOf(context, forceField.cutoffA, structure),
      ...(selection === undefined ? {} : { gradeWatch: selection.watch }),
      onProgress: (steps) => context.onProgress(steps / run.steps),
    });
    forceField.release();
    const selected = selection?.of(segment);
    return {
      outcome:
        segment.outcome.status === 'completed'
          ? { status: 'done' }
          : { status: 'stopped', reason: { ...segment.outcome.reason } as unknown as JsonObject },
      outputs: {
        state: {
          bytes: writeState(
            segment.finalState,
            segment.statistics?.meanTotalEnergyEv ?? 0,
            segment.statistics?.cell?.meanCellA,
          ),
          mediaType: ARRAY_BUNDLE_MEDIA_TYPE,
        },
        trajectory: {
          bytes: writeTrajectory(segment, structure, run.timeStepFs),
          mediaType: ARRAY_BUNDLE_MEDIA_TYPE,
        },
        ...selected?.outputs,
      },
      results: { ...summary(segment, state.step, run, structure), ...selected?.results },
      modules: [forceField.module, ...(selection?.modules ?? [])],
    };
  },
});

function startState(context: TaskContext<Params>, structure: Structure, forceField: ForceField): MdState {
  const { start, temperatureK } = context.params;
  if (start.from === 'structure') {
    return createState(structure, drawVelocities(atomMassesAmu(structure), temperatureK, start.seed));
  }
  const blob = singleInput(context, 'state');
  const { state, meanTotalEnergyEv, meanCellA } = readState(blob.bytes, blobName(blob));
  if (start.meanCell === true) {
    if (meanCellA === undefined) {
      throw new InputError('no-mean-cell', 'the segment before had no cell that changed', { where: blobName(blob) });
    }
    Object.assign(state, atMeanCell(state, meanCellA));
  }
  if (start.rescaleToMeanEnergy) {
    state.velocitiesAFs = velocitiesAtTotalEnergy(structure, state, forceField, meanTotalEnergyEv);
  }
  if (start.newRun) {
    state.step = 0;
    state.conservedReferenceEv = null;
    delete state.externalWorkEv;
  }
  return state;
}

function watchOf(context: TaskContext<Params>, cutoffA: number, structure: Structure): Watch {
  const { watch, temperatureK, ensemble, barostat } = context.params;
  const volumeA3 = Math.abs(cellVolumeA3(structure.cellA));
  const { maxVolumeChange = DEFAULT_VOLUME_CHANGE, maxPressureGpa = DEFAULT_PRESSURE_CHANGE_GPA } = watch;
  const targetGpa = barostat?.pressureGpa ?? 0;
  return {
    pairDistanceA: pairLimits(context, cutoffA, structure.elements, watch.pairDistanceFraction),
    maxTemperatureK: watch.maxTemperatureFactor * temperatureK,
    maxConservedDriftEvAtom: watch.maxDriftEvPerAtom,
    watchEverySteps: watch.everySteps,
    ...(ensemble === 'npt'
      ? {
          volumeA3: [volumeA3 * (1 - maxVolumeChange), volumeA3 * (1 + maxVolumeChange)],
          pressureGpa: [targetGpa - maxPressureGpa, targetGpa + maxPressureGpa],
        }
      : {}),
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
          ...(statistics.cell === null ? {} : cellSummary(statistics.cell, structure.species.length)),
        }),
    ...(closestApproach === null ? {} : { closestApproachA: closestApproach.distanceA }),
  };
}

function cellSummary(cell: CellStatistics, atoms: number): JsonObject {
  const p = cell.meanPressureGpa;
  return {
    meanPressureGpa: (p[0]! + p[4]! + p[8]!) / 3,
    meanPressureZzGpa: p[8]!,
    stdPressureGpa: cell.stdPressureGpa,
    meanVolumeA3PerAtom: cell.meanVolumeA3 / atoms,
    stdVolumeA3PerAtom: cell.stdVolumeA3 / atoms,
    meanCellLengthsA: latticeLengthsA(cell.meanCellA),
  };
}
