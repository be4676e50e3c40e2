/**
 * `analysis.boundary-width` (R5): the width δ of a boundary from the profiles of its runs, energies counted from the bulk's
 * mean under the same potential. δ = 6σ of a Gaussian, of all runs laid on one another and of each alone: the scatter over
 * fits of a potential, which divide the energy among atoms in their own ways, is part of its error.
 */
import { z } from 'zod';
import { type BoundaryWidth, boundaryWidth, spreadOfWidths } from '../analysis/boundary-width.ts';
import { HeightProfile, type ProfilePoint, wrappedGaussian } from '../analysis/height-profile.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { readHistogram } from './profile-bundle.ts';
import { blobName, defineKind, type TaskContext } from './task-kind.ts';
import { withholding } from './withheld.ts';

const params = z.strictObject({
  /** Å, about; those of the profile that the Gaussian is fitted to. */
  sliceA: z.number().positive(),
  /** Å, of the smoothed profile, which is for the eye alone. */
  bandwidthA: z.number().positive(),
});

/** What a cell can lack without anything being wrong with it: height, or a boundary that stands out. */
const REASONS = ['bad-slice', 'too-few-points', 'no-peak', 'unresolved-width', 'boundary-too-wide'];
/** In a periodic bicrystal. */
const BOUNDARIES = 2;
const CURVE_POINTS = 200;

export const analysisBoundaryWidth = defineKind({
  kind: 'analysis.boundary-width',
  v: 1,
  class: 'exact',
  params,
  /** Inputs: `boundary`, `bulk`: profiles of as many runs, the k-th of each under the same potential. */
  run(context) {
    const { sliceA, bandwidthA } = context.params;
    const members = readMembers(context);
    const all = profileOf(members);
    const whole = withholding(REASONS, () => boundaryWidth(all, { sliceA, boundaries: BOUNDARIES }));
    const each = members.map((member) =>
      withholding(REASONS, () => boundaryWidth(profileOf([member]), { sliceA, boundaries: BOUNDARIES })),
    );
    const widthsA = each.flatMap(({ found }) => (found === null ? [] : [found.widthA]));
    const results: JsonObject = {
      members: members.length,
      spacingA: all.heightA / BOUNDARIES,
      meanRelativeEnergyEv: all.mean! + 0,
      memberWidthsA: each.map(({ found }) => found?.widthA ?? null),
      ...(whole.found === null ? { widthA: null, withheld: whole.withheld } : widthResults(whole.found, widthsA)),
    };
    return {
      outcome: { status: 'done' },
      outputs: {
        width: { bytes: writeJsonDocument(results), mediaType: JSON_MEDIA_TYPE },
        curve: { bytes: curves(all, bandwidthA, whole.found), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
      },
      results,
    };
  },
});

/** The error is the larger of that of the fit and that of the mean over runs. */
function widthResults(found: BoundaryWidth, widthsA: readonly number[]): JsonObject {
  const scatterA = widthsA.length < 2 ? null : spreadOfWidths(widthsA).standardDeviationA;
  const ofMeanA = scatterA === null ? 0 : scatterA / Math.sqrt(widthsA.length);
  return {
    widthA: found.widthA,
    widthStandardErrorA: Math.max(found.widthStandardErrorA, ofMeanA),
    widthFitErrorA: found.widthStandardErrorA,
    widthScatterA: scatterA,
    boundaryFraction: found.widthA / found.spacingA,
    centreA: found.centreA,
    amplitudeEv: found.amplitude + 0,
    groundEv: found.ground + 0,
    boundaryConcentration: found.boundaryConcentration,
  };
}

interface Member {
  readonly boundary: HeightProfile['histogram'];
  readonly bulkEnergyEv: number;
}

function readMembers(context: TaskContext<unknown>): Member[] {
  const read = (name: string) => context.inputs(name).map((blob) => readHistogram(blob.bytes, blobName(blob)));
  const [boundary, bulk] = [read('boundary'), read('bulk')];
  if (boundary.length !== bulk.length || boundary.length === 0) {
    throw new InputError('unlike-profiles', 'each profile of a boundary needs one of bulk under the same potential', {
      expected: 'as many of each, at least one',
      found: `${boundary.length} and ${bulk.length}`,
    });
  }
  return boundary.map((histogram, k) => {
    const reference = new HeightProfile(true);
    reference.lay(bulk[k]!);
    return { boundary: histogram, bulkEnergyEv: reference.mean! };
  });
}

function profileOf(members: readonly Member[]): HeightProfile {
  const profile = new HeightProfile(true);
  for (const { boundary, bulkEnergyEv } of members) profile.lay(boundary, bulkEnergyEv);
  return profile;
}

/**
 * heightsA, concentration, energyEv [P]: smoothed, over the whole cell; fitEv [P]: the Gaussian at these heights, where there
 * is one. Heights without atoms have the energy 0 and the concentration 0.
 */
function curves(profile: HeightProfile, bandwidthA: number, width: BoundaryWidth | null): Uint8Array {
  const points = profile.smoothed(bandwidthA, CURVE_POINTS);
  const column = (name: string, unit: string, of: (point: ProfilePoint) => number) => ({
    name,
    shape: [points.length],
    unit,
    data: Float64Array.from(points, of),
  });
  const fitted = (heightA: number): number =>
    width === null
      ? 0
      : width.ground +
        width.amplitude * wrappedGaussian(heightA - width.centreA, width.fitted.sigma, profile.heightA / BOUNDARIES);
  return writeBundle({
    entries: [
      column('heightsA', 'Å', ({ heightA }) => heightA),
      column('concentration', '1', ({ concentration }) => concentration),
      column('energyEv', 'eV', ({ mean }) => mean ?? 0),
      ...(width === null ? [] : [column('fitEv', 'eV', ({ heightA }) => fitted(heightA))]),
    ],
    meta: { bandwidthA },
  });
}
