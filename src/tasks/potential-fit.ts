/**
 * `potential.fit` (P1–P4): one segment of the fit of a moment tensor potential to a training set, from a seed, from a
 * potential fitted to less, or from the state of the segment before. A fit is a chain of these. The last leaves the potential, and beside it the range it was
 * fitted in: the smallest distance of each pair of species among its configurations.
 */
import { z } from 'zod';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import type { LabelledFrame } from '../formats/extxyz-labels.ts';
import { readFitState, writeFitState } from '../formats/fit-state-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { writeMtp } from '../formats/mtp.ts';
import { InputError } from '../numerics/input-error.ts';
import { type FitStart, fitSegment, type LossHistory } from '../potential/fit.ts';
import { fitErrors } from '../potential/fit-errors.ts';
import { type MtpPotential, parameterCount } from '../potential/potential.ts';
import { generateTemplate } from '../potential/template.ts';
import { closestPairs } from '../structure/closest-pair.ts';
import { labelledConfigurations } from './labelled-configurations.ts';
import { potentialOf } from './potential-input.ts';
import { elementsSchema, fitSettingsSchema, seedSchema } from './schemas.ts';
import { blobName, defineKind, singleInput, type TaskContext } from './task-kind.ts';

const params = fitSettingsSchema.extend({
  elements: elementsSchema,
  /** Whether labels that name different methods may meet. */
  allowMixedMethods: z.boolean(),
  start: z.discriminatedUnion('from', [
    z.strictObject({ from: z.literal('seed'), seed: seedSchema }),
    /** At the radial coefficients of the input `start`, a potential of the same form; no pre-training then. */
    z.strictObject({ from: z.literal('potential') }),
    z.strictObject({ from: z.literal('state') }),
  ]),
});
type Params = z.infer<typeof params>;

/** Share of the task's time that the minimisation takes, for progress. */
const FIT_SHARE = 0.97;

export const potentialFit = defineKind({
  kind: 'potential.fit',
  v: 4,
  class: 'exact',
  params,
  run(context) {
    const { params: settings } = context;
    const training = labelledConfigurations(context.inputs('training'), settings.elements);
    const validation = labelledConfigurations(context.inputs('validation'), settings.elements);
    if (!settings.allowMixedMethods) refuseMixedMethods([...training, ...validation]);
    const start = startOf(context);
    let done = 0;
    const mostIterations = Math.min(settings.segmentIterations, iterationsLeft(settings, start));
    const segment = fitSegment(
      training,
      {
        template: generateTemplate(settings.level),
        speciesCount: settings.elements.length,
        minDistanceA: settings.minDistanceA,
        maxDistanceA: settings.cutoffA,
        radialBasisSize: settings.radialBasisSize,
        weights: settings.weights,
        weighting: settings.weighting,
        scaleByForce: settings.scaleByForce,
        preIterations: settings.preIterations,
        maxIterations: settings.maxIterations,
        convergenceTolerance: settings.convergenceTolerance,
        refineIterations: settings.refineIterations ?? 0,
        name: `level-${settings.level}`,
        ...(context.crew === undefined ? {} : { crew: context.crew }),
        onProgress: () => {
          done += 1;
          context.onProgress((FIT_SHARE * Math.min(done, mostIterations)) / mostIterations);
        },
      },
      start,
      settings.segmentIterations,
    );
    const history = { bytes: writeHistory(segment.history), mediaType: ARRAY_BUNDLE_MEDIA_TYPE };
    if (!segment.finished) {
      const { state } = segment;
      return {
        outcome: { status: 'done' },
        outputs: { state: { bytes: writeFitState(state), mediaType: ARRAY_BUNDLE_MEDIA_TYPE }, history },
        results: { finished: false, phase: state.phase, iterations: state.iteration, loss: state.bfgs.value },
        modules: [segment.module],
      };
    }
    const { potential, iterations, refinements, converged, loss } = segment.result;
    return {
      outcome: { status: 'done' },
      outputs: {
        potential: { bytes: new TextEncoder().encode(writeMtp(potential)), mediaType: 'text/x-mlip-mtp' },
        range: { bytes: writeRange(training, settings.cutoffA), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
        history,
      },
      results: {
        finished: true,
        parameters: parameterCount(potential),
        iterations,
        ...(settings.refineIterations === undefined ? {} : { refinements }),
        converged,
        loss,
        trainingConfigurations: training.length,
        validationConfigurations: validation.length,
        ...errors(potential, training, 'training'),
        ...(validation.length === 0 ? {} : errors(potential, validation, 'validation')),
      },
      modules: [segment.module],
    };
  },
});

function startOf(context: TaskContext<Params>): FitStart {
  const { start } = context.params;
  if (start.from === 'seed') return start;
  if (start.from === 'potential') return { from: 'potential', potential: potentialOf(context, 'start') };
  const blob = singleInput(context, 'state');
  return { from: 'state', state: readFitState(blob.bytes, blobName(blob)) };
}

/** How many there are at most if no phase converges. */
function iterationsLeft({ preIterations, maxIterations, refineIterations = 0 }: Params, start: FitStart): number {
  if (start.from === 'seed') return preIterations + maxIterations + refineIterations;
  if (start.from === 'potential') return maxIterations + refineIterations;
  const { phase, iteration } = start.state;
  if (phase === 'refinement') return refineIterations - iteration;
  return (phase === 'main' ? 0 : preIterations) + maxIterations + refineIterations - iteration;
}

/** Loss of the pre-training, of the main minimisation and of the refinement; each begins with that at its start, where it starts here. */
const writeHistory = (history: LossHistory): Uint8Array =>
  writeBundle({
    entries: [
      {
        name: 'preTrainingLoss',
        shape: [history['pre-training'].length],
        unit: '1',
        data: history['pre-training'],
      },
      { name: 'loss', shape: [history.main.length], unit: '1', data: history.main },
      ...(history.refinement.length === 0
        ? []
        : [
            {
              name: 'refinementLoss',
              shape: [history.refinement.length],
              unit: '1',
              data: history.refinement,
            },
          ]),
    ],
    meta: {},
  });

/** The spec refuses what it can see of this; here it holds whatever made the task. */
function refuseMixedMethods(frames: readonly LabelledFrame[]): void {
  const notes = [...new Set(frames.map((frame) => frame.methodNote))];
  if (notes.length <= 1) return;
  throw new InputError('mixed-methods', 'the training set mixes labels of different methods', {
    expected: 'labels of one method',
    found: notes.map((note) => note || 'no note').join(' and '),
    remedy: 'if that is meant, set allowMixedMethods: true for the training set',
  });
}

/** Smallest distance of each pair of species, S×S, Å; the cutoff where no such pair is in reach. */
function writeRange(frames: readonly LabelledFrame[], cutoffA: number): Uint8Array {
  const species = frames[0]!.structure.elements.length;
  const closestPairsA = new Float64Array(species * species).fill(cutoffA);
  for (const { structure } of frames) {
    closestPairs(structure, cutoffA).bySpecies.forEach((distanceA, pair) => {
      if (distanceA < closestPairsA[pair]!) closestPairsA[pair] = distanceA;
    });
  }
  return writeBundle({
    entries: [{ name: 'closestPairsA', shape: [species, species], unit: 'Å', data: closestPairsA }],
    meta: { elements: [...frames[0]!.structure.elements], cutoffA },
  });
}

function errors(potential: MtpPotential, frames: readonly LabelledFrame[], set: 'training' | 'validation'): JsonObject {
  const found = fitErrors(potential, frames);
  return {
    [`${set}EnergyRmseMevAtom`]: found.energyRmseMevAtom,
    [`${set}ForceRmseEvA`]: found.forceRmseEvA,
    [`${set}StressRmseGpa`]: found.stressRmseGpa,
  };
}
