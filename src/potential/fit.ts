/**
 * Fits a moment tensor potential to labelled configurations, by MLIP-2's procedure from a seeded start: random radial
 * coefficients; linear coefficients by least squares, the scaling chosen with them; a short pre-training and a fresh
 * choice of the scaling; then BFGS over all parameters, with the linear coefficients solved anew every 50 iterations,
 * until the loss falls by less than the tolerance in 50 iterations. Two things differ: BFGS starts from the known second
 * derivatives by the linear coefficients instead of the identity, and a solve that would raise the loss (it can, where
 * forces are weighed by size) is not kept. Then, if it is asked for, a refinement: BFGS in the metric of the
 * Gauss–Newton matrix of all parameters, renewed every 100 iterations, which gets on where plain BFGS creeps.
 *
 * Every step is a function of the configurations, the settings and the seed alone. A fit can be cut between any two
 * iterations and go on from its state (fit-state.ts) with the same bits.
 */
import { forgetHessian, moveBfgs, type Objective, startBfgs, stepBfgs } from '../numerics/bfgs.ts';
import { InputError } from '../numerics/input-error.ts';
import { RandomStream } from '../numerics/philox.ts';
import { type CompiledTraining, createCompiledTraining } from './compiled-training.ts';
import { checkSize, emptyModel, type FitSettings } from './fit-settings.ts';
import {
  FIT_PERIOD,
  type FitPhase,
  type FitState,
  type MinimisationState,
  periodOf,
  REFINEMENT_PERIOD,
  type RefinementState,
} from './fit-state.ts';
import { gaussNewtonMetric } from './gauss-newton-metric.ts';
import { LinearFit } from './linear-fit.ts';
import type { NormalEquations } from './normal-equations.ts';
import { type MtpPotential, packParameters, parameterCount, radialCount, withParameters } from './potential.ts';
import { orthogonaliseRadial } from './radial-penalty.ts';
import { type LabelledConfiguration, prepareTraining, type TrainingConfiguration } from './training-set.ts';

export interface FitOptions extends FitSettings {
  /** 16 hexadecimal digits. */
  readonly seed: string;
}

/**
 * Where a segment of a fit begins: at the fit's random start, at the radial coefficients of a potential that was fitted to
 * less (without a pre-training then), or where the segment before ended.
 */
export type FitStart =
  | { readonly from: 'seed'; readonly seed: string }
  | { readonly from: 'potential'; readonly potential: MtpPotential }
  | { readonly from: 'state'; readonly state: FitState };

export interface FitResult {
  readonly potential: MtpPotential;
  /** Iterations of the main minimisation, and of the refinement. */
  readonly iterations: number;
  readonly refinements: number;
  /** Loss of the potential. */
  readonly loss: number;
  /** False where the limit of the last phase's iterations ended the fit. */
  readonly converged: boolean;
}

/** Losses after each iteration of a segment, by phase; that at the start of a phase before them, where it begins here. */
export type LossHistory = { readonly [phase in FitPhase]: Float64Array };

/** `module`: the WebAssembly kernel that computed it. */
export type FitSegment = { readonly history: LossHistory; readonly module: Uint8Array } & (
  | { readonly finished: false; readonly state: FitState }
  | { readonly finished: true; readonly result: FitResult }
);

const PRE_ITERATIONS = 75;
/** A fall of the loss in one iteration below this ends the fit. */
const LEAST_FALL = 1e-13;
/** Length of the step, in radial coefficients of norm 1, over which the curvature is measured. */
const CURVATURE_STEP = 1e-6;

/**
 * The whole fit at once.
 * @throws as `fitSegment`
 */
export function fitPotential(
  configurations: readonly LabelledConfiguration[],
  options: FitOptions,
): FitResult & { readonly lossHistory: Float64Array } {
  const segment = fitSegment(configurations, options, { from: 'seed', seed: options.seed }, Number.POSITIVE_INFINITY);
  if (!segment.finished) throw new Error('a fit without a limit was cut');
  return { ...segment.result, lossHistory: segment.history.main };
}

/**
 * Iterations of a fit, `iterations` of them or fewer if it ends before: of both phases together. It ends in the segment
 * in which its last iteration is.
 * @throws InputError `training-set-too-small` where there are fewer labelled numbers than parameters,
 *   `bad-fit-options`, `bad-fit-state`, `bad-label`, `bad-seed`, `empty-training-set`, and those of structures that
 *   cannot be evaluated
 */
export function fitSegment(
  configurations: readonly LabelledConfiguration[],
  settings: FitSettings,
  start: FitStart,
  iterations: number,
): FitSegment {
  const fit = openFit(configurations, settings);
  try {
    return fit.run(start, iterations);
  } finally {
    fit.close();
  }
}

export interface OpenFit {
  /** As `fitSegment` with the same configurations and settings. */
  run(start: FitStart, iterations: number): FitSegment;
  /** Nothing may be asked of it afterwards. */
  close(): void;
}

/** What the segments of a fit have in common, made ready once. @throws as `fitSegment` */
export function openFit(configurations: readonly LabelledConfiguration[], settings: FitSettings): OpenFit {
  const model = emptyModel(settings);
  const set = prepareTraining(configurations, settings);
  checkSize(set, configurations, model);
  const training = createCompiledTraining(set, model, settings.crew);
  return {
    run: (start, iterations) => new Fit(set, model, settings, training).run(start, iterations),
    close: () => training.release(),
  };
}

/** A phase under way. */
interface UnderWay {
  iteration: number;
  readonly losses: number[];
  converged: boolean;
}
type Minimisation = MinimisationState & UnderWay & { readonly objective: Objective };
type Refinement = RefinementState & UnderWay & { readonly objective: Objective };

class Fit {
  readonly #settings: FitSettings;
  readonly #model: MtpPotential;
  readonly #training: CompiledTraining;
  readonly #linear: LinearFit;
  readonly #limits: { readonly [phase in FitPhase]: number };
  readonly #history: { readonly [phase in FitPhase]: number[] } = {
    'pre-training': [],
    main: [],
    refinement: [],
  };

  constructor(
    set: readonly TrainingConfiguration[],
    model: MtpPotential,
    settings: FitSettings,
    training: CompiledTraining,
  ) {
    this.#settings = settings;
    this.#model = model;
    this.#training = training;
    this.#linear = new LinearFit(training, set.length, model);
    this.#limits = {
      'pre-training': settings.preIterations ?? PRE_ITERATIONS,
      main: settings.maxIterations,
      refinement: settings.refineIterations ?? 0,
    };
  }

  run(start: FitStart, iterations: number): FitSegment {
    let at = this.#start(start);
    for (let done = 0; ; ) {
      if (this.#isOver(at) && at.phase === 'pre-training') at = this.#begin('main', at.bfgs.x, at.scaling);
      if (this.#isOver(at) && at.phase === 'main' && this.#limits.refinement > 0) at = this.#refine(at);
      if (this.#isOver(at)) return { ...this.#common(), finished: true, result: this.#finish(at) };
      if (done >= iterations) return { ...this.#common(), finished: false, state: stateOf(at) };
      at = this.#iterate(at);
      done += 1;
    }
  }

  #start(start: FitStart): Minimisation | Refinement {
    if (start.from === 'state') return this.#goOn(start.state);
    if (start.from === 'seed') return this.#begin('pre-training', startingParameters(this.#model, start.seed), 1);
    const { potential } = start;
    requireSameForm(this.#model, potential);
    return this.#begin('main', packParameters(potential), potential.scaling);
  }

  /** Solves the linear coefficients with a new choice of the scaling, and starts to minimise from there. */
  #begin(phase: 'pre-training' | 'main', from: Float64Array, previousScaling: number): Minimisation {
    const { parameters, scaling } = this.#rescale(from, previousScaling);
    const objective = this.#objective(scaling);
    const bfgs = startBfgs(parameters, objective, this.#firstInverseHessian(parameters, scaling, objective));
    if (!Number.isFinite(bfgs.value)) {
      throw new InputError('non-finite-loss', 'the loss at the start of the fit is not a number', {
        remedy: 'look for configurations with atoms that are much too near',
      });
    }
    this.#history[phase].push(bfgs.value);
    return { phase, iteration: 0, scaling, bfgs, losses: [bfgs.value], objective, converged: false };
  }

  /** From where the main minimisation ended. */
  #refine(main: Minimisation): Refinement {
    const { bfgs, scaling, objective } = this.#renewed(main);
    this.#history.refinement.push(bfgs.value);
    return {
      phase: 'refinement',
      iteration: 0,
      scaling,
      bfgs,
      mainIterations: main.iteration,
      losses: [bfgs.value],
      objective,
      converged: false,
    };
  }

  /** The linear coefficients solved once more, where that does not raise the loss, and the metric there. */
  #renewed({
    bfgs,
    scaling: previousScaling,
  }: Minimisation | Refinement): Pick<Refinement, 'bfgs' | 'scaling' | 'objective'> {
    let { parameters, scaling } = this.#rescale(bfgs.x, previousScaling);
    if (!(this.#training.evaluate(parameters, scaling) <= bfgs.value)) {
      parameters = bfgs.x;
      scaling = previousScaling;
    }
    const objective = this.#objective(scaling);
    const metric = gaussNewtonMetric(this.#training.gaussNewton(parameters, scaling), parameters.length);
    return { bfgs: startBfgs(parameters, objective, metric), scaling, objective };
  }

  #goOn(state: FitState): Minimisation | Refinement {
    const expected = parameterCount(this.#model);
    const found = state.bfgs.x.length;
    if (found !== expected) {
      throw new InputError('bad-fit-state', 'the state is that of a fit of another size', {
        expected: `${expected} parameters`,
        found: String(found),
      });
    }
    const copy = structuredClone(state);
    const underWay = { losses: [...copy.losses], converged: false };
    return { ...copy, ...underWay, objective: this.#objective(copy.scaling) };
  }

  #isOver({ phase, iteration, converged }: Minimisation | Refinement): boolean {
    return converged || iteration >= this.#limits[phase];
  }

  #iterate(from: Minimisation | Refinement): Minimisation | Refinement {
    const before = from.bfgs.value;
    const isDue = from.phase === 'refinement' && from.iteration > 0 && from.iteration % REFINEMENT_PERIOD === 0;
    const at = isDue ? { ...from, ...this.#renewed(from) } : from;
    at.iteration += 1;
    if (at.phase !== 'refinement' && at.iteration % FIT_PERIOD === 0) this.#solveWithin(at);
    const moved = stepBfgs(at.bfgs, at.objective);
    const loss = at.bfgs.value;
    const period = periodOf(at.phase);
    this.#history[at.phase].push(loss);
    at.losses.push(loss);
    if (at.losses.length > period + 1) at.losses.shift();
    const offset = at.phase === 'pre-training' ? this.#limits['pre-training'] : 0;
    this.#settings.onProgress?.(at.iteration - offset, loss, at.phase);
    at.converged = !moved || before - loss < LEAST_FALL || this.#hasLevelledOff(at.losses, period);
    return at;
  }

  #hasLevelledOff(losses: readonly number[], period: number): boolean {
    if (losses.length <= period) return false;
    const before = losses[losses.length - 1 - period]!;
    return before - losses.at(-1)! < this.#settings.convergenceTolerance * before;
  }

  #finish(at: Minimisation | Refinement): FitResult {
    const { converged, iteration } = at;
    if (at.phase === 'refinement') {
      const { bfgs, scaling, mainIterations } = at;
      const potential = { ...withParameters(this.#model, bfgs.x), scaling };
      return { potential, iterations: mainIterations, refinements: iteration, loss: bfgs.value, converged };
    }
    const { parameters, scaling } = this.#rescale(at.bfgs.x, at.scaling);
    return {
      potential: { ...withParameters(this.#model, parameters), scaling },
      iterations: iteration,
      refinements: 0,
      loss: this.#training.evaluate(parameters, scaling),
      converged,
    };
  }

  #common(): { readonly history: LossHistory; readonly module: Uint8Array } {
    const history = {
      'pre-training': Float64Array.from(this.#history['pre-training']),
      main: Float64Array.from(this.#history.main),
      refinement: Float64Array.from(this.#history.refinement),
    };
    return { history, module: this.#training.module };
  }

  #objective(scaling: number): Objective {
    return (x, gradient) => this.#training.evaluate(x, scaling, gradient);
  }

  /**
   * A first inverse Hessian: exact for the linear coefficients, whose scales differ widely; for the radial ones the
   * inverse of the curvature along the gradient.
   */
  #firstInverseHessian(parameters: Float64Array, scaling: number, objective: Objective): Float64Array {
    const n = parameters.length;
    const radial = radialCount(this.#model);
    const inverse = new Float64Array(n * n);
    const curvature = this.#radialCurvature(parameters, objective);
    for (let k = 0; k < radial; k++) inverse[n * k + k] = 1 / curvature;
    const equations = this.#linear.assemble(parameters, scaling);
    const linear = this.#linear.inverseHessian(equations, scaling);
    for (let i = radial; i < n; i++) {
      const row = (n - radial) * (i - radial);
      inverse.set(linear.subarray(row, row + n - radial), n * i + radial);
    }
    return inverse;
  }

  /** |gᵀHg| / |g|² for the radial part g of the gradient, by a difference of gradients. */
  #radialCurvature(parameters: Float64Array, objective: Objective): number {
    const radial = radialCount(this.#model);
    const gradient = new Float64Array(parameters.length);
    objective(parameters, gradient);
    let norm2 = 0;
    for (let k = 0; k < radial; k++) norm2 += gradient[k]! * gradient[k]!;
    if (norm2 === 0) return 1;
    const step = CURVATURE_STEP / Math.sqrt(norm2);
    const moved = parameters.map((x, k) => (k < radial ? x - step * gradient[k]! : x));
    const movedGradient = new Float64Array(moved.length);
    objective(moved, movedGradient);
    let bend = 0;
    for (let k = 0; k < radial; k++) bend += (gradient[k]! - movedGradient[k]!) * gradient[k]!;
    const curvature = Math.abs(bend) / (step * norm2);
    return curvature > 0 && Number.isFinite(curvature) ? curvature : 1;
  }

  /** Solves the linear coefficients between iterations; keeps the point as it is where that raises the loss. */
  #solveWithin({ bfgs, scaling, objective }: Minimisation): void {
    const [value, x] = [bfgs.value, bfgs.x.slice()];
    const { parameters, equations } = this.#orthogonalised(x, scaling);
    parameters.set(this.#linear.solve(equations, scaling), radialCount(this.#model));
    moveBfgs(bfgs, parameters, objective);
    if (!(bfgs.value <= value)) moveBfgs(bfgs, x, objective);
  }

  /** Orthonormal radial coefficients, then the linear ones by least squares, with the scaling chosen anew. */
  #rescale(from: Float64Array, previousScaling: number): { parameters: Float64Array; scaling: number } {
    const { parameters, equations } = this.#orthogonalised(from, previousScaling);
    const { scaling, linear } = this.#linear.rescale(equations);
    parameters.set(linear, radialCount(this.#model));
    return { parameters, scaling };
  }

  /** The same with orthonormal radial coefficients, and the equations of the linear ones there. */
  #orthogonalised(from: Float64Array, scaling: number): { parameters: Float64Array; equations: NormalEquations } {
    const parameters = from.slice();
    orthogonaliseRadial(this.#model, parameters);
    return { parameters, equations: this.#linear.assemble(parameters, scaling) };
  }
}

/** A Hessian that has overflowed is forgotten in the next step anyway; forgotten now, all of the state is finite. */
function stateOf(at: Minimisation | Refinement): FitState {
  const { iteration, scaling, losses, bfgs } = at;
  if (!bfgs.inverseHessian.every(Number.isFinite)) forgetHessian(bfgs);
  const common = { iteration, scaling, bfgs, losses };
  return at.phase === 'refinement'
    ? { phase: at.phase, mainIterations: at.mainIterations, ...common }
    : { phase: at.phase, ...common };
}

/** @throws InputError `other-potential` where the coefficients of one mean something else in the other */
function requireSameForm(model: MtpPotential, start: MtpPotential): void {
  const form = (p: MtpPotential): string =>
    `${p.template.scalars.length} basis functions, ${p.speciesCount} species, ${p.radialBasisSize} radial functions ` +
    `from ${p.minDistanceA} to ${p.maxDistanceA} Å`;
  if (form(model) === form(start)) return;
  throw new InputError('other-potential', 'the fit cannot start from a potential of another form', {
    expected: form(model),
    found: form(start),
  });
}

/** Radial coefficients uniform in (−5e-7, 5e-7) from stream 0 of the seed; the first linear solve fixes their norm. */
function startingParameters(model: MtpPotential, seed: string): Float64Array {
  const stream = new RandomStream(seed, 0);
  const parameters = packParameters(model);
  const radial = radialCount(model);
  for (let c = 0; c < radial; c++) parameters[c] = (2 * stream.uniform() - 1) * 5e-7;
  return parameters;
}
