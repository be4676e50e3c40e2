/**
 * The whole state of a fit between two iterations, as plain data: with the configurations and the settings it decides
 * every bit of what follows. Neighbours, templates and equations are not in it, since they are made again from those.
 */
import type { BfgsState } from '../numerics/bfgs.ts';
import type { LevenbergState } from '../numerics/levenberg.ts';

/** Before the scaling is chosen for good; after; and the refinement that may follow. */
export type FitPhase = 'pre-training' | 'main' | 'refinement';

/** Iterations between two solutions of the linear coefficients, and over which convergence is judged. */
export const FIT_PERIOD = 50;
/** Iterations of the refinement over which its convergence is judged. */
export const REFINEMENT_PERIOD = 10;

/** An iteration of the refinement counts as so many in the length of a segment: it takes that much longer. */
export const REFINEMENT_COST = 25;

interface CommonState {
  /** Iterations of this phase that are done. */
  readonly iteration: number;
  /** Factor of the radial functions, the same throughout a phase. */
  readonly scaling: number;
  /** Loss at the start of the phase and after its iterations, those of the last period; the last is that of now. */
  readonly losses: readonly number[];
}

/** Parameters are in the order of `packParameters`. */
export interface MinimisationState extends CommonState {
  readonly phase: 'pre-training' | 'main';
  readonly bfgs: BfgsState;
}

export interface RefinementState extends CommonState {
  readonly phase: 'refinement';
  readonly levenberg: LevenbergState;
  /** Iterations of the main minimisation before. */
  readonly mainIterations: number;
}

export type FitState = MinimisationState | RefinementState;

export const periodOf = (phase: FitPhase): number => (phase === 'refinement' ? REFINEMENT_PERIOD : FIT_PERIOD);

export const parametersOf = (state: FitState): Float64Array =>
  state.phase === 'refinement' ? state.levenberg.x : state.bfgs.x;

export const lossOf = (state: FitState): number =>
  state.phase === 'refinement' ? state.levenberg.value : state.bfgs.value;
