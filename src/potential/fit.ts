/**
 * Fits a moment tensor potential to labelled configurations, by MLIP-2's procedure from a seeded start: random radial
 * coefficients; linear coefficients by least squares, the scaling chosen with them; a short pre-training and a fresh
 * choice of the scaling; then BFGS over all parameters, with the linear coefficients solved anew every 50 iterations,
 * until the loss falls by less than the tolerance in 50 iterations. Two things differ: BFGS starts from the known second
 * derivatives by the linear coefficients instead of the identity, and a solve that would raise the loss (it can, where
 * forces are weighed by size) is not kept.
 *
 * Every step is a function of the configurations, the options and the seed alone.
 */
import { type BfgsState, moveBfgs, type Objective, startBfgs, stepBfgs } from '../numerics/bfgs.ts';
import { InputError } from '../numerics/input-error.ts';
import { RandomStream } from '../numerics/philox.ts';
import { LinearFit } from './linear-fit.ts';
import { TrainingLoss } from './loss.ts';
import {
  checkPotential,
  type MtpPotential,
  packParameters,
  parameterCount,
  radialCount,
  withParameters,
} from './potential.ts';
import { orthogonaliseRadial } from './radial-penalty.ts';
import type { MtpTemplate } from './template.ts';
import {
  type LabelledConfiguration,
  type LossWeights,
  prepareTraining,
  type TrainingConfiguration,
  type Weighting,
} from './training-set.ts';

export interface FitOptions {
  readonly template: MtpTemplate;
  readonly speciesCount: number;
  readonly minDistanceA: number;
  readonly maxDistanceA: number;
  readonly radialBasisSize: number;
  readonly weights: LossWeights;
  readonly weighting: Weighting;
  /** s of the weight s/(|F|² + s) of each atom's force, (eV/Å)²; 0 or absent: all alike. */
  readonly scaleByForce?: number;
  /** Of the main minimisation; the pre-training comes on top. */
  readonly maxIterations: number;
  /** The fit ends when the loss falls by less than this fraction in 50 iterations; 0: only `maxIterations` ends it. */
  readonly convergenceTolerance: number;
  /** Iterations of the pre-training; 75 if absent. */
  readonly preIterations?: number;
  /** 16 hexadecimal digits. */
  readonly seed: string;
  /** Name of the potential; empty if absent. */
  readonly name?: string;
  /** Called after each iteration, those of the pre-training numbered from −preIterations + 1 to 0. */
  readonly onProgress?: (iteration: number, loss: number) => void;
}

export interface FitResult {
  readonly potential: MtpPotential;
  /** Iterations of the main minimisation. */
  readonly iterations: number;
  /** Loss of the potential. */
  readonly loss: number;
  /** Loss at the start of the main minimisation and after each of its iterations. */
  readonly lossHistory: Float64Array;
  /** False where `maxIterations` ended the fit. */
  readonly converged: boolean;
}

const PRE_ITERATIONS = 75;
/** Iterations between two solutions of the linear coefficients, and over which convergence is judged. */
const PERIOD = 50;
/** A fall of the loss in one iteration below this ends the fit. */
const LEAST_FALL = 1e-13;
/** Length of the step, in radial coefficients of norm 1, over which the curvature is measured. */
const CURVATURE_STEP = 1e-6;

/**
 * @throws InputError `training-set-too-small` where there are fewer labelled numbers than parameters,
 *   `bad-fit-options`, `bad-label`, `bad-seed`, `empty-training-set`, and those of structures that cannot be evaluated
 */
export function fitPotential(configurations: readonly LabelledConfiguration[], options: FitOptions): FitResult {
  const model = emptyModel(options);
  const set = prepareTraining(configurations, options);
  checkSize(set, configurations, model);
  const fit = new Fit(set, model, options);
  return fit.run();
}

class Fit {
  readonly #options: FitOptions;
  readonly #model: MtpPotential;
  readonly #loss: TrainingLoss;
  readonly #linear: LinearFit;
  readonly #parameters: Float64Array;
  #scaling = 1;

  constructor(set: readonly TrainingConfiguration[], model: MtpPotential, options: FitOptions) {
    this.#options = options;
    this.#model = model;
    this.#loss = new TrainingLoss(set, model);
    this.#linear = new LinearFit(set, model);
    this.#parameters = startingParameters(model, options.seed);
  }

  run(): FitResult {
    const { maxIterations, preIterations = PRE_ITERATIONS, onProgress } = this.#options;
    this.#solveLinear(true);
    this.#minimise(preIterations, (iteration, loss) => onProgress?.(iteration - preIterations, loss));
    this.#solveLinear(true);
    const { history, converged } = this.#minimise(maxIterations, (iteration, loss) => onProgress?.(iteration, loss));
    this.#solveLinear(true);
    return {
      potential: { ...withParameters(this.#model, this.#parameters), scaling: this.#scaling },
      iterations: history.length - 1,
      loss: this.#loss.evaluate(this.#parameters, this.#scaling),
      lossHistory: Float64Array.from(history),
      converged,
    };
  }

  #minimise(
    maxIterations: number,
    report: (iteration: number, loss: number) => void,
  ): { history: number[]; converged: boolean } {
    const objective = (x: Float64Array, gradient: Float64Array): number =>
      this.#loss.evaluate(x, this.#scaling, gradient);
    const state = startBfgs(this.#parameters, objective, this.#firstInverseHessian(objective));
    if (!Number.isFinite(state.value)) {
      throw new InputError('non-finite-loss', 'the loss at the start of the fit is not a number', {
        remedy: 'look for configurations with atoms that are much too near',
      });
    }
    const history = [state.value];
    let converged = false;
    for (let iteration = 1; iteration <= maxIterations && !converged; iteration++) {
      if (iteration % PERIOD === 0) this.#solveWithin(state, objective);
      const before = state.value;
      const moved = stepBfgs(state, objective);
      history.push(state.value);
      report(iteration, state.value);
      converged = !moved || before - state.value < LEAST_FALL || this.#isConverged(history);
    }
    this.#parameters.set(state.x);
    return { history, converged };
  }

  /**
   * A first inverse Hessian: exact for the linear coefficients, whose scales differ widely; for the radial ones the
   * inverse of the curvature along the gradient.
   */
  #firstInverseHessian(objective: Objective): Float64Array {
    const n = this.#parameters.length;
    const radial = radialCount(this.#model);
    const inverse = new Float64Array(n * n);
    const curvature = this.#radialCurvature(objective);
    for (let k = 0; k < radial; k++) inverse[n * k + k] = 1 / curvature;
    const equations = this.#linear.assemble(this.#parameters, this.#scaling);
    const linear = this.#linear.inverseHessian(equations, this.#scaling);
    for (let i = radial; i < n; i++) {
      const row = (n - radial) * (i - radial);
      inverse.set(linear.subarray(row, row + n - radial), n * i + radial);
    }
    return inverse;
  }

  /** |gᵀHg| / |g|² for the radial part g of the gradient, by a difference of gradients. */
  #radialCurvature(objective: Objective): number {
    const radial = radialCount(this.#model);
    const gradient = new Float64Array(this.#parameters.length);
    objective(this.#parameters, gradient);
    let norm2 = 0;
    for (let k = 0; k < radial; k++) norm2 += gradient[k]! * gradient[k]!;
    if (norm2 === 0) return 1;
    const step = CURVATURE_STEP / Math.sqrt(norm2);
    const moved = this.#parameters.map((x, k) => (k < radial ? x - step * gradient[k]! : x));
    const movedGradient = new Float64Array(moved.length);
    objective(moved, movedGradient);
    let bend = 0;
    for (let k = 0; k < radial; k++) bend += (gradient[k]! - movedGradient[k]!) * gradient[k]!;
    const curvature = Math.abs(bend) / (step * norm2);
    return curvature > 0 && Number.isFinite(curvature) ? curvature : 1;
  }

  #isConverged(history: readonly number[]): boolean {
    if (history.length <= PERIOD) return false;
    const before = history[history.length - 1 - PERIOD]!;
    return before - history.at(-1)! < this.#options.convergenceTolerance * before;
  }

  /** Solves the linear coefficients between iterations; keeps the point as it is where that raises the loss. */
  #solveWithin(state: BfgsState, objective: (x: Float64Array, gradient: Float64Array) => number): void {
    this.#parameters.set(state.x);
    const [value, x] = [state.value, state.x.slice()];
    this.#solveLinear(false);
    moveBfgs(state, this.#parameters, objective);
    if (!(state.value <= value)) moveBfgs(state, x, objective);
  }

  /** Orthonormal radial coefficients, then the linear ones by least squares, with the scaling chosen anew or kept. */
  #solveLinear(rescale: boolean): void {
    orthogonaliseRadial(this.#model, this.#parameters);
    const equations = this.#linear.assemble(this.#parameters, this.#scaling);
    const solved = rescale
      ? this.#linear.rescale(equations)
      : { scaling: this.#scaling, linear: this.#linear.solve(equations, this.#scaling) };
    this.#scaling = solved.scaling;
    this.#parameters.set(solved.linear, radialCount(this.#model));
  }
}

/** Radial coefficients uniform in (−5e-7, 5e-7) from stream 0 of the seed; the first linear solve fixes their norm. */
function startingParameters(model: MtpPotential, seed: string): Float64Array {
  const stream = new RandomStream(seed, 0);
  const parameters = packParameters(model);
  const radial = radialCount(model);
  for (let c = 0; c < radial; c++) parameters[c] = (2 * stream.uniform() - 1) * 5e-7;
  return parameters;
}

function emptyModel(options: FitOptions): MtpPotential {
  const { template, speciesCount, radialBasisSize, minDistanceA, maxDistanceA, name = '' } = options;
  const whole: [string, number, number][] = [
    ['maxIterations', options.maxIterations, 0],
    ['preIterations', options.preIterations ?? 0, 0],
    ['speciesCount', speciesCount, 1],
    ['radialBasisSize', radialBasisSize, 1],
  ];
  for (const [what, value, least] of whole) {
    if (!Number.isInteger(value) || value < least) {
      const expected = `an integer ≥ ${least}`;
      throw new InputError('bad-fit-options', `${what} is not usable`, { expected, found: String(value) });
    }
  }
  if (!(options.convergenceTolerance >= 0)) {
    const found = String(options.convergenceTolerance);
    throw new InputError('bad-fit-options', 'convergenceTolerance is not usable', { expected: 'a number ≥ 0', found });
  }
  const model: MtpPotential = {
    name,
    speciesCount,
    minDistanceA,
    maxDistanceA,
    radialBasisSize,
    scaling: 1,
    template,
    radialCoefficients: new Float64Array(speciesCount * speciesCount * template.radialFunctions * radialBasisSize),
    speciesCoefficients: new Float64Array(speciesCount),
    momentCoefficients: new Float64Array(template.scalars.length),
  };
  checkPotential(model);
  return model;
}

function checkSize(
  set: readonly TrainingConfiguration[],
  configurations: readonly LabelledConfiguration[],
  model: MtpPotential,
): void {
  let numbers = 0;
  for (const [at, { atoms }] of set.entries())
    numbers += 1 + 3 * atoms + (configurations[at]!.virialEv === null ? 0 : 6);
  const parameters = parameterCount(model);
  if (numbers < parameters) {
    throw new InputError('training-set-too-small', 'the labels do not determine the parameters', {
      expected: `at least ${parameters} labelled numbers (energies, force and stress components)`,
      found: `${numbers} in ${configurations.length} configurations`,
      remedy: 'label more configurations or take a lower level',
    });
  }
}
