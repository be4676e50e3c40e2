/**
 * Dynamical stability (R9): whether any frequency is imaginary. At q = 0 three frequencies vanish by translation, with
 * numerical noise of either sign, so a frequency counts as imaginary only below minus a tolerance.
 */
import type { PhononsAt } from './frequencies.ts';
import type { Triple } from './phonon-cell.ts';

export interface StabilityVerdict {
  readonly verdict: 'stable' | 'unstable';
  /** The lowest frequency of all, THz, below 0 where imaginary. */
  readonly lowestThz: number;
  /** Where it is. */
  readonly lowestAt: Triple;
  /** Imaginary frequencies among all that were looked at. */
  readonly imaginaryModes: number;
  readonly pointsWithImaginaryModes: number;
  readonly points: number;
  readonly toleranceThz: number;
}

/** @param points at least one; those that fit the supercell are exact, others interpolated */
export function stabilityVerdict(points: readonly PhononsAt[], toleranceThz = 0.05): StabilityVerdict {
  let lowest = points[0]!;
  let imaginaryModes = 0;
  let pointsWithImaginaryModes = 0;
  for (const point of points) {
    if (point.frequenciesThz[0]! < lowest.frequenciesThz[0]!) lowest = point;
    const imaginary = point.frequenciesThz.filter((thz) => thz < -toleranceThz).length;
    imaginaryModes += imaginary;
    if (imaginary > 0) pointsWithImaginaryModes += 1;
  }
  return {
    verdict: imaginaryModes > 0 ? 'unstable' : 'stable',
    lowestThz: lowest.frequenciesThz[0]!,
    lowestAt: lowest.q,
    imaginaryModes,
    pointsWithImaginaryModes,
    points: points.length,
    toleranceThz,
  };
}
