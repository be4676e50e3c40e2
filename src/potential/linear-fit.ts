/**
 * The linear half of a fit: species and moment coefficients that minimise the loss at given radial coefficients, by
 * normal equations, and the choice of the scaling. Like MLIP-2's, the linear fit weighs all forces alike, also where the
 * loss has weights by force.
 */
import { InputError } from '../numerics/input-error.ts';
import { invertWithRidge, solveWithRidge } from '../numerics/linear-solve.ts';
import type { NormalEquations, NormalEquationsSource } from './normal-equations.ts';
import type { MtpPotential } from './potential.ts';

const RIDGE = 1e-13;
/** Keeps the steps of a minimisation finite along directions that no label determines. */
const HESSIAN_RIDGE = 1e-7;
/** Factors tried on the scaling, and how often a better one may be gone after. */
const SCALING_FACTORS = [1 / 1.2, 1 / 1.1, 1, 1.1, 1.2];
const MAX_RESCALINGS = 100;

export class LinearFit {
  readonly #source: NormalEquationsSource;
  readonly #configurations: number;
  readonly #model: MtpPotential;
  readonly #degrees: Int32Array;

  /** @throws InputError `bad-template` where a basis function is not a sum of products of equally many moments */
  constructor(source: NormalEquationsSource, configurations: number, model: MtpPotential) {
    this.#source = source;
    this.#configurations = configurations;
    this.#model = model;
    this.#degrees = degrees(model);
  }

  /** Normal equations for the radial part of `parameters`. */
  assemble(parameters: Float64Array, scaling: number): NormalEquations {
    return this.#source.assemble(parameters, scaling);
  }

  /** The linear coefficients at a scaling that may differ from that of the equations. */
  solve(equations: NormalEquations, scaling: number): Float64Array {
    const { matrix, rightSide } = this.#rescaled(equations, scaling);
    return solveWithRidge(matrix, rightSide, RIDGE).solution;
  }

  /** Inverse of the loss's second derivatives by the linear coefficients, kept finite where the data leave them open. */
  inverseHessian(equations: NormalEquations, scaling: number): Float64Array {
    const { matrix, rightSide } = this.#rescaled(equations, scaling);
    const factor = 2 / this.#configurations;
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
