/**
 * The whole state of a fit between two iterations, as plain data: with the configurations and the settings it decides
 * every bit of what follows. Neighbours, templates and equations are not in it, since they are made again from those.
 */
import type { BfgsState } from '../numerics/bfgs.ts';

/** Before the scaling is chosen for good, and after. */
export type FitPhase = 'pre-training' | 'main';

/** Iterations between two solutions of the linear coefficients, and over which convergence is judged. */
export const FIT_PERIOD = 50;

export interface FitState {
  readonly phase: FitPhase;
  /** Iterations of this phase that are done. */
  readonly iteration: number;
  /** Factor of the radial functions, the same throughout a phase. */
  readonly scaling: number;
  /** Parameters in the order of `packParameters`. */
  readonly bfgs: BfgsState;
  /** Loss at the start of the phase and after its iterations, the last `FIT_PERIOD` + 1 of them; the last is that of now. */
  readonly losses: readonly number[];
}
