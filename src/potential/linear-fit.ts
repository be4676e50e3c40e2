/**
 * The linear half of a fit: species and moment coefficients that minimise the loss at given radial coefficients, by
 * normal equations, and the choice of the scaling. Like MLIP-2's, the linear fit weighs all forces alike, also where the
 * loss has weights by force.
 */
import { InputError } from '../numerics/input-error.ts';
import { invertWithRidge, solveWithRidge } from '../numerics/linear-solve.ts';
import { BasisGradients } from './basis-gradients.ts';
import { type MtpPotential, radialCount } from './potential.ts';
import type { TrainingConfiguration } from './training-set.ts';

const RIDGE = 1e-13;
/** Keeps the steps of a minimisation finite along directions that no label determines. */
const HESSIAN_RIDGE = 1e-7;
/** Factors tried on the scaling, and how often a better one may be gone after. */
const SCALING_FACTORS = [1 / 1.2, 1 / 1.1, 1, 1.1, 1.2];
const MAX_RESCALINGS = 100;

/** AᵀWA and AᵀWy of the linear coefficients (species, moments) at one scaling. */
export interface NormalEquations {
  readonly matrix: Float64Array;
  readonly rightSide: Float64Array;
  readonly scaling: number;
}

export class LinearFit {
  readonly #set: readonly TrainingConfiguration[];
  readonly #model: MtpPotential;
  readonly #gradients: BasisGradients;
  readonly #degrees: Int32Array;
  readonly #columns: Float64Array;

  /** @throws InputError `bad-template` where a basis function is not a sum of products of equally many moments */
  constructor(set: readonly TrainingConfiguration[], model: MtpPotential) {
    this.#set = set;
    this.#model = model;
    this.#gradients = new BasisGradients(model);
    this.#degrees = degrees(model);
    const mostRows = Math.max(...set.map(({ atoms }) => BasisGradients.rows(atoms)));
    this.#columns = new Float64Array(mostRows * (model.template.scalars.length + 1));
  }

  /** Normal equations for the radial part of `parameters`, summed over the configurations in order. */
  assemble(parameters: Float64Array, scaling: number): NormalEquations {
    const { speciesCount, template } = this.#model;
    const n = speciesCount + template.scalars.length;
    const equations = { matrix: new Float64Array(n * n), rightSide: new Float64Array(n), scaling };
    const coefficients = parameters.slice(0, radialCount(this.#model));
    for (let c = 0; c < coefficients.length; c++) coefficients[c] = coefficients[c]! * scaling;
    for (const configuration of this.#set) {
      this.#gradients.write(configuration, coefficients, this.#columns);
      this.#add(configuration, equations);
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) equations.matrix[n * j + i] = equations.matrix[n * i + j]!;
    }
    return equations;
  }

  /** Adds a configuration to the lower triangle. Species columns are zero but for the energy's row. */
  #add(configuration: TrainingConfiguration, { matrix, rightSide }: NormalEquations): void {
    const { speciesCount, template } = this.#model;
    const { species, energyEv, energyWeight } = configuration;
    const functions = template.scalars.length;
    const n = speciesCount + functions;
    const columns = this.#columns;
    const counts = new Float64Array(speciesCount);
    for (const z of species) counts[z] = counts[z]! + 1;
    const { weights, labels } = weighedRows(configuration);
    const rows = weights.length;
    for (let a = 0; a < speciesCount; a++) {
      for (let b = 0; b <= a; b++) matrix[n * a + b] = matrix[n * a + b]! + energyWeight * counts[a]! * counts[b]!;
      rightSide[a] = rightSide[a]! + energyWeight * counts[a]! * energyEv;
    }
    const weighed = columns.subarray(rows * functions, rows * (functions + 1));
    for (let s = 0; s < functions; s++) {
      const row = speciesCount + s;
      for (let r = 0; r < rows; r++) weighed[r] = weights[r]! * columns[rows * s + r]!;
      for (let a = 0; a < speciesCount; a++) matrix[n * row + a] = matrix[n * row + a]! + weighed[0]! * counts[a]!;
      for (let other = 0; other <= s; other++) {
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += weighed[r]! * columns[rows * other + r]!;
        matrix[n * row + speciesCount + other] = matrix[n * row + speciesCount + other]! + sum;
      }
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += weighed[r]! * labels[r]!;
      rightSide[row] = rightSide[row]! + sum;
    }
  }

  /** The linear coefficients at a scaling that may differ from that of the equations. */
  solve(equations: NormalEquations, scaling: number): Float64Array {
    const { matrix, rightSide } = this.#rescaled(equations, scaling);
    return solveWithRidge(matrix, rightSide, RIDGE).solution;
  }

  /** Inverse of the loss's second derivatives by the linear coefficients, kept finite where the data leave them open. */
  inverseHessian(equations: NormalEquations, scaling: number): Float64Array {
    const { matrix, rightSide } = this.#rescaled(equations, scaling);
    const factor = 2 / this.#set.length;
    return invertWithRidge(
      matrix.map((a) => factor * a),
      rightSide.length,
      HESSIAN_RIDGE,
    );
  }

  /** A product of k moments goes with the kth power of the scaling. */
  #rescaled(equations: NormalEquations, scaling: number): NormalEquations {
    const n = equations.rightSide.length;
    const ratio = scaling / equations.scaling;
    const powers = [1, ratio];
    for (const degree of this.#degrees) while (powers.length <= degree) powers.push(powers.at(-1)! * ratio);
    const factor = (k: number): number =>
      k < this.#model.speciesCount ? 1 : powers[this.#degrees[k - this.#model.speciesCount]!]!;
    const matrix = equations.matrix.slice();
    const rightSide = equations.rightSide.slice();
    for (let i = 0; i < n; i++) {
      rightSide[i] = rightSide[i]! * factor(i);
      for (let j = 0; j < n; j++) matrix[n * i + j] = matrix[n * i + j]! * factor(i) * factor(j);
    }
    return { matrix, rightSide, scaling };
  }

  /**
   * The scaling, reached by factors of 1.1 and 1.2, at which the linear coefficients are most of a size: least norm over
   * median modulus; and the coefficients there.
   */
  rescale(equations: NormalEquations): { scaling: number; linear: Float64Array } {
    let scaling = equations.scaling;
    let linear = this.solve(equations, scaling);
    let spread = spreadOf(linear);
    for (let n = 0; n < MAX_RESCALINGS; n++) {
      const centre = scaling;
      for (const factor of SCALING_FACTORS) {
        if (factor === 1) continue;
        const candidate = this.solve(equations, centre * factor);
        const candidateSpread = spreadOf(candidate);
        if (!(candidateSpread < spread)) continue;
        [scaling, linear, spread] = [centre * factor, candidate, candidateSpread];
      }
      if (scaling === centre) break;
    }
    return { scaling, linear };
  }
}

function weighedRows(configuration: TrainingConfiguration): { weights: Float64Array; labels: Float64Array } {
  const { atoms, energyEv, forcesEvA, virialEv, energyWeight, forceWeight, stressWeight } = configuration;
  const rows = BasisGradients.rows(atoms);
  const weights = new Float64Array(rows).fill(forceWeight);
  weights[0] = energyWeight;
  weights.fill(stressWeight, rows - 9);
  const labels = new Float64Array(rows);
  labels[0] = energyEv;
  labels.set(forcesEvA, 1);
  labels.set(virialEv, rows - 9);
  return { weights, labels };
}

function spreadOf(linear: Float64Array): number {
  const sorted = linear.map((value) => Math.abs(value)).sort();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : 0.5 * (sorted[middle - 1]! + sorted[middle]!);
  let norm2 = 0;
  for (const value of linear) norm2 += value * value;
  return Math.sqrt(norm2) / median;
}

/** Number of moment tensors in each basis function. */
function degrees({ template }: MtpPotential): Int32Array {
  const degree = new Int32Array(template.momentCount).fill(1, 0, template.basic.length / 4);
  for (let t = 0; t < template.products.length; t += 4) {
    const [i, j, , k] = template.products.subarray(t, t + 4) as unknown as [number, number, number, number];
    const sum = degree[i]! + degree[j]!;
    if (degree[k] !== 0 && degree[k] !== sum) {
      throw new InputError('bad-template', `moment ${k} adds products of different numbers of basic moments`);
    }
    degree[k] = sum;
  }
  return template.scalars.map((scalar) => degree[scalar]!);
}
