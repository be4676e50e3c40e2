/**
 * D by generalised least squares: the line P + 2nD·t through MSD(t) whose points are weighed by the inverse of their
 * covariance (msd-covariance.ts), so that its error is right for correlated points, and as small as it can be:
 *
 *   β = (XᵀC⁻¹X)⁻¹ XᵀC⁻¹y,   Var β = (XᵀC⁻¹X)⁻¹.
 *
 * This is what kinisi does (McCluskey, Coles & Morgan 2024), with the mean of its posterior in the place of its sampling. C depends on
 * the slope and the plateau, so it is made from a plain fit first and from its own result after, ROUNDS times.
 * C is regularised: it is scaled to ones on its diagonal, REGULARISATION is added there, and lags are thinned to at
 * most MOST_LAGS, since neighbouring ones say almost the same.
 *
 * The error misses what makes the atoms of a run differ together (concerted motion, rare events, the energy of an NVE run):
 * see replicas.ts, and state both.
 */
import { exp } from '../numerics/elementary.ts';
import { fitLine } from '../numerics/line-fit.ts';
import { invertWithRidge } from '../numerics/linear-solve.ts';
import { CM2_S_PER_A2_FS, type FitOptions, windowLags } from './diffusion.ts';
import { AXES, type Direction } from './direction.ts';
import { type Msd, msdCurve } from './msd.ts';
import { excessFourthMoment, msdCovariance, type WalkModel } from './msd-covariance.ts';
import type { Paths } from './paths.ts';

export const MOST_LAGS = 40;
const REGULARISATION = 1e-9;
const ROUNDS = 4;

export interface GeneralisedEstimate {
  readonly diffusionCm2S: number;
  readonly standardErrorCm2S: number;
  /** The error is nearly proportional to D, so the interval is a factor up and down; ± where D is not positive. */
  readonly interval95Cm2S: readonly [number, number];
  /** P, Å²: what the line has at t = 0. */
  readonly plateauA2: number;
  readonly plateauStandardErrorA2: number;
  /** Lags used, frame intervals. */
  readonly lags: readonly number[];
}

/** @param paths those of `msd`, for the fourth moment; else as `generalisedFitOf` */
export function generalisedFit(
  msd: Msd,
  paths: Paths,
  direction: Direction,
  options: FitOptions = {},
): GeneralisedEstimate | null {
  const [first] = windowLags(msd.timesFs.length, options.window);
  return generalisedFitOf(msd, excessFourthMoment(paths, direction, first), direction, options);
}

/**
 * @param excessA4 of the paths of `msd` at the window's first lag (`ExcessFourthMoment`)
 * @returns null where the MSD is not positive throughout the window: nothing moved
 * @throws InputError `bad-window`, `trajectory-too-short` as `fitDiffusion`
 */
export function generalisedFitOf(
  msd: Msd,
  excessA4: number,
  direction: Direction,
  options: FitOptions = {},
): GeneralisedEstimate | null {
  const frames = msd.timesFs.length;
  const intervalFs = msd.timesFs[1];
  const lags = thinned(...windowLags(frames, options.window));
  const curveA2 = msdCurve(msd, direction);
  const valuesA2 = lags.map((lag) => curveA2[lag]);
  if (valuesA2.some((valueA2) => !(valueA2 > 0))) return null;
  const atoms = msd.groupSizes.reduce((sum, size) => sum + size, 0);
  const shape = { atoms, frames, origins: msd.origins };
  let line = firstGuess(lags, valuesA2, msd);
  const shares = axisShares(msd, direction, lags.at(-1)!);
  for (let round = 0; round < ROUNDS; round++) {
    line = generalisedLine(
      lags,
      valuesA2,
      msdCovariance(modelOf(line, shares, excessA4, valuesA2[0] / lags[0]), lags, shape),
    );
  }
  const dimensions = AXES[direction].length;
  const perSlope = CM2_S_PER_A2_FS / (2 * dimensions * intervalFs);
  const diffusionCm2S = perSlope * line.slope;
  const standardErrorCm2S = perSlope * line.slopeError;
  return {
    diffusionCm2S,
    standardErrorCm2S,
    interval95Cm2S: interval95(diffusionCm2S, standardErrorCm2S),
    plateauA2: line.intercept,
    plateauStandardErrorA2: line.interceptError,
    lags,
  };
}

interface Line {
  /** Å² a frame interval. */
  readonly slope: number;
  readonly slopeError: number;
  readonly intercept: number;
  readonly interceptError: number;
}

function generalisedLine(lags: readonly number[], valuesA2: readonly number[], covarianceA4: Float64Array): Line {
  const size = lags.length;
  const scale = Float64Array.from({ length: size }, (_, p) => 1 / Math.sqrt(covarianceA4[p * size + p]));
  const correlation = covarianceA4.map((value, at) => value * scale[Math.floor(at / size)] * scale[at % size]);
  const inverse = invertWithRidge(correlation, size, REGULARISATION);
  // Normal equations of the columns 1 and t, and y, all divided by each point's own error.
  let [a, b, c, u, v] = [0, 0, 0, 0, 0];
  for (let p = 0; p < size; p++) {
    for (let q = 0; q < size; q++) {
      const weight = inverse[p * size + q] * scale[p] * scale[q];
      a += weight;
      b += weight * lags[q];
      c += weight * lags[p] * lags[q];
      u += weight * valuesA2[q];
      v += weight * lags[p] * valuesA2[q];
    }
  }
  const determinant = a * c - b * b;
  return {
    slope: (a * v - b * u) / determinant,
    slopeError: Math.sqrt(a / determinant),
    intercept: (c * u - b * v) / determinant,
    interceptError: Math.sqrt(c / determinant),
  };
}

function firstGuess(lags: readonly number[], valuesA2: readonly number[], msd: Msd): Line {
  const line = fitLine(
    lags,
    valuesA2,
    lags.map((lag) => msd.originCounts[lag]),
  )!;
  return { slope: line.slope, slopeError: 0, intercept: line.intercept, interceptError: 0 };
}

/** Part of each axis of the direction in the MSD at a lag. */
function axisShares(msd: Msd, direction: Direction, lag: number): number[] {
  const lags = msd.timesFs.length;
  const sums = AXES[direction].map((axis) => {
    let sum = 0;
    for (let g = 0; g < msd.groupSizes.length; g++)
      sum += msd.groupSizes[g] * msd.groupMsdA2[3 * (g * lags + lag) + axis];
    return sum;
  });
  const total = sums.reduce((all, sum) => all + sum, 0);
  return sums.map((sum) => (total > 0 ? sum / total : 1 / sums.length));
}

/** A slope or plateau below 0 is noise: the covariance is made with a small one, of the size that the MSD allows. */
function modelOf(line: Line, shares: readonly number[], excessA4: number, leastSlope: number): WalkModel {
  const slope = Math.max(line.slope, 0.05 * leastSlope, Number.MIN_VALUE);
  const plateau = Math.max(0, line.intercept);
  return {
    slopesA2: shares.map((share) => share * slope),
    plateausA2: shares.map((share) => share * plateau),
    excessA4,
  };
}

/** At most MOST_LAGS of first … last, evenly spaced, both ends among them. */
function thinned(first: number, last: number): number[] {
  const count = Math.min(MOST_LAGS, last - first + 1);
  return Array.from({ length: count }, (_, k) => Math.round(first + (k * (last - first)) / (count - 1)));
}

function interval95(value: number, error: number): [number, number] {
  const half = 1.959963984540054 * error;
  if (!(value > 0)) return [value - half, value + half];
  return [value * exp(-half / value), value * exp(half / value)];
}
