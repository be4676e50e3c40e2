/** `analysis.diffusion` (R1, R2): MSD, D and α of one run, from the state it began at and its trajectory's pieces. */
import { z } from 'zod';
import { type DiffusionAnalysis, type DiffusionEstimate, DiffusionParts } from '../analysis/diffusion.ts';
import { msdCurve, pathBlocks } from '../analysis/msd.ts';
import { atomsOfSpecies, collectPaths, framesOf } from '../analysis/paths.ts';
import { speciesMsd } from '../analysis/species-msd.ts';
import { temperatureK } from '../dynamics/kinetic-energy.ts';
import { atomMassesAmu } from '../dynamics/masses.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import { JSON_MEDIA_TYPE, type JsonValue, writeJsonDocument } from '../formats/json-document.ts';
import { readState } from '../formats/md-state-bundle.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { readTrajectory, type TrajectoryPiece } from '../formats/trajectory-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { mean } from '../numerics/statistics.ts';
import { blobName, defineKind, singleInput, type TaskContext } from './task-kind.ts';

/** So much of paths is kept at a time. */
const MOST_PATH_BYTES = 320 * 1024 * 1024;

const params = z.strictObject({
  mobileSpecies: z.string(),
  fitWindow: z.tuple([z.number(), z.number()]),
  alphaRange: z.tuple([z.number(), z.number()]),
  timeStepFs: z.number().positive(),
});

export const analysisDiffusion = defineKind({
  kind: 'analysis.diffusion',
  v: 1,
  class: 'exact',
  params,
  run(context) {
    const { mobileSpecies, fitWindow, alphaRange, timeStepFs } = context.params;
    const structureBlob = singleInput(context, 'structure');
    const startBlob = singleInput(context, 'start');
    const structure = readStructure(structureBlob.bytes, blobName(structureBlob));
    const start = readState(startBlob.bytes, blobName(startBlob)).state;
    const atoms = structure.species.length;
    const pieces = (): Generator<TrajectoryPiece> => trajectoryPieces(context, atoms);
    const system = {
      species: structure.species,
      massesAmu: atomMassesAmu(structure),
      mobileSpecies: [structure.elements.indexOf(mobileSpecies)],
    };
    const mobile = atomsOfSpecies(system.species, system.mobileSpecies);
    const steps: number[] = [];
    const temperaturesK: number[] = [];
    for (const piece of pieces()) {
      for (const step of piece.steps) steps.push(step);
      for (const kineticEv of piece.kineticEv) temperaturesK.push(temperatureK(kineticEv, atoms));
    }
    const frameIntervalFs = timeStepFs * stepsBetweenFrames(steps);
    const meanTemperatureK = mean(temperaturesK);
    function* frames(): Generator<Float64Array> {
      yield start.positionsA;
      for (const piece of pieces()) yield* framesOf(piece.positionsA, atoms);
    }
    const shape = { atoms: mobile.length, frames: steps.length + 1 };
    const parts = new DiffusionParts(shape, { frameIntervalFs, window: fitWindow, normalExponents: alphaRange });
    // Each block of atoms is one more pass over the pieces, of which one is in memory at a time.
    const bounds = pathBlocks(shape, MOST_PATH_BYTES);
    for (let block = 0; block + 1 < bounds.length; block++) {
      parts.add(collectPaths(system, frames(), mobile.subarray(bounds[block], bounds[block + 1])));
      context.onProgress((0.8 * (block + 1)) / (bounds.length - 1));
    }
    const analysis = parts.result();
    const bySpecies = speciesMsd(system, frames());
    const last = bySpecies.at(-1)!;
    const finalMsdA2 = Object.fromEntries(structure.elements.map((element, k) => [element, last[k] ?? 0]));
    const { multipleOrigins, singleOrigin } = analysis.directions.all;
    return {
      outcome: { status: 'done' },
      outputs: {
        diffusion: { bytes: document(analysis, meanTemperatureK, finalMsdA2), mediaType: JSON_MEDIA_TYPE },
        msd: { bytes: curves(analysis, bySpecies), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
      },
      results: {
        meanTemperatureK,
        runLengthPs: analysis.runLengthFs / 1000,
        diffusionCm2S: multipleOrigins.diffusionCm2S,
        diffusionStandardErrorCm2S: multipleOrigins.standardErrorCm2S,
        singleOriginDiffusionCm2S: singleOrigin.diffusionCm2S,
        alpha: multipleOrigins.alpha,
        alphaStandardError: multipleOrigins.alphaStandardError,
        verdict: multipleOrigins.verdict,
        finalMsdA2,
      },
    };
  },
});

/** One after another. @throws InputError `broken-trajectory` where one is not of this structure */
function* trajectoryPieces(context: Pick<TaskContext<unknown>, 'stream'>, atoms: number): Generator<TrajectoryPiece> {
  let k = 0;
  for (const blob of context.stream('trajectory')) {
    const piece = readTrajectory(blob.bytes, blobName(blob));
    const { positionsA, steps } = piece;
    if (positionsA.length !== 3 * atoms * steps.length) {
      throw new InputError('broken-trajectory', 'the trajectory is of another structure', {
        where: `piece ${k}`,
        expected: `${atoms} atoms`,
        found: `${positionsA.length / 3 / steps.length} atoms`,
      });
    }
    yield piece;
    k += 1;
  }
}

/** @throws InputError `broken-trajectory` where the frames of the pieces are not evenly spaced from step 0 on */
function stepsBetweenFrames(steps: readonly number[]): number {
  const interval = steps[0] ?? 0;
  steps.forEach((step, frame) => {
    if (interval > 0 && step === (frame + 1) * interval) return;
    throw new InputError('broken-trajectory', 'the frames do not follow one another evenly', {
      where: `frame ${frame}`,
      expected: `step ${(frame + 1) * interval}`,
      found: `step ${step}`,
    });
  });
  if (steps.length === 0) throw new InputError('broken-trajectory', 'the trajectory holds no frame');
  return interval;
}

function document(
  analysis: DiffusionAnalysis,
  meanTemperatureK: number,
  finalMsdA2: { [element: string]: number },
): Uint8Array {
  const estimate = (found: DiffusionEstimate): JsonValue => ({
    diffusionCm2S: found.diffusionCm2S,
    standardErrorCm2S: found.standardErrorCm2S,
    degreesOfFreedom: found.degreesOfFreedom,
    alpha: found.alpha,
    alphaStandardError: found.alphaStandardError,
    alphaInterval: found.alphaInterval === null ? null : [...found.alphaInterval],
    verdict: found.verdict,
    flags: [...found.flags],
  });
  const directions = Object.entries(analysis.directions).map(([direction, { multipleOrigins, singleOrigin }]) => [
    direction,
    { multipleOrigins: estimate(multipleOrigins), singleOrigin: estimate(singleOrigin) },
  ]);
  return writeJsonDocument({
    meanTemperatureK,
    runLengthFs: analysis.runLengthFs,
    windowFs: [...analysis.windowFs],
    directions: Object.fromEntries(directions),
    finalMsdA2,
  });
}

function curves(analysis: DiffusionAnalysis, bySpecies: readonly Float64Array[]): Uint8Array {
  const { multipleOrigins, singleOrigin } = analysis;
  const lags = multipleOrigins.timesFs.length;
  const species = bySpecies[0]!.length;
  const curve = (name: string, data: Float64Array) => ({ name, shape: [lags], unit: 'Å²', data });
  return writeBundle({
    entries: [
      { name: 'timesFs', shape: [lags], unit: 'fs', data: multipleOrigins.timesFs },
      curve('msdA2', msdCurve(multipleOrigins, 'all')),
      curve('msdParallelA2', msdCurve(multipleOrigins, 'parallel')),
      curve('msdPerpendicularA2', msdCurve(multipleOrigins, 'perpendicular')),
      curve('singleOriginMsdA2', msdCurve(singleOrigin, 'all')),
      {
        name: 'speciesMsdA2',
        shape: [bySpecies.length, species],
        unit: 'Å²',
        data: Float64Array.from(bySpecies.flatMap((row) => [...row])),
      },
    ],
    meta: {},
  });
}
