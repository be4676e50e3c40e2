/**
 * Minimisation by BFGS with a dense inverse Hessian (Nocedal & Wright, Numerical Optimization, §6.1). The state is plain
 * data, so that a long minimisation can stop after any iteration and go on from it with the same bits.
 */
import { searchLine } from './line-search.ts';

/** Value at x; writes the gradient. A value that is not finite tells the line search to step less far. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface BfgsState {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  value: number;
  /** n×n, row-major; both triangles kept. */
  readonly inverseHessian: Float64Array;
  /** True until the inverse Hessian has learnt anything. */
  fresh: boolean;
}

/** Largest change of a component in the first trial of a step, as a fraction of max(1, |component|). */
const LONGEST_TRIAL = 0.5;
/** The same where the inverse Hessian is still the identity and says nothing of lengths. */
const FIRST_TRIAL = 0.01;

/** @param inverseHessian a positive definite guess, copied; without one the first step finds a multiple of the identity */
export function startBfgs(x: Float64Array, objective: Objective, inverseHessian?: Float64Array): BfgsState {
  const n = x.length;
  const state: BfgsState = {
    x: x.slice(),
    gradient: new Float64Array(n),
    value: 0,
    inverseHessian: new Float64Array(n * n),
    fresh: true,
  };
  forgetHessian(state);
  if (inverseHessian !== undefined) {
    state.inverseHessian.set(inverseHessian);
    state.fresh = false;
  }
  state.value = objective(state.x, state.gradient);
  return state;
}

/** Sets x to another point and evaluates there; the inverse Hessian is kept. */
export function moveBfgs(state: BfgsState, x: Float64Array, objective: Objective): void {
  state.x.set(x);
  state.value = objective(state.x, state.gradient);
}

/** The identity in place of what the inverse Hessian has learnt. */
export function forgetHessian(state: BfgsState): void {
  const n = state.x.length;
  state.inverseHessian.fill(0);
  for (let i = 0; i < n; i++) state.inverseHessian[n * i + i] = 1;
  state.fresh = true;
}

/**
 * One iteration: a line search and an update of the inverse Hessian. Returns false, the state unchanged but for a
 * forgotten Hessian, where no lower value was found even along the gradient: a minimum to within rounding.
 */
export function stepBfgs(state: BfgsState, objective: Objective): boolean {
  if (advance(state, objective)) return true;
  if (state.fresh) return false;
  forgetHessian(state);
  return advance(state, objective);
}

function advance(state: BfgsState, objective: Objective): boolean {
  const { x, gradient, inverseHessian } = state;
  const n = x.length;
  const direction = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += inverseHessian[n * i + j]! * gradient[j]!;
    direction[i] = -sum;
  }
  const slope = dot(direction, gradient);
  if (!(slope < 0)) return false;
  let farthest = 0;
  for (let i = 0; i < n; i++) farthest = Math.max(farthest, Math.abs(direction[i]!) / Math.max(1, Math.abs(x[i]!)));
  const longest = state.fresh ? FIRST_TRIAL : LONGEST_TRIAL;

  const trial = new Float64Array(n);
  const trialGradient = new Float64Array(n);
  let evaluatedStep = 0;
  const evaluate = (step: number): { value: number; slope: number } => {
    for (let i = 0; i < n; i++) trial[i] = x[i]! + step * direction[i]!;
    const value = objective(trial, trialGradient);
    evaluatedStep = step;
    return Number.isFinite(value)
      ? { value, slope: dot(direction, trialGradient) }
      : { value: Number.POSITIVE_INFINITY, slope: Number.NaN };
  };
  const found = searchLine({ value: state.value, slope }, Math.min(1, longest / farthest), evaluate);
  if (found === null) return false;
  if (evaluatedStep !== found.step) evaluate(found.step);

  const moved = new Float64Array(n);
  const turned = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    moved[i] = trial[i]! - x[i]!;
    turned[i] = trialGradient[i]! - gradient[i]!;
  }
  updateInverseHessian(state, moved, turned);
  x.set(trial);
  gradient.set(trialGradient);
  state.value = found.value;
  return true;
}

/** H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ, ρ = 1/(yᵀs); left alone where yᵀs is not positive. */
function updateInverseHessian(state: BfgsState, s: Float64Array, y: Float64Array): void {
  const { inverseHessian: h } = state;
  const n = s.length;
  const sy = dot(s, y);
  const yy = dot(y, y);
  if (!(sy > 1e-14 * Math.sqrt(dot(s, s) * yy))) return;
  if (state.fresh) {
    // The scale of the first inverse Hessian from the first step (Nocedal & Wright, eq. 6.20).
    for (let i = 0; i < n; i++) h[n * i + i] = sy / yy;
    state.fresh = false;
  }
  const hy = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += h[n * i + j]! * y[j]!;
    hy[i] = sum;
  }
  const rho = 1 / sy;
  const growth = rho * (1 + rho * dot(y, hy));
  for (let i = 0; i < n; i++) {
    const si = s[i]!;
    const hyi = hy[i]!;
    for (let j = 0; j < n; j++) {
      h[n * i + j] = h[n * i + j]! + growth * si * s[j]! - rho * (si * hy[j]! + hyi * s[j]!);
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
