/**
 * The normal equations of the linear coefficients at given radial ones, one configuration after another: the plain
 * reference beside compiled-training.ts. All forces weigh alike here, also where the loss weighs them by size.
 */
import { BasisGradients } from './basis-gradients.ts';
import { type MtpPotential, radialCount } from './potential.ts';
import type { TrainingConfiguration } from './training-set.ts';

/** AᵀWA and AᵀWy of the linear coefficients (species, moments) at one scaling. */
export interface NormalEquations {
  readonly matrix: Float64Array;
  readonly rightSide: Float64Array;
  readonly scaling: number;
}

export interface NormalEquationsSource {
  /** Normal equations for the radial part of `parameters`. */
  assemble(parameters: Float64Array, scaling: number): NormalEquations;
}

export class PlainNormalEquations implements NormalEquationsSource {
  readonly #set: readonly TrainingConfiguration[];
  readonly #model: MtpPotential;
  readonly #gradients: BasisGradients;
  readonly #columns: Float64Array;

  constructor(set: readonly TrainingConfiguration[], model: MtpPotential) {
    this.#set = set;
    this.#model = model;
    this.#gradients = new BasisGradients(model);
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
