/**
 * Diffusion coefficients from mean square displacements.
 *
 * Einstein: D = slope / (2n), the slope of a straight line through MSD(t) over a window of lags, 0.6 to 1.0 of the run by
 * default (the paper's 3 to 5 of 5 ns); n = 3, 2 (parallel, x and y) or 1 (perpendicular, z). α is the slope of ln MSD
 * against ln t over the same window. Points weigh as many origins as they average over (one each with a single origin).
 *
 * Errors: delete-one-group jackknife over groups of mobile atoms. It sees what differs from group to group and misses
 * correlation between groups (concerted motion) and what all atoms of a run share (a rare event, the energy of an NVE
 * run): replicas show those (replicas.ts).
 */
import { log } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { jackknifeStandardError } from '../numerics/jackknife.ts';
import { fitLine } from '../numerics/line-fit.ts';
import { AXES, DIRECTIONS, type Direction } from './direction.ts';
import { type Exponent, judgeExponent, NORMAL_EXPONENTS } from './exponent-verdict.ts';
import { type Msd, MsdParts, msdCurve, type PathShape } from './msd.ts';
import type { Paths } from './paths.ts';

/** 1 Å²/fs = 10⁻¹⁶ cm² / 10⁻¹⁵ s = 0.1 cm²/s. */
export const CM2_S_PER_A2_FS = 0.1;

/** Fewer lags in the window are too few for a line and an exponent. */
export const MIN_WINDOW_LAGS = 5;

export interface FitOptions {
  /** Parts of the run's length; [0.6, 1] by default. */
  readonly window?: readonly [number, number];
  /** Exponents that count as normal diffusion; [0.9, 1.1] by default. */
  readonly normalExponents?: readonly [number, number];
}

export interface DiffusionOptions extends FitOptions {
  readonly frameIntervalFs: number;
  readonly groups?: number;
}

export interface DiffusionEstimate extends Exponent {
  readonly diffusionCm2S: number;
  /** null where there are fewer than two groups. */
  readonly standardErrorCm2S: number | null;
  /** Of both standard errors: groups less one. */
  readonly degreesOfFreedom: number;
  readonly flags: readonly DiffusionFlag[];
}

/** `negative-slope`: D is negative, so no diffusion coefficient. `no-motion`: an MSD of 0 in the window. `no-error`: one group. */
export type DiffusionFlag = 'negative-slope' | 'no-motion' | 'no-error';

export interface DiffusionAnalysis {
  readonly runLengthFs: number;
  /** First and last lag fitted. */
  readonly windowFs: readonly [number, number];
  readonly directions: Readonly<
    Record<Direction, { readonly multipleOrigins: DiffusionEstimate; readonly singleOrigin: DiffusionEstimate }>
  >;
  readonly multipleOrigins: Msd;
  readonly singleOrigin: Msd;
}

/** @throws InputError as meanSquareDisplacement and fitDiffusion */
export function analyseDiffusion(paths: Paths, options: DiffusionOptions): DiffusionAnalysis {
  const parts = new DiffusionParts({ atoms: paths.atoms.length, frames: paths.framesA.length }, options);
  parts.add(paths);
  return parts.result();
}

/** The same from the paths of some atoms at a time (`pathBlocks`), in order: bit for bit. */
export class DiffusionParts {
  readonly #options: FitOptions;
  readonly #multipleOrigins: MsdParts;
  readonly #singleOrigin: MsdParts;

  constructor(shape: PathShape, options: DiffusionOptions) {
    this.#options = options;
    this.#multipleOrigins = new MsdParts(shape, { ...options, origins: 'multiple' });
    this.#singleOrigin = new MsdParts(shape, { ...options, origins: 'single' });
  }

  add(paths: Paths): void {
    this.#multipleOrigins.add(paths);
    this.#singleOrigin.add(paths);
  }

  result(): DiffusionAnalysis {
    return analyseMsds(this.#multipleOrigins.result(), this.#singleOrigin.result(), this.#options);
  }
}

function analyseMsds(multipleOrigins: Msd, singleOrigin: Msd, options: FitOptions): DiffusionAnalysis {
  const { timesFs } = multipleOrigins;
  const [first, last] = windowLags(timesFs.length, options.window);
  const estimates = DIRECTIONS.map((direction) => [
    direction,
    {
      multipleOrigins: fitDiffusion(multipleOrigins, direction, options),
      singleOrigin: fitDiffusion(singleOrigin, direction, options),
    },
  ]);
  return {
    runLengthFs: timesFs[timesFs.length - 1],
    windowFs: [timesFs[first], timesFs[last]],
    directions: Object.fromEntries(estimates) as DiffusionAnalysis['directions'],
    multipleOrigins,
    singleOrigin,
  };
}

/** @throws InputError `bad-window`; `trajectory-too-short` for fewer than MIN_WINDOW_LAGS lags in the window */
export function fitDiffusion(msd: Msd, direction: Direction, options: FitOptions = {}): DiffusionEstimate {
  const [first, last] = windowLags(msd.timesFs.length, options.window);
  const timesFs = msd.timesFs.subarray(first, last + 1);
  const logTimes = timesFs.map(log);
  const weights = Float64Array.from(msd.originCounts.subarray(first, last + 1));
  const estimate = (omitted: number | null): { slope: number; alpha: number | null } => {
    const curveA2 = msdCurve(msd, direction, omitted).subarray(first, last + 1);
    const slope = fitLine(timesFs, curveA2, weights)?.slope ?? 0;
    if (curveA2.some((valueA2) => !(valueA2 > 0))) return { slope, alpha: null };
    return { slope, alpha: fitLine(logTimes, curveA2.map(log), weights)?.slope ?? null };
  };
  const whole = estimate(null);
  const groups = msd.groupSizes.length;
  const parts = groups < 2 ? [] : Array.from(msd.groupSizes, (_, group) => estimate(group));
  const perSlope = CM2_S_PER_A2_FS / (2 * AXES[direction].length);
  const slopeError =
    groups < 2
      ? null
      : jackknife(
          msd,
          whole.slope,
          parts.map((part) => part.slope),
        );
  const alphaError =
    groups < 2
      ? null
      : jackknife(
          msd,
          whole.alpha,
          parts.map((part) => part.alpha),
        );
  const flags: DiffusionFlag[] = [];
  if (whole.alpha === null) flags.push('no-motion');
  if (whole.slope < 0) flags.push('negative-slope');
  if (groups < 2) flags.push('no-error');
  return {
    diffusionCm2S: perSlope * whole.slope,
    standardErrorCm2S: slopeError === null ? null : perSlope * slopeError,
    degreesOfFreedom: groups - 1,
    ...judgeExponent(whole.alpha, alphaError, groups - 1, options.normalExponents ?? NORMAL_EXPONENTS),
    flags,
  };
}

/** null where the statistic is not defined for the whole or without one of the groups. */
function jackknife(msd: Msd, whole: number | null, parts: readonly (number | null)[]): number | null {
  if (whole === null || parts.some((part) => part === null)) return null;
  return jackknifeStandardError(msd.groupSizes, whole, parts as number[]);
}

/**
 * First and last lag within the window; lag 0 is never among them.
 * @throws InputError `bad-window`, `trajectory-too-short`
 */
export function windowLags(lags: number, window: readonly [number, number] = [0.6, 1]): [number, number] {
  const [start, end] = window;
  if (!(start >= 0 && start < end && end <= 1)) {
    throw new InputError('bad-window', 'a fit window is two rising parts of the run, between 0 and 1', {
      found: `[${start}, ${end}]`,
    });
  }
  const first = Math.max(1, Math.ceil(start * (lags - 1) - 1e-9));
  const last = Math.floor(end * (lags - 1) + 1e-9);
  if (last - first + 1 < MIN_WINDOW_LAGS) {
    throw new InputError('trajectory-too-short', 'the trajectory is too short for the fit window', {
      expected: `at least ${MIN_WINDOW_LAGS} frames between ${start} and ${end} of the run`,
      found: `${Math.max(0, last - first + 1)} of ${lags} frames`,
      remedy: 'run longer or keep frames more often',
    });
  }
  return [first, last];
}
