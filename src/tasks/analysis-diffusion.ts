/** `analysis.diffusion` (R1, R2): MSD, D and α of one run, from the state it began at and its trajectory's pieces. */
import { z } from 'zod';
import { analyseDiffusion, type DiffusionAnalysis, type DiffusionEstimate } from '../analysis/diffusion.ts';
import { msdCurve } from '../analysis/msd.ts';
import { collectPaths, framesOf } from '../analysis/paths.ts';
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
import { blobName, defineKind, singleInput } from './task-kind.ts';

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
    const pieces = context.inputs('trajectory').map((blob) => readTrajectory(blob.bytes, blobName(blob)));
    const frameIntervalFs = timeStepFs * stepsBetweenFrames(pieces);
    const atoms = structure.species.length;
    requireAtoms(pieces, atoms);
    const system = {
      species: structure.species,
      massesAmu: atomMassesAmu(structure),
      mobileSpecies: [structure.elements.indexOf(mobileSpecies)],
    };
    function* frames(): Generator<Float64Array> {
      yield start.positionsA;
      for (const piece of pieces) yield* framesOf(piece.positionsA, atoms);
    }
    const analysis = analyseDiffusion(collectPaths(system, frames()), {
      frameIntervalFs,
      window: fitWindow,
      normalExponents: alphaRange,
    });
    context.onProgress(0.8);
    const bySpecies = speciesMsd(system, frames());
    const last = bySpecies.at(-1)!;
    const finalMsdA2 = Object.fromEntries(structure.elements.map((element, k) => [element, last[k] ?? 0]));
    const meanTemperatureK = mean(
      pieces.flatMap((piece) => Array.from(piece.kineticEv, (ev) => temperatureK(ev, atoms))),
    );
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

/** @throws InputError `broken-trajectory` where a piece is not of this structure */
function requireAtoms(pieces: readonly TrajectoryPiece[], atoms: number): void {
  for (const [k, { positionsA, steps }] of pieces.entries()) {
    if (positionsA.length === 3 * atoms * steps.length) continue;
    throw new InputError('broken-trajectory', 'the trajectory is of another structure', {
      where: `piece ${k}`,
      expected: `${atoms} atoms`,
      found: `${positionsA.length / 3 / steps.length} atoms`,
    });
  }
}

/** @throws InputError `broken-trajectory` where the frames of the pieces are not evenly spaced from step 0 on */
function stepsBetweenFrames(pieces: readonly TrajectoryPiece[]): number {
  const steps = pieces.flatMap((piece) => Array.from(piece.steps));
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
