/**
 * Boundary diffusion over temperature: Hart's equation at each temperature, then an Arrhenius fit of D_GB (the argyrodite
 * paper's Table V, and its Fig. 12 where δ is varied).
 *
 * D_bulk is taken from the bulk's Arrhenius line at every temperature: the bulk diffuses normally at the higher ones
 * only, where the boundaries do so further down. So one line enters all points, and its error is common to them: the two
 * directions in which the line is uncertain (its height at its centre, and its slope there, which are uncorrelated) are
 * moved by one standard error each, as δ is, and what comes of that is added to the error of the fit in quadrature.
 */
import { exp, log } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import { quantile95 } from '../numerics/student-t.ts';
import { type ArrheniusFit, type ArrheniusPoint, diffusionAt, fitArrhenius, type LogEstimate } from './arrhenius.ts';
import { type BoundaryGeometry, boundaryDiffusion } from './hart.ts';

export interface BoundaryLine {
  /** Of D_GB; its errors are those of D_eff alone. */
  readonly fit: ArrheniusFit;
  /** Temperatures at which D_eff lies below the bulk's share, so that there is no D_GB; they are not in the fit. */
  readonly withoutBoundaryK: readonly number[];
  /** D_GB at the temperature asked for, cm²/s, the errors of the bulk's line and of δ included. */
  readonly diffusion: LogEstimate;
}

/**
 * @param effective D_eff of the bicrystal in one direction
 * @param bulk line of D_bulk, of a cell of the same geometry and in the same direction
 * @param temperatureK at which D_GB is asked for
 * @throws InputError as `boundaryFraction` and `fitArrhenius` (too few temperatures with a D_GB above 0)
 */
export function boundaryLine(
  effective: readonly ArrheniusPoint[],
  bulk: ArrheniusFit,
  geometry: BoundaryGeometry,
  temperatureK: number,
): BoundaryLine {
  const along = (
    lnHeight: number,
    slopeEv: number,
    widthA = geometry.widthA.value,
  ): { fit: ArrheniusFit; missing: number[] } => {
    const missing: number[] = [];
    const points = effective.flatMap((point) => {
      const bulkCm2S = diffusionAt(bulk, point.temperatureK).value * exp(lnHeight + slopeEv * fromCentre(bulk, point));
      const found = boundaryDiffusion(
        { value: point.diffusionCm2S, standardError: point.standardErrorCm2S },
        { value: bulkCm2S, standardError: 0 },
        { ...geometry, widthA: { value: widthA, standardError: 0 } },
      );
      if (found.value > 0) return [{ ...point, diffusionCm2S: found.value, standardErrorCm2S: found.standardError }];
      missing.push(point.temperatureK);
      return [];
    });
    return { fit: fitArrhenius(points), missing };
  };
  const { fit, missing } = along(0, 0);
  const own = diffusionAt(fit, temperatureK);
  const [height, slope] = uncorrelatedErrors(bulk);
  const moved = (lnHeight: number, slopeEv: number, widthA?: number): number =>
    log(diffusionAt(along(lnHeight, slopeEv, widthA).fit, temperatureK).value) - log(own.value);
  const { value: widthA, standardError } = geometry.widthA;
  const otherWidthA = widthA + standardError < geometry.spacingA ? widthA + standardError : widthA - standardError;
  const shared = [moved(height, 0), moved(0, slope), standardError === 0 ? 0 : moved(0, 0, otherWidthA)];
  const lnStandardError = Math.sqrt(
    own.lnStandardError * own.lnStandardError + shared.reduce((sum, shift) => sum + shift * shift, 0),
  );
  const half = quantile95(own.degreesOfFreedom) * lnStandardError;
  return {
    fit,
    withoutBoundaryK: missing,
    diffusion: {
      ...own,
      lnStandardError,
      factor95: exp(half),
      interval95: [exp(log(own.value) - half), exp(log(own.value) + half)],
    },
  };
}

/**
 * D_GB at one temperature for each of several widths (Fig. 12).
 * @throws InputError as `boundaryLine`; `boundary-too-wide` names the first width at which no bulk is left
 */
export function boundaryDiffusionByWidth(
  effective: readonly ArrheniusPoint[],
  bulk: ArrheniusFit,
  { widthsA, spacingA }: { readonly widthsA: readonly number[]; readonly spacingA: number },
  temperatureK: number,
): { readonly widthA: number; readonly diffusion: LogEstimate }[] {
  if (widthsA.length === 0) throw new InputError('bad-boundary', 'no width to look at');
  return widthsA.map((widthA) => {
    const geometry = { widthA: { value: widthA, standardError: 0 }, spacingA };
    return { widthA, diffusion: boundaryLine(effective, bulk, geometry, temperatureK).diffusion };
  });
}

/** Where the errors of height and slope are uncorrelated: x_c = cov(ln D₀, E_a)/var(E_a), 1/eV. */
const centreOf = ({ covariance }: ArrheniusFit): number => covariance[1] / covariance[3];

const fromCentre = (fit: ArrheniusFit, { temperatureK }: ArrheniusPoint): number =>
  1 / (BOLTZMANN_EV_K * temperatureK) - centreOf(fit);

/** Standard errors of ln D at the centre, and of the slope, eV. */
function uncorrelatedErrors(fit: ArrheniusFit): [number, number] {
  const [intercept, cross, , slope] = fit.covariance;
  return [Math.sqrt(Math.max(0, intercept - (cross * cross) / slope)), Math.sqrt(slope)];
}
