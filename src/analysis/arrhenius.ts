/**
 * Arrhenius' law, D = D₀ exp(−E_a / kB T): weighted least squares of ln D against 1/(kB T), with σ(ln D) = σ(D)/D.
 *
 * The errors of ln D₀ and E_a are strongly correlated (0.99 and more), so anything derived from both uses their full
 * covariance. With two temperatures they come from the errors of D alone; with more the reduced χ² is reported and,
 * where it exceeds 1, all errors are scaled by its square root (the Particle Data Group's practice): then the points
 * scatter more than their errors explain. It never makes errors smaller.
 *
 * Intervals: Student's t with the effective degrees of freedom of Welch and Satterthwaite, ν = V² / Σ (c_i⁴ σ_i⁴ / ν_i)
 * for a result Σ c_i ln D_i of variance V, where ν_i are those of each point's error. ln D is normal, so D's interval is
 * a factor up and down.
 */
import { exp, log } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { fitLine, type LineFit } from '../numerics/line-fit.ts';
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import { quantile95 } from '../numerics/student-t.ts';

export interface ArrheniusPoint {
  readonly temperatureK: number;
  readonly diffusionCm2S: number;
  readonly standardErrorCm2S: number;
  /** Of the standard error; Infinity (known exactly) where left out. */
  readonly degreesOfFreedom?: number;
}

/** A positive quantity known within a factor. */
export interface LogEstimate {
  readonly value: number;
  /** Standard error of its natural logarithm. */
  readonly lnStandardError: number;
  readonly degreesOfFreedom: number;
  /** The 95 % interval is value / factor95 … value × factor95. */
  readonly factor95: number;
  readonly interval95: readonly [number, number];
}

export interface ArrheniusFit {
  readonly points: readonly ArrheniusPoint[];
  /** cm²/s. */
  readonly d0Cm2S: LogEstimate;
  readonly activationEnergyMeV: number;
  readonly activationEnergyStandardErrorMeV: number;
  readonly activationEnergyHalfWidth95MeV: number;
  /** Of (ln D₀, E_a in eV), row-major 2×2, scaled as the errors are. */
  readonly covariance: readonly [number, number, number, number];
  /** Of ln D₀ and E_a. */
  readonly correlation: number;
  /** null with two temperatures. */
  readonly reducedChiSquare: number | null;
  /** √max(1, reduced χ²), by which all errors were multiplied. */
  readonly errorScale: number;
}

/**
 * @throws InputError `too-few-temperatures` below two different ones; `bad-arrhenius-point` for a temperature, D or error
 * that is not positive
 */
export function fitArrhenius(points: readonly ArrheniusPoint[]): ArrheniusFit {
  for (const point of points) requirePoint(point);
  const line = fitLogarithms(points);
  if (line === null) {
    throw new InputError('too-few-temperatures', 'an Arrhenius fit needs at least two different temperatures', {
      found: points.map((point) => `${point.temperatureK} K`).join(', ') || 'none',
    });
  }
  let chiSquare = 0;
  for (const point of points) {
    const residual = log(point.diffusionCm2S) - (line.intercept + line.slope * inverseEnergy(point.temperatureK));
    chiSquare += weightOf(point) * residual * residual;
  }
  const reducedChiSquare = points.length > 2 ? chiSquare / (points.length - 2) : null;
  const errorScale = Math.sqrt(Math.max(1, reducedChiSquare ?? 1));
  const scale2 = errorScale * errorScale;
  const varianceSlope = scale2 / line.spread;
  const varianceIntercept = scale2 / line.weightSum + line.centreX * line.centreX * varianceSlope;
  // E_a is minus the slope, and the intercept falls as the slope rises: together they vary in the same sense.
  const covariance = line.centreX * varianceSlope;
  const energyErrorEv = Math.sqrt(varianceSlope);
  const slopeFreedom = effectiveFreedom(points, line, (x) => (x - line.centreX) / line.spread);
  return {
    points,
    d0Cm2S: logEstimate(line.intercept, varianceIntercept, valueFreedom(points, line, 0)),
    activationEnergyMeV: -1000 * line.slope,
    activationEnergyStandardErrorMeV: 1000 * energyErrorEv,
    activationEnergyHalfWidth95MeV: 1000 * energyErrorEv * quantile95(slopeFreedom),
    covariance: [varianceIntercept, covariance, covariance, varianceSlope],
    correlation: covariance / Math.sqrt(varianceIntercept * varianceSlope),
    reducedChiSquare,
    errorScale,
  };
}

/**
 * D at a temperature, by the fit, cm²/s.
 * @throws InputError `bad-arrhenius-point` for a temperature that is not positive
 */
export function diffusionAt(fit: ArrheniusFit, temperatureK: number): LogEstimate {
  requirePositive('temperatureK', temperatureK);
  const line = fitLogarithms(fit.points)!;
  const x = inverseEnergy(temperatureK);
  const dx = x - line.centreX;
  const variance = fit.errorScale * fit.errorScale * (1 / line.weightSum + (dx * dx) / line.spread);
  return logEstimate(line.valueAtCentre + line.slope * dx, variance, valueFreedom(fit.points, line, x));
}

/** 1/(kB T), 1/eV. */
const inverseEnergy = (temperatureK: number): number => 1 / (BOLTZMANN_EV_K * temperatureK);

/** 1/σ² of ln D. */
function weightOf(point: ArrheniusPoint): number {
  const relative = point.standardErrorCm2S / point.diffusionCm2S;
  return 1 / (relative * relative);
}

const fitLogarithms = (points: readonly ArrheniusPoint[]): LineFit | null =>
  fitLine(
    points.map((point) => inverseEnergy(point.temperatureK)),
    points.map((point) => log(point.diffusionCm2S)),
    points.map(weightOf),
  );

const valueFreedom = (points: readonly ArrheniusPoint[], line: LineFit, x: number): number =>
  effectiveFreedom(points, line, (xi) => 1 / line.weightSum + ((x - line.centreX) * (xi - line.centreX)) / line.spread);

/** @param perWeight c_i / w_i, a function of the point's 1/(kB T) */
function effectiveFreedom(points: readonly ArrheniusPoint[], line: LineFit, perWeight: (x: number) => number): number {
  let variance = 0;
  let spread = 0;
  for (const point of points) {
    const share = perWeight(inverseEnergy(point.temperatureK));
    const part = weightOf(point) * share * share;
    variance += part;
    spread += (part * part) / (point.degreesOfFreedom ?? Number.POSITIVE_INFINITY);
  }
  return line.spread > 0 && spread > 0 ? (variance * variance) / spread : Number.POSITIVE_INFINITY;
}

function logEstimate(lnValue: number, variance: number, degreesOfFreedom: number): LogEstimate {
  const lnStandardError = Math.sqrt(variance);
  const half = quantile95(degreesOfFreedom) * lnStandardError;
  // Each by its own exponential: value × factor would be 0 × ∞ where errors are beyond the range of a double.
  return {
    value: exp(lnValue),
    lnStandardError,
    degreesOfFreedom,
    factor95: exp(half),
    interval95: [exp(lnValue - half), exp(lnValue + half)],
  };
}

function requirePoint(point: ArrheniusPoint): void {
  requirePositive('temperatureK', point.temperatureK);
  const where = `${point.temperatureK} K`;
  requirePositive('diffusionCm2S', point.diffusionCm2S, where);
  requirePositive('standardErrorCm2S', point.standardErrorCm2S, where);
  if (point.degreesOfFreedom !== undefined && !(point.degreesOfFreedom > 0)) {
    throw new InputError('bad-arrhenius-point', 'degreesOfFreedom must be positive', { where });
  }
}

function requirePositive(name: string, value: number, where?: string): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new InputError('bad-arrhenius-point', `${name} must be positive and finite`, {
    ...(where === undefined ? {} : { where }),
    found: String(value),
  });
}
