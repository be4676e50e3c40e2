/**
 * Width of a boundary from a profile across it: six standard deviations of the Gaussian fitted to it (the argyrodite paper,
 * Sec. III B). Both boundaries of a cell are folded onto one another. What slices and smoothing have added is taken off
 * again: σ² = σ_fit² − w²/12 − h², w the width of a slice, h the bandwidth.
 *
 * Energies of single atoms, as a potential divides the total, depend on how it does so: another fit of the same potential
 * gives another width. State the spread over fits (`spreadOfWidths`) beside the error of one.
 */
import { InputError } from '../numerics/input-error.ts';
import { mean, standardDeviation } from '../numerics/statistics.ts';
import type { HeightProfile, ProfilePoint } from './height-profile.ts';
import { fitPeriodicPeak, type PeriodicPeak } from './periodic-peak.ts';

/** δ over σ: 99.7 % of a Gaussian. */
export const WIDTHS_OF_SIGMA = 6;

export interface BoundaryWidth {
  /** δ = 6σ and its standard error, Å. */
  readonly widthA: number;
  readonly widthStandardErrorA: number;
  /** Of the first boundary, in Å from the bottom of the cell; the others follow at even distances. */
  readonly centreA: number;
  /** Height of the peak above its ground, in the unit of the profile; negative for a dip. */
  readonly amplitude: number;
  readonly ground: number;
  /** Distance between boundaries l, Å. */
  readonly spacingA: number;
  /** Mean concentration within ± δ/2 of the centre, over that of the cell: 1 where nothing segregates. */
  readonly boundaryConcentration: number;
  /** As fitted, before slices and smoothing are taken off, Å. */
  readonly fitted: PeriodicPeak;
}

export interface WidthOptions {
  /** Å; the published slices are of about 5 Å. */
  readonly sliceA?: number;
  /** Fit the smoothed profile instead of the slices: its bandwidth, Å. */
  readonly bandwidthA?: number;
  /** In the cell, at even distances; 2 by default. */
  readonly boundaries?: number;
  /** What peaks: the mean of the atoms' numbers, or their concentration. */
  readonly of?: 'mean' | 'concentration';
}

/**
 * @throws InputError `boundary-too-wide` for δ ≥ l; `unresolved-width` where σ is smaller than what slices and smoothing add;
 * `no-peak`, `too-few-points`, `bad-slice`, `no-values`
 */
export function boundaryWidth(profile: HeightProfile, options: WidthOptions = {}): BoundaryWidth {
  const { sliceA = 5, bandwidthA, boundaries = 2, of = 'mean' } = options;
  const sliced = bandwidthA === undefined ? profile.slices(sliceA, boundaries) : null;
  const points = sliced?.points ?? profile.smoothed(bandwidthA!, 200, boundaries);
  const spacingA = profile.heightA / boundaries;
  const used = points.filter((point) => numberOf(point, of) !== null);
  if (used.length === 0)
    throw new InputError('no-values', 'the profile has no numbers of its atoms', { remedy: 'give a column' });
  const fitted = fitPeriodicPeak(
    used.map(({ heightA }) => heightA),
    used.map((point) => numberOf(point, of)!),
    spacingA,
  );
  const addedA2 = sliced === null ? bandwidthA! * bandwidthA! : (sliced.widthA * sliced.widthA) / 12;
  const varianceA2 = fitted.sigma * fitted.sigma - addedA2;
  if (!(varianceA2 > 0)) {
    throw new InputError('unresolved-width', 'the boundary is narrower than what slices and smoothing add', {
      expected: `σ above ${Math.sqrt(addedA2).toFixed(2)} Å`,
      found: `σ = ${fitted.sigma.toFixed(2)} Å`,
      remedy: 'use thinner slices or a smaller bandwidth',
    });
  }
  const sigmaA = Math.sqrt(varianceA2);
  const widthA = WIDTHS_OF_SIGMA * sigmaA;
  if (!(widthA < spacingA)) {
    throw new InputError(
      'boundary-too-wide',
      'the boundaries are as wide as the distance between them: no bulk is left',
      {
        expected: `δ below l = ${spacingA.toFixed(1)} Å`,
        found: `δ = ${widthA.toFixed(1)} Å`,
        remedy: 'use a longer cell',
      },
    );
  }
  return {
    widthA,
    widthStandardErrorA: (WIDTHS_OF_SIGMA * fitted.sigmaStandardError * fitted.sigma) / sigmaA,
    centreA: fitted.centre,
    amplitude: fitted.amplitude,
    ground: fitted.ground,
    spacingA,
    boundaryConcentration: meanWithin(points, fitted.centre, widthA / 2, spacingA),
    fitted,
  };
}

/** Mean and standard deviation of δ over fits of a potential, Å; the deviation is null for one fit. */
export function spreadOfWidths(widthsA: readonly number[]): {
  readonly meanA: number;
  readonly standardDeviationA: number | null;
} {
  if (widthsA.length === 0) throw new InputError('no-values', 'no width to take the mean of');
  return { meanA: mean(widthsA), standardDeviationA: widthsA.length < 2 ? null : standardDeviation(widthsA) };
}

const numberOf = (point: ProfilePoint, of: 'mean' | 'concentration'): number | null => point[of];

function meanWithin(points: readonly ProfilePoint[], centreA: number, reachA: number, periodA: number): number {
  const inside = points.filter(({ heightA }) => {
    const offA = heightA - centreA;
    return Math.abs(offA - periodA * Math.round(offA / periodA)) <= reachA;
  });
  return mean(inside.map(({ concentration }) => concentration));
}
