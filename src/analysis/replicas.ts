/**
 * One diffusion coefficient from several runs that differ only by their seeds (and, for a disordered structure, by the
 * disorder). Two errors stand side by side: the scatter between the runs, s/√n, and the runs' own errors propagated,
 * √(Σ sᵢ²)/n. The combined standard error is the larger: the first misses nothing but is itself uncertain for few
 * runs (its Student t says so), the second misses what the atoms of a run share.
 */
import { InputError } from '../numerics/input-error.ts';
import { mean, standardDeviation } from '../numerics/statistics.ts';
import { quantile95 } from '../numerics/student-t.ts';
import { type Exponent, judgeExponent, NORMAL_EXPONENTS } from './exponent-verdict.ts';

export interface Replica {
  /** Mean over the run. */
  readonly temperatureK: number;
  readonly diffusionCm2S: number;
  readonly standardErrorCm2S: number | null;
  readonly alpha: number | null;
  readonly alphaStandardError: number | null;
  /** Of the run's own standard errors. */
  readonly degreesOfFreedom: number;
}

export interface PooledError {
  /** null for a single replica. */
  readonly between: number | null;
  /** null where a replica has no error of its own. */
  readonly within: number | null;
  /** The larger of the two; null where there is neither. */
  readonly standardError: number | null;
  /** Of the larger: replicas less one, or the sum over replicas. */
  readonly degreesOfFreedom: number;
  /** Student's t × combined standard error: half of the 95 % interval. */
  readonly halfWidth95: number | null;
}

export interface PooledDiffusion {
  readonly replicas: number;
  readonly meanTemperatureK: number;
  readonly diffusionCm2S: number;
  readonly diffusionErrorCm2S: PooledError;
  readonly exponent: Exponent;
  readonly alphaError: PooledError;
}

/**
 * Replicas weigh the same, whatever their errors: a run with a low D also has a low error, and weights would favour it.
 * The exponent is null, and the verdict fail, where a replica has none.
 * @throws InputError `no-replicas`
 */
export function poolReplicas(
  replicas: readonly Replica[],
  normalExponents: readonly [number, number] = NORMAL_EXPONENTS,
): PooledDiffusion {
  if (replicas.length === 0) throw new InputError('no-replicas', 'no run to take the mean of');
  const freedom = replicas.map((replica) => replica.degreesOfFreedom);
  const diffusions = replicas.map((replica) => replica.diffusionCm2S);
  const alphas = replicas.map((replica) => replica.alpha).filter((alpha) => alpha !== null);
  const alphaError = poolErrors(
    alphas,
    replicas.map((replica) => replica.alphaStandardError),
    freedom,
  );
  const alpha = alphas.length === replicas.length ? mean(alphas) : null;
  return {
    replicas: replicas.length,
    meanTemperatureK: mean(replicas.map((replica) => replica.temperatureK)),
    diffusionCm2S: mean(diffusions),
    diffusionErrorCm2S: poolErrors(
      diffusions,
      replicas.map((replica) => replica.standardErrorCm2S),
      freedom,
    ),
    exponent: judgeExponent(alpha, alphaError.standardError, alphaError.degreesOfFreedom, normalExponents),
    alphaError,
  };
}

/** Of the mean of values that weigh the same. @param freedom degrees of freedom of each of their own errors */
export function poolErrors(
  values: readonly number[],
  errors: readonly (number | null)[],
  freedom: readonly number[],
): PooledError {
  const n = values.length;
  const between = n < 2 ? null : standardDeviation(values) / Math.sqrt(n);
  let squares: number | null = 0;
  for (const error of errors) squares = squares === null || error === null ? null : squares + error * error;
  const within = squares === null ? null : Math.sqrt(squares) / errors.length;
  const betweenLarger = between !== null && (within === null || between >= within);
  const standardError = betweenLarger ? between : within;
  const degreesOfFreedom = betweenLarger ? n - 1 : freedom.reduce((sum, count) => sum + count, 0);
  const halfWidth95 = standardError === null ? null : quantile95(degreesOfFreedom) * standardError;
  return { between, within, standardError, degreesOfFreedom, halfWidth95 };
}
