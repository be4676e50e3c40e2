/**
 * What a configuration's energy, forces and virial are for each basis function by itself: the design matrix of the
 * linear fit. For each basis function only the products and basic moments that it depends on are visited.
 */
import type { MomentProgram } from './moment-program.ts';
import { momentProgram } from './moment-program.ts';
import type { MtpPotential } from './potential.ts';
import { SiteKernel } from './site-kernel.ts';
import type { TrainingConfiguration } from './training-set.ts';

/** Products, last first, and basic moments that a basis function depends on. */
interface Dependence {
  readonly products: Int32Array;
  readonly basic: Int32Array;
  readonly moments: Int32Array;
}

export class BasisGradients {
  readonly #program: MomentProgram;
  readonly #kernel: SiteKernel;
  readonly #dependences: Dependence[];
  readonly #moments: Float64Array;
  readonly #adjoints: Float64Array;
  /** ∂M_b/∂r of one pair, 3 a basic moment; derivatives of the monomials by u, 3 each. */
  readonly #basicGradients: Float64Array;
  readonly #monomialGradients: Float64Array;
  /** ∂B_α/∂M_b, one after another for the b of each α. */
  readonly #jacobian: Float64Array;

  constructor(model: MtpPotential) {
    this.#program = momentProgram(model.template);
    this.#kernel = new SiteKernel(this.#program, model.radialBasisSize, model.speciesCount, model);
    this.#dependences = Array.from(this.#program.scalars, (scalar) => dependence(this.#program, scalar));
    this.#moments = new Float64Array(this.#program.momentCount);
    this.#adjoints = new Float64Array(this.#program.momentCount);
    this.#basicGradients = new Float64Array(3 * this.#program.basicCount);
    this.#monomialGradients = new Float64Array(3 * this.#program.monomialCount);
    this.#jacobian = new Float64Array(this.#dependences.reduce((sum, { basic }) => sum + basic.length, 0));
  }

  /** Rows of the design matrix for a configuration: energy, 3N force components, 9 of the virial. */
  static rows(atoms: number): number {
    return 1 + 3 * atoms + 9;
  }

  /**
   * Writes one column of `rows(N)` numbers for each basis function, one after another, to `columns`. `coefficients` are
   * the radial ones times the scaling.
   */
  write(configuration: TrainingConfiguration, coefficients: Float64Array, columns: Float64Array): void {
    const { atoms, species, start, pairs } = configuration;
    const rows = BasisGradients.rows(atoms);
    const { scalars } = this.#program;
    columns.fill(0, 0, rows * scalars.length);
    this.#kernel.reserve(start[atoms]!);
    for (let i = 0; i < atoms; i++) {
      this.#kernel.forward(pairs, start[i]!, start[i + 1]!, species[i]!, coefficients, this.#moments, 0);
      this.#differentiateByBasic();
      for (let s = 0; s < scalars.length; s++) {
        columns[rows * s] = columns[rows * s]! + this.#moments[scalars[s]!]!;
      }
      for (let p = start[i]!; p < start[i + 1]!; p++) this.#addPair(configuration, i, p, columns);
    }
  }

  #differentiateByBasic(): void {
    const { left, right, target, weight, scalars } = this.#program;
    const adjoints = this.#adjoints;
    const moments = this.#moments;
    let at = 0;
    for (let s = 0; s < scalars.length; s++) {
      const { products, basic, moments: touched } = this.#dependences[s]!;
      for (let n = 0; n < touched.length; n++) adjoints[touched[n]!] = 0;
      adjoints[scalars[s]!] = 1;
      for (let n = 0; n < products.length; n++) {
        const t = products[n]!;
        const i = left[t]!;
        const j = right[t]!;
        const g = weight[t]! * adjoints[target[t]!]!;
        adjoints[i] = adjoints[i]! + g * moments[j]!;
        adjoints[j] = adjoints[j]! + g * moments[i]!;
      }
      for (let n = 0; n < basic.length; n++) this.#jacobian[at++] = adjoints[basic[n]!]!;
    }
  }

  #addPair({ atoms, pairs }: TrainingConfiguration, i: number, p: number, columns: Float64Array): void {
    this.#differentiateBasic(pairs.unit, pairs.rA[p]!, p);
    const rows = BasisGradients.rows(atoms);
    const j = pairs.atom[p]!;
    const rA = pairs.rA[p]!;
    const [rx, ry, rz] = [rA * pairs.unit[3 * p]!, rA * pairs.unit[3 * p + 1]!, rA * pairs.unit[3 * p + 2]!];
    const gradients = this.#basicGradients;
    let at = 0;
    for (let s = 0; s < this.#dependences.length; s++) {
      const { basic } = this.#dependences[s]!;
      let dx = 0;
      let dy = 0;
      let dz = 0;
      for (let n = 0; n < basic.length; n++) {
        const b = 3 * basic[n]!;
        const g = this.#jacobian[at++]!;
        dx += g * gradients[b]!;
        dy += g * gradients[b + 1]!;
        dz += g * gradients[b + 2]!;
      }
      const first = rows * s + 1;
      const virial = first + 3 * atoms;
      const ofI = first + 3 * i;
      columns[ofI] = columns[ofI]! + dx;
      columns[ofI + 1] = columns[ofI + 1]! + dy;
      columns[ofI + 2] = columns[ofI + 2]! + dz;
      const ofJ = first + 3 * j;
      columns[ofJ] = columns[ofJ]! - dx;
      columns[ofJ + 1] = columns[ofJ + 1]! - dy;
      columns[ofJ + 2] = columns[ofJ + 2]! - dz;
      columns[virial] = columns[virial]! - dx * rx;
      columns[virial + 1] = columns[virial + 1]! - dx * ry;
      columns[virial + 2] = columns[virial + 2]! - dx * rz;
      columns[virial + 3] = columns[virial + 3]! - dy * rx;
      columns[virial + 4] = columns[virial + 4]! - dy * ry;
      columns[virial + 5] = columns[virial + 5]! - dy * rz;
      columns[virial + 6] = columns[virial + 6]! - dz * rx;
      columns[virial + 7] = columns[virial + 7]! - dz * ry;
      columns[virial + 8] = columns[virial + 8]! - dz * rz;
    }
  }

  /** ∂M_b/∂r = f'_μ P_b u + f_μ (∇P_b − u (u·∇P_b)) / r. */
  #differentiateBasic(unit: Float64Array, rA: number, p: number): void {
    const { radialFunctions, basicCount, basicMu, basicMonomial, monomialCount, monomialParent, monomialAxis } =
      this.#program;
    const { radial, radialSlopes, monomials } = this.#kernel;
    const gradients = this.#monomialGradients;
    const m0 = p * monomialCount;
    gradients.fill(0, 0, 3);
    for (let m = 1; m < monomialCount; m++) {
      const parent = monomialParent[m]!;
      const axis = monomialAxis[m]!;
      const u = unit[3 * p + axis]!;
      for (let a = 0; a < 3; a++) gradients[3 * m + a] = gradients[3 * parent + a]! * u;
      gradients[3 * m + axis] = gradients[3 * m + axis]! + monomials[m0 + parent]!;
    }
    const [ux, uy, uz] = [unit[3 * p]!, unit[3 * p + 1]!, unit[3 * p + 2]!];
    for (let b = 0; b < basicCount; b++) {
      const m = basicMonomial[b]!;
      const f = radial[p * radialFunctions + basicMu[b]!]! / rA;
      const [gx, gy, gz] = [gradients[3 * m]!, gradients[3 * m + 1]!, gradients[3 * m + 2]!];
      const along =
        radialSlopes[p * radialFunctions + basicMu[b]!]! * monomials[m0 + m]! - f * (ux * gx + uy * gy + uz * gz);
      this.#basicGradients[3 * b] = along * ux + f * gx;
      this.#basicGradients[3 * b + 1] = along * uy + f * gy;
      this.#basicGradients[3 * b + 2] = along * uz + f * gz;
    }
  }
}

function dependence(program: MomentProgram, scalar: number): Dependence {
  const { left, right, target, basicCount } = program;
  const needed = new Set([scalar]);
  const products: number[] = [];
  for (let t = program.productCount - 1; t >= 0; t--) {
    if (!needed.has(target[t]!)) continue;
    products.push(t);
    needed.add(left[t]!).add(right[t]!);
  }
  const moments = [...needed].sort((a, b) => a - b);
  return {
    products: Int32Array.from(products),
    basic: Int32Array.from(moments.filter((k) => k < basicCount)),
    moments: Int32Array.from(moments),
  };
}
