/**
 * The loops over the neighbours of one atom: radial functions, monomials of the unit vectors, basic moments, and the way
 * back from derivatives by moments to derivatives by neighbour positions. Plain and portable; a compiled kernel would
 * stand in for this class. Results of `forward` stay in the scratch arrays, at the place of their pair, until the pair
 * is overwritten, so that a caller may come back for derivatives.
 */
import { type MomentProgram, multiplyMoments } from './moment-program.ts';
import { createPairs, type Pairs } from './pairs.ts';
import { type RadialInterval, radialBasis } from './radial-basis.ts';

export class SiteKernel {
  readonly program: MomentProgram;
  readonly radialBasisSize: number;
  readonly #interval: RadialInterval;
  readonly #speciesCount: number;
  #capacity = 0;
  pairs: Pairs = createPairs(0);
  /** φ_n and φ'_n, R a pair; f_μ and f'_μ, K a pair; monomials. */
  basis = new Float64Array(0);
  basisSlopes = new Float64Array(0);
  radial = new Float64Array(0);
  radialSlopes = new Float64Array(0);
  monomials = new Float64Array(0);
  readonly #byMonomial: Float64Array;
  readonly #byLabel: Float64Array;
  readonly #byUnit = new Float64Array(3);

  constructor(program: MomentProgram, radialBasisSize: number, speciesCount: number, interval: RadialInterval) {
    this.program = program;
    this.radialBasisSize = radialBasisSize;
    this.#speciesCount = speciesCount;
    this.#interval = interval;
    this.#byMonomial = new Float64Array(program.monomialCount);
    this.#byLabel = new Float64Array(program.radialFunctions);
  }

  /** Makes room for this many pairs; what was there is lost if the room has to grow. */
  reserve(pairs: number): void {
    if (pairs <= this.#capacity) return;
    this.#capacity = Math.max(pairs, Math.ceil(1.5 * this.#capacity));
    this.pairs = createPairs(this.#capacity);
    this.basis = new Float64Array(this.#capacity * this.radialBasisSize);
    this.basisSlopes = new Float64Array(this.#capacity * this.radialBasisSize);
    this.radial = new Float64Array(this.#capacity * this.program.radialFunctions);
    this.radialSlopes = new Float64Array(this.#capacity * this.program.radialFunctions);
    this.monomials = new Float64Array(this.#capacity * this.program.monomialCount);
  }

  /**
   * All moments of an atom of species `central` whose neighbours are the pairs from … to−1. `coefficients` are the radial
   * ones times the scaling. Moments are written to `moments` from `at` on.
   */
  forward(
    pairs: Pairs,
    from: number,
    to: number,
    central: number,
    coefficients: Float64Array,
    moments: Float64Array,
    at: number,
  ): void {
    const { radialFunctions, basicCount, basicMu, basicMonomial, monomialCount } = this.program;
    const { radial, monomials } = this;
    moments.fill(0, at, at + basicCount);
    for (let p = from; p < to; p++) {
      const ofPair = (central * this.#speciesCount + pairs.species[p]!) * radialFunctions * this.radialBasisSize;
      this.#expandRadially(p, pairs.rA[p]!, coefficients, ofPair);
      this.#raiseMonomials(pairs.unit, p);
      const f = p * radialFunctions;
      const m = p * monomialCount;
      for (let b = 0; b < basicCount; b++) {
        moments[at + b] = moments[at + b]! + radial[f + basicMu[b]!]! * monomials[m + basicMonomial[b]!]!;
      }
    }
    multiplyMoments(this.program, moments, at);
  }

  #expandRadially(p: number, rA: number, coefficients: Float64Array, ofPair: number): void {
    const { basis, basisSlopes, radial, radialSlopes, radialBasisSize } = this;
    const { radialFunctions } = this.program;
    const n0 = p * radialBasisSize;
    radialBasis(this.#interval, rA, radialBasisSize, basis, basisSlopes, n0);
    for (let mu = 0; mu < radialFunctions; mu++) {
      const c = ofPair + mu * radialBasisSize;
      let value = 0;
      let slope = 0;
      for (let n = 0; n < radialBasisSize; n++) {
        value += coefficients[c + n]! * basis[n0 + n]!;
        slope += coefficients[c + n]! * basisSlopes[n0 + n]!;
      }
      radial[p * radialFunctions + mu] = value;
      radialSlopes[p * radialFunctions + mu] = slope;
    }
  }

  #raiseMonomials(unit: Float64Array, p: number): void {
    const { monomialCount, monomialParent, monomialAxis } = this.program;
    const { monomials } = this;
    const m0 = p * monomialCount;
    monomials[m0] = 1;
    for (let m = 1; m < monomialCount; m++) {
      monomials[m0 + m] = monomials[m0 + monomialParent[m]!]! * unit[3 * p + monomialAxis[m]!]!;
    }
  }

  /**
   * ∂V/∂r_ij of pair p, 3 numbers, from the derivatives of V by the basic moments. With Q_μ = Σ_b g_b P_b over the basic
   * moments of label μ and G = Σ_μ f_μ Q_μ at fixed f: dV/dr = Σ_μ f'_μ Q_μ u + (∇_u G − u (u·∇_u G)) / r.
   */
  pairGradient(pairs: Pairs, p: number, adjoints: Float64Array, at: number, out: Float64Array, outAt: number): void {
    const { radialFunctions, basicCount, basicMu, basicMonomial, monomialCount, monomialParent, monomialAxis } =
      this.program;
    const { radial, radialSlopes, monomials } = this;
    const byMonomial = this.#byMonomial;
    const byLabel = this.#byLabel;
    const byUnit = this.#byUnit;
    const f = p * radialFunctions;
    const m0 = p * monomialCount;
    byMonomial.fill(0);
    byLabel.fill(0);
    byUnit.fill(0);
    for (let b = 0; b < basicCount; b++) {
      const g = adjoints[at + b]!;
      const mu = basicMu[b]!;
      const m = basicMonomial[b]!;
      byLabel[mu] = byLabel[mu]! + g * monomials[m0 + m]!;
      byMonomial[m] = byMonomial[m]! + g * radial[f + mu]!;
    }
    for (let m = monomialCount - 1; m > 0; m--) {
      const parent = monomialParent[m]!;
      const axis = monomialAxis[m]!;
      const g = byMonomial[m]!;
      byUnit[axis] = byUnit[axis]! + g * monomials[m0 + parent]!;
      byMonomial[parent] = byMonomial[parent]! + g * pairs.unit[3 * p + axis]!;
    }
    let alongRadius = 0;
    for (let mu = 0; mu < radialFunctions; mu++) alongRadius += radialSlopes[f + mu]! * byLabel[mu]!;
    const ux = pairs.unit[3 * p]!;
    const uy = pairs.unit[3 * p + 1]!;
    const uz = pairs.unit[3 * p + 2]!;
    const perR = 1 / pairs.rA[p]!;
    const radialPart = alongRadius - (ux * byUnit[0]! + uy * byUnit[1]! + uz * byUnit[2]!) * perR;
    out[outAt] = radialPart * ux + byUnit[0]! * perR;
    out[outAt + 1] = radialPart * uy + byUnit[1]! * perR;
    out[outAt + 2] = radialPart * uz + byUnit[2]! * perR;
  }
}
