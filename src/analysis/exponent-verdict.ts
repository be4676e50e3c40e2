/** Is diffusion normal? The paper's criterion on the exponent of MSD ∝ t^α, 0.9 ≤ α ≤ 1.1, with regard to α's error. */
import { quantile95 } from '../numerics/student-t.ts';

/** pass: the 95 % interval lies inside the range; undecided: it only reaches into it; fail: it lies outside. */
export type Verdict = 'pass' | 'undecided' | 'fail';

export const NORMAL_EXPONENTS: readonly [number, number] = [0.9, 1.1];

export interface Exponent {
  /** null where the MSD is not positive throughout the window: nothing moved. */
  readonly alpha: number | null;
  /** null where it cannot be estimated. */
  readonly alphaStandardError: number | null;
  /** α ± t·error, 95 %. */
  readonly alphaInterval: readonly [number, number] | null;
  readonly verdict: Verdict;
}

/** Without an exponent diffusion is not shown to be normal: fail. Without an error nothing is decided. */
export function judgeExponent(
  alpha: number | null,
  alphaStandardError: number | null,
  degreesOfFreedom: number,
  range: readonly [number, number] = NORMAL_EXPONENTS,
): Exponent {
  if (alpha === null) return { alpha, alphaStandardError: null, alphaInterval: null, verdict: 'fail' };
  if (alphaStandardError === null) return { alpha, alphaStandardError, alphaInterval: null, verdict: 'undecided' };
  const half = quantile95(degreesOfFreedom) * alphaStandardError;
  const alphaInterval: [number, number] = [alpha - half, alpha + half];
  const inside = alphaInterval[0] >= range[0] && alphaInterval[1] <= range[1];
  const outside = alphaInterval[1] < range[0] || alphaInterval[0] > range[1];
  return { alpha, alphaStandardError, alphaInterval, verdict: inside ? 'pass' : outside ? 'fail' : 'undecided' };
}
