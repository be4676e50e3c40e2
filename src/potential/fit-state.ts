/**
 * The whole state of a fit between two iterations, as plain data: with the configurations and the settings it decides
 * every bit of what follows. Neighbours, templates and equations are not in it, since they are made again from those.
 */
import type { BfgsState } from '../numerics/bfgs.ts';

/** Before the scaling is chosen for good; after; and the refinement that may follow. */
export type FitPhase = 'pre-training' | 'main' | 'refinement';

/** Iterations between two solutions of the linear coefficients, and over which convergence is judged. */
export const FIT_PERIOD = 50;
/** Iterations of the refinement between two renewals of its metric, and over which its convergence is judged. */
export const REFINEMENT_PERIOD = 100;

interface CommonState {
  /** Iterations of this phase that are done. */
  readonly iteration: number;
  /** Factor of the radial functions; it changes between phases, and when the metric of a refinement is renewed. */
  readonly scaling: number;
  /** Loss at the start of the phase and after its iterations, those of the last period; the last is that of now. */
  readonly losses: readonly number[];
  /** Parameters are in the order of `packParameters`. */
  readonly bfgs: BfgsState;
}

export interface MinimisationState extends CommonState {
  readonly phase: 'pre-training' | 'main';
}

export interface RefinementState extends CommonState {
  readonly phase: 'refinement';
  /** Iterations of the main minimisation before. */
  readonly mainIterations: number;
}

export type FitState = MinimisationState | RefinementState;

export const periodOf = (phase: FitPhase): number => (phase === 'refinement' ? REFINEMENT_PERIOD : FIT_PERIOD);
