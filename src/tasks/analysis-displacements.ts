/**
 * `analysis.displacements` (R7): how far the mobile atoms of one run have come after given times, and, where asked, where
 * they have been: a probability density over the cell. The drift of the framework is taken out. One pass, a piece of the
 * trajectory at a time.
 */
import { z } from 'zod';
import { type DisplacementDistribution, DisplacementSum } from '../analysis/displacements.ts';
import { atomsOfSpecies, FrameworkDrift } from '../analysis/paths.ts';
import { TrajectoryDensity } from '../analysis/trajectory-density.ts';
import { atomMassesAmu } from '../dynamics/masses.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { densitySchema, displacementShape, runShape } from './analysis-schemas.ts';
import { runFrames } from './run-frames.ts';
import { defineKind, type OutputBlob } from './task-kind.ts';

export const analysisDisplacements = defineKind({
  kind: 'analysis.displacements',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    ...runShape,
    ...displacementShape,
    lagsFs: z.array(z.number().positive()).min(1).max(20),
    density: densitySchema.extend({ everyFrames: z.int().min(1) }).optional(),
  }),
  /** Inputs: `structure`, `start` (state), `trajectory` (list). */
  run(context) {
    const { mobileSpecies, lagsFs, density } = context.params;
    const { structure, frames } = runFrames(context);
    const mobileIndex = structure.elements.indexOf(mobileSpecies);
    const mobile = atomsOfSpecies(structure.species, [mobileIndex]);
    if (mobile.length === 0) {
      throw new InputError('no-mobile-atoms', 'no atom of the mobile species is in the structure', {
        found: mobileSpecies,
      });
    }
    const drift = new FrameworkDrift({
      species: structure.species,
      massesAmu: atomMassesAmu(structure),
      mobileSpecies: [mobileIndex],
    });
    let sums: DisplacementSum[] = [];
    let places: TrajectoryDensity | undefined;
    let firstA: Float64Array | undefined;
    let count = 0;
    for (const { positionsA, cellA, timeFs } of frames()) {
      const mobileA = withoutDrift(positionsA, mobile, drift.at(positionsA));
      if (firstA === undefined) {
        firstA = mobileA;
        places = density && new TrajectoryDensity(cellA, density.grid, density.bandwidthA);
      } else if (sums.length === 0) {
        // The first frame after the start says how far frames are apart.
        sums = lagsFs.map((lagFs) => sumOf(lagFs, timeFs, context.params));
        for (const sum of sums) sum.add(firstA);
      }
      for (const sum of sums) sum.add(mobileA);
      if (density !== undefined && count % density.everyFrames === 0) places!.add(mobileA);
      count += 1;
    }
    const found = sums.map((sum) => sum.result());
    return {
      outcome: { status: 'done' },
      outputs: {
        distributions: { bytes: writeDistributions(found, lagsFs), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
        ...(places === undefined ? {} : { density: writeDensity(places, density!.grid) }),
      },
      results: {
        frames: count,
        mobileAtoms: mobile.length,
        lagsFs,
        meanDisplacementsA: found.map(({ meanA }) => meanA),
        samples: found.map(({ samples }) => samples),
      },
    };
  },
});

function withoutDrift(positionsA: Float64Array, atoms: Int32Array, driftA: Float64Array): Float64Array {
  const kept = new Float64Array(3 * atoms.length);
  for (let k = 0; k < atoms.length; k++) {
    for (let axis = 0; axis < 3; axis++) kept[3 * k + axis] = positionsA[3 * atoms[k]! + axis]! - driftA[axis]!;
  }
  return kept;
}

function sumOf(
  lagFs: number,
  intervalFs: number,
  { binA, origins }: { readonly binA: number; readonly origins: 'single' | 'multiple' },
): DisplacementSum {
  const lag = Math.round(lagFs / intervalFs);
  if (!(lag >= 1 && Math.abs(lag * intervalFs - lagFs) <= 1e-6 * intervalFs)) {
    throw new InputError('bad-lag', 'the time is no whole number of frames', {
      expected: `a multiple of ${intervalFs} fs`,
      found: `${lagFs} fs`,
    });
  }
  return new DisplacementSum(lag, { binA, origins });
}

/** Of every lag as many bins as of the one that reaches farthest; those beyond its own hold nothing. */
function writeDistributions(found: readonly DisplacementDistribution[], lagsFs: readonly number[]): Uint8Array {
  const longest = found.reduce((most, next) => (next.distancesA.length > most.distancesA.length ? next : most));
  const bins = longest.distancesA.length;
  const densities = new Float64Array(found.length * bins);
  for (const [k, { densityPerA }] of found.entries()) densities.set(densityPerA, k * bins);
  return writeBundle({
    entries: [
      { name: 'lagsFs', shape: [lagsFs.length], unit: 'fs', data: Float64Array.from(lagsFs) },
      { name: 'distancesA', shape: [bins], unit: 'Å', data: longest.distancesA },
      { name: 'densityPerA', shape: [found.length, bins], unit: '1/Å', data: densities },
    ],
    meta: {},
  });
}

const writeDensity = (places: TrajectoryDensity, grid: readonly number[]): OutputBlob => ({
  bytes: writeBundle({
    entries: [{ name: 'densityPerA3', shape: [...grid], unit: '1/Å³', data: places.densityPerA3() }],
    meta: {},
  }),
  mediaType: ARRAY_BUNDLE_MEDIA_TYPE,
});
