/**
 * Covariance of a mean square displacement between lags: MSD(t) of neighbouring lags comes from the same displacements,
 * so its points are strongly correlated, and a fit that takes them as independent states errors that are far too small.
 *
 * The model is a walk along each axis with ⟨Δx(t)²⟩ = P + s·t (t > 0): jumps that make the slope s, and a rattle about
 * each place that makes the plateau P. Displacements X over [a, a + n] and Y over [b, b + m] of a process with stationary
 * increments have
 *
 *   ⟨XY⟩ = ½ (f(a + n − b) + f(b + m − a) − f(b − a) − f(a + n − b − m)),   f(t) = ⟨Δx(|t|)²⟩,
 *
 * and their squares, were they normal, the covariance 2⟨XY⟩². Jumps make them not normal: what independent increments add is
 * the fourth cumulant κ of the displacement in one frame interval times the time that both intervals share. The mean over
 * all pairs of origins, windows overlapping or not, divided by the number of atoms, is the covariance of the MSD. For normal
 * increments, n ≤ m ≪ F, it is that of Qian, Sheetz & Elson (Biophys. J. 60, 910 (1991)).
 *
 * McCluskey, Coles & Morgan (J. Chem. Theory Comput. 21, 79 (2024); kinisi) take Σ_nm = σ²(n) N(n)/N(m), N the number of
 * windows that do not overlap; that is the limit of this one for such windows, and too large by up to 3/2 for others.
 *
 * Atoms are taken as independent of each other: concerted motion, and what all of a run share, is not in it.
 */
import { AXES, type Direction } from './direction.ts';
import type { Paths } from './paths.ts';

export interface WalkModel {
  /** Of each axis of the direction: P, Å². */
  readonly plateausA2: readonly number[];
  /** Of each axis: s, Å² a frame interval. */
  readonly slopesA2: readonly number[];
  /** κ of all axes together, Å⁴ a frame interval; not below 0. */
  readonly excessA4: number;
}

/**
 * @param lags in frame intervals, rising, from 1
 * @returns lags × lags, Å⁴
 */
export function msdCovariance(
  model: WalkModel,
  lags: readonly number[],
  shape: { readonly atoms: number; readonly frames: number; readonly origins: 'single' | 'multiple' },
): Float64Array {
  const size = lags.length;
  const covarianceA4 = new Float64Array(size * size);
  const originsOf = (lag: number): number => (shape.origins === 'single' ? 1 : shape.frames - lag);
  for (let p = 0; p < size; p++) {
    for (let q = p; q < size; q++) {
      const sum = overPairsOfOrigins(model, lags[p], originsOf(lags[p]), lags[q], originsOf(lags[q]));
      covarianceA4[p * size + q] = sum / (originsOf(lags[p]) * originsOf(lags[q]) * shape.atoms);
      covarianceA4[q * size + p] = covarianceA4[p * size + q];
    }
  }
  return covarianceA4;
}

/** Σ over origins s < `originsN`, t < `originsM` of the covariance of the two squares; it depends on u = t − s alone. */
function overPairsOfOrigins(model: WalkModel, n: number, originsN: number, m: number, originsM: number): number {
  let sum = 0;
  for (let u = Math.max(-m, 1 - originsN); u <= Math.min(n, originsM - 1); u++) {
    const pairs = Math.min(originsN, originsM - u) - Math.max(0, -u);
    if (pairs <= 0) continue;
    const shared = Math.max(0, Math.min(n, u + m) - Math.max(0, u));
    // Of the linear part of f what is left is the time shared; of the plateau, whether ends coincide.
    const ends =
      0.5 * (Math.sign(Math.abs(n - u)) + Math.sign(u + m) - Math.sign(Math.abs(u)) - Math.sign(Math.abs(n - u - m)));
    let squares = model.excessA4 * shared;
    for (let axis = 0; axis < model.slopesA2.length; axis++) {
      const product = model.slopesA2[axis] * shared + model.plateausA2[axis] * ends;
      squares += 2 * product * product;
    }
    sum += pairs * squares;
  }
  return sum;
}

/**
 * κ: by how much the variance of the squared displacements at a lag exceeds that of normal ones, a frame interval, Å⁴; 0
 * where it does not. From all origins, at most MOST_ORIGINS of them, of the paths of some atoms at a time.
 */
export class ExcessFourthMoment {
  readonly #axes: readonly number[];
  readonly #lag: number;
  readonly #squares = new Float64Array(3);
  #fourth = 0;
  #samples = 0;

  /** @param lag in frame intervals, below the number of frames */
  constructor(direction: Direction, lag: number) {
    this.#axes = AXES[direction];
    this.#lag = lag;
  }

  add({ framesA }: Paths): void {
    const squares = this.#squares;
    const origins = framesA.length - this.#lag;
    const stride = Math.max(1, Math.ceil(origins / MOST_ORIGINS));
    let fourth = this.#fourth;
    for (let origin = 0; origin < origins; origin += stride) {
      const fromA = framesA[origin];
      const toA = framesA[origin + this.#lag];
      for (let k = 0; k < fromA.length; k += 3) {
        let square = 0;
        for (const axis of this.#axes) {
          const moved = toA[k + axis] - fromA[k + axis];
          squares[axis] += moved * moved;
          square += moved * moved;
        }
        fourth += square * square;
      }
      this.#samples += fromA.length / 3;
    }
    this.#fourth = fourth;
  }

  excessA4(): number {
    let total = 0;
    let normal = 0;
    for (const axis of this.#axes) {
      const mean = this.#squares[axis] / this.#samples;
      total += mean;
      normal += 2 * mean * mean;
    }
    return Math.max(0, this.#fourth / this.#samples - total * total - normal) / this.#lag;
  }
}

const MOST_ORIGINS = 200;

export function excessFourthMoment(paths: Paths, direction: Direction, lag: number): number {
  const moment = new ExcessFourthMoment(direction, lag);
  moment.add(paths);
  return moment.excessA4();
}
