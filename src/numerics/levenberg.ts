/**
 * Minimisation of a sum of squares by Levenberg's and Marquardt's method, the damping as Nielsen's (Madsen, Nielsen,
 * Tingleff, Methods for Non-Linear Least Squares Problems, IMM, DTU 2004, §3.2): steps (H + λD) p = −g with H the
 * Gauss–Newton matrix, D its diagonal. The state is plain data: with the problem it decides every bit of what follows.
 */
import { factorCholesky, solveCholesky } from './cholesky.ts';

export interface LevenbergState {
  readonly x: Float64Array;
  value: number;
  /** λ, and the factor by which it grows when a step fails. */
  damping: number;
  growth: number;
}

export interface LeastSquares {
  /** Value at x; writes the gradient if it is asked for. What is not finite counts as a step too far. */
  evaluate(x: Float64Array, gradient?: Float64Array): number;
  /** n×n, symmetric, positive semidefinite. */
  gaussNewton(x: Float64Array): Float64Array;
}

const FIRST_DAMPING = 1e-3;
/** Beyond this a step is so short that it changes nothing. */
const MOST_DAMPING = 1e12;
const LEAST_DAMPING = 1e-14;
/** Of the largest element of the diagonal: the least of D, for directions that nothing determines. */
const LEAST_DIAGONAL = 1e-10;
/** Part of the foreseen fall that a step must bring. */
const ENOUGH = 1e-4;

export const startLevenberg = (x: Float64Array, { evaluate }: LeastSquares): LevenbergState => ({
  x: x.slice(),
  value: evaluate(x),
  damping: FIRST_DAMPING,
  growth: 2,
});

/** One step. @returns false, x unchanged, where no damping gives a lower value: a minimum to within rounding */
export function stepLevenberg(state: LevenbergState, problem: LeastSquares): boolean {
  const { x } = state;
  const n = x.length;
  const gradient = new Float64Array(n);
  state.value = problem.evaluate(x, gradient);
  const curvature = problem.gaussNewton(x);
  let largest = 0;
  for (let k = 0; k < n; k++) largest = Math.max(largest, curvature[n * k + k]!);
  if (!(largest > 0) || !Number.isFinite(largest)) return false;
  const downhill = gradient.map((g) => -g);
  const trial = new Float64Array(n);
  for (; state.damping <= MOST_DAMPING; state.damping *= state.growth, state.growth *= 2) {
    const damped = curvature.slice();
    const added = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      added[k] = state.damping * Math.max(curvature[n * k + k]!, LEAST_DIAGONAL * largest);
      damped[n * k + k] = damped[n * k + k]! + added[k]!;
    }
    if (!factorCholesky(damped, n)) continue;
    const step = solveCholesky(damped, n, downhill);
    // Fall foreseen by the quadratic model: ½ p·(λDp − g).
    let foreseen = 0;
    for (let k = 0; k < n; k++) {
      trial[k] = x[k]! + step[k]!;
      foreseen += 0.5 * step[k]! * (added[k]! * step[k]! - gradient[k]!);
    }
    const value = problem.evaluate(trial);
    const gain = (state.value - value) / foreseen;
    if (!(value < state.value) || !(gain > ENOUGH)) continue;
    x.set(trial);
    state.value = value;
    const centred = 2 * gain - 1;
    state.damping = Math.max(LEAST_DAMPING, state.damping * Math.max(1 / 3, 1 - centred * centred * centred));
    state.growth = 2;
    return true;
  }
  state.damping = FIRST_DAMPING;
  state.growth = 2;
  return false;
}
