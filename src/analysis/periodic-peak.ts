/**
 * A Gaussian peak on a flat ground in a periodic coordinate: y = B + A Σ_k exp(−(z − c − kL)²/2σ²), least squares. A may be
 * negative. Images matter once σ is no longer small against L: without them the tails pull the ground up and the width in.
 *
 * First (c, σ) on a grid, with A and B solved for; from the best of those Gauss–Newton with Levenberg's damping.
 */
import { InputError } from '../numerics/input-error.ts';
import { invertWithRidge, solveWithRidge } from '../numerics/linear-solve.ts';
import { wrappedGaussian } from './height-profile.ts';

export interface PeriodicPeak {
  readonly centre: number;
  readonly sigma: number;
  readonly amplitude: number;
  readonly ground: number;
  /** From the scatter of the points about the fit, as if they were independent. */
  readonly sigmaStandardError: number;
  /** Root of the mean squared residual, in the unit of y. */
  readonly residual: number;
}

type Parameters = readonly [centre: number, sigma: number, amplitude: number, ground: number];

const CENTRES = 60;
const WIDTHS = 24;
const MOST_STEPS = 200;

/**
 * @param z within one period, at least six
 * @param period of z, in its unit
 * @throws InputError `too-few-points`; `no-peak` where the points are flat, or the peak as wide as the period
 */
export function fitPeriodicPeak(z: readonly number[], y: readonly number[], period: number): PeriodicPeak {
  if (z.length < 6) {
    throw new InputError('too-few-points', 'a peak needs at least six points', { found: String(z.length) });
  }
  let best = start(z, y, period);
  let damping = 1e-3;
  let square = squares(best, z, y, period);
  for (let n = 0; n < MOST_STEPS; n++) {
    const next = step(best, z, y, period, damping);
    const nextSquare = next[1] > 0 ? squares(next, z, y, period) : Number.POSITIVE_INFINITY;
    if (nextSquare < square) {
      const done = square - nextSquare <= 1e-14 * square;
      [best, square, damping] = [next, nextSquare, damping / 10];
      if (done) break;
    } else {
      damping *= 10;
      if (damping > 1e12) break;
    }
  }
  const [centre, sigma, amplitude, ground] = best;
  if (amplitude === 0 || !(sigma < period / 2)) {
    throw new InputError('no-peak', 'the profile has no peak that stands out', {
      expected: `a width (σ) below ${(period / 2).toFixed(2)}`,
      found: `σ = ${sigma.toFixed(2)}, height ${amplitude}`,
    });
  }
  const variance = square / Math.max(1, z.length - 4);
  const inverse = invertWithRidge(normalMatrix(best, z, period).matrix, 4, 1e-12);
  return {
    centre: centre - period * Math.floor(centre / period),
    sigma,
    amplitude,
    ground,
    sigmaStandardError: Math.sqrt(variance * inverse[5]),
    residual: Math.sqrt(square / z.length),
  };
}

function start(z: readonly number[], y: readonly number[], period: number): Parameters {
  let best: Parameters = [0, period / 8, 0, 0];
  let least = Number.POSITIVE_INFINITY;
  for (let w = 0; w < WIDTHS; w++) {
    // From a part in 60 of the period to a third, evenly in the root.
    const part = (w + 1) / WIDTHS;
    const sigma = period * (1 / 60 + part * part * (1 / 3 - 1 / 60));
    for (let c = 0; c < CENTRES; c++) {
      const centre = (c / CENTRES) * period;
      const shape = z.map((x) => wrappedGaussian(x - centre, sigma, period));
      const line = straightLine(shape, y);
      const candidate: Parameters = [centre, sigma, ...line];
      const square = squares(candidate, z, y, period);
      if (square < least) [best, least] = [candidate, square];
    }
  }
  return best;
}

/** A and B of y = B + A x; flat where x is. */
function straightLine(x: readonly number[], y: readonly number[]): [number, number] {
  const n = x.length;
  const [meanX, meanY] = [x, y].map((values) => values.reduce((sum, value) => sum + value, 0) / n);
  let [xx, xy] = [0, 0];
  for (let i = 0; i < n; i++) {
    xx += (x[i] - meanX) * (x[i] - meanX);
    xy += (x[i] - meanX) * (y[i] - meanY);
  }
  return xx > 1e-12 ? [xy / xx, meanY - (xy / xx) * meanX] : [0, meanY];
}

function squares(
  [centre, sigma, amplitude, ground]: Parameters,
  z: readonly number[],
  y: readonly number[],
  period: number,
): number {
  let sum = 0;
  for (let i = 0; i < z.length; i++) {
    const left = y[i] - ground - amplitude * wrappedGaussian(z[i] - centre, sigma, period);
    sum += left * left;
  }
  return sum;
}

/** JᵀJ and the rows of J; derivatives by centre and width from central differences, good to ten digits. */
function normalMatrix(
  [centre, sigma, amplitude]: Parameters,
  z: readonly number[],
  period: number,
): { matrix: Float64Array; rows: number[][] } {
  const h = 1e-5 * sigma;
  const rows = z.map((x) => [
    (amplitude * (wrappedGaussian(x - centre - h, sigma, period) - wrappedGaussian(x - centre + h, sigma, period))) /
      (2 * h),
    (amplitude * (wrappedGaussian(x - centre, sigma + h, period) - wrappedGaussian(x - centre, sigma - h, period))) /
      (2 * h),
    wrappedGaussian(x - centre, sigma, period),
    1,
  ]);
  const matrix = new Float64Array(16);
  for (const row of rows) {
    for (let p = 0; p < 4; p++) for (let q = 0; q < 4; q++) matrix[4 * p + q] += row[p] * row[q];
  }
  return { matrix, rows };
}

function step(
  parameters: Parameters,
  z: readonly number[],
  y: readonly number[],
  period: number,
  damping: number,
): Parameters {
  const [centre, sigma, amplitude, ground] = parameters;
  const { matrix, rows } = normalMatrix(parameters, z, period);
  const right = new Float64Array(4);
  rows.forEach((row, i) => {
    const left = y[i] - ground - amplitude * wrappedGaussian(z[i] - centre, sigma, period);
    for (let p = 0; p < 4; p++) right[p] += row[p] * left;
  });
  for (let p = 0; p < 4; p++) matrix[5 * p] += damping * matrix[5 * p] + 1e-300;
  const { solution } = solveWithRidge(matrix, right, 1e-15);
  return [centre + solution[0], sigma + solution[1], amplitude + solution[2], ground + solution[3]];
}
