/**
 * The loss of a training set and its gradient by all parameters. The loss depends on energies, forces and virials, and
 * these on V_i and its derivatives d_ij = ∂V_i/∂r_ij, so
 *   dL = Σ_i (e dV_i + Σ_j w_ij · dd_ij),   e = ∂L/∂E,   w_ij = ∂L/∂F_i − ∂L/∂F_j − (∂L/∂S) r_ij;
 * Σ_j w_ij · d_ij is the derivative of V_i along the displacements w_ij. Moments M and their tangents Ṁ along w go
 * forward, the adjoints of both go back, and no second derivative is ever stored.
 */
import { type MomentProgram, momentProgram, multiplyTangents, sweepBack, sweepTangentsBack } from './moment-program.ts';
import type { MtpPotential } from './potential.ts';
import { parameterCount, radialCount } from './potential.ts';
import { addRadialPenalty } from './radial-penalty.ts';
import { SiteKernel } from './site-kernel.ts';
import type { TrainingConfiguration } from './training-set.ts';

export interface LossFunction {
  /** The loss at these parameters; its gradient is written if it is asked for. */
  evaluate(parameters: Float64Array, scaling: number, gradient?: Float64Array): number;
}

export class TrainingLoss implements LossFunction {
  readonly #set: readonly TrainingConfiguration[];
  readonly #model: MtpPotential;
  readonly #program: MomentProgram;
  readonly #kernel: SiteKernel;
  /** Moments and adjoints of all atoms of a configuration. */
  #moments = new Float64Array(0);
  #adjoints = new Float64Array(0);
  #forces = new Float64Array(0);
  readonly #virial = new Float64Array(9);
  /** Tangents of the monomials of all pairs, and w·u of each. */
  #monomialTangents = new Float64Array(0);
  #stretch = new Float64Array(0);
  readonly #tangents: Float64Array;
  readonly #turned: Float64Array;
  readonly #pairGradient = new Float64Array(3);
  readonly #partGradient: Float64Array;
  readonly #byValue: Float64Array;
  readonly #bySlope: Float64Array;

  /** `model` gives template, cutoffs, basis size, species and scaling; its parameters are not used. */
  constructor(set: readonly TrainingConfiguration[], model: MtpPotential) {
    this.#set = set;
    this.#model = model;
    this.#program = momentProgram(model.template);
    this.#kernel = new SiteKernel(this.#program, model.radialBasisSize, model.speciesCount, model);
    this.#tangents = new Float64Array(this.#program.momentCount);
    this.#turned = new Float64Array(this.#program.momentCount);
    this.#partGradient = new Float64Array(parameterCount(model));
    this.#byValue = new Float64Array(this.#program.radialFunctions);
    this.#bySlope = new Float64Array(this.#program.radialFunctions);
  }

  /**
   * Mean loss over the configurations, plus the penalty that keeps the radial coefficients orthonormal; writes the
   * gradient by the parameters (in the order of `packParameters`) if it is asked for. Each configuration's part is
   * worked out by itself and added in order, so that the parts may come from anywhere.
   */
  evaluate(parameters: Float64Array, scaling: number, gradient?: Float64Array): number {
    const radial = radialCount(this.#model);
    const coefficients = parameters.slice(0, radial);
    for (let c = 0; c < radial; c++) coefficients[c] = coefficients[c]! * scaling;
    let sum = 0;
    gradient?.fill(0);
    for (const configuration of this.#set) {
      sum += this.#ofConfiguration(configuration, parameters, coefficients, gradient !== undefined);
      if (gradient === undefined) continue;
      const part = this.#partGradient;
      for (let k = 0; k < radial; k++) gradient[k] = gradient[k]! + scaling * part[k]!;
      for (let k = radial; k < part.length; k++) gradient[k] = gradient[k]! + part[k]!;
    }
    const count = this.#set.length;
    if (gradient !== undefined) for (let k = 0; k < gradient.length; k++) gradient[k] = gradient[k]! / count;
    return sum / count + addRadialPenalty(this.#model, parameters, gradient);
  }

  #ofConfiguration(
    configuration: TrainingConfiguration,
    parameters: Float64Array,
    coefficients: Float64Array,
    withGradient: boolean,
  ): number {
    const { atoms, energyEv, forcesEvA, virialEv, atomWeights } = configuration;
    const { energyWeight, forceWeight, stressWeight } = configuration;
    this.#reserve(configuration, withGradient);
    const energyError = this.#predict(configuration, parameters, coefficients) - energyEv;
    const forces = this.#forces;
    let forceLoss = 0;
    for (let i = 0; i < atoms; i++) {
      for (let a = 3 * i; a < 3 * i + 3; a++) {
        const error = forces[a]! - forcesEvA[a]!;
        forceLoss += atomWeights[i]! * error * error;
        forces[a] = 2 * forceWeight * atomWeights[i]! * error; // from here on ∂L/∂F
      }
    }
    let stressLoss = 0;
    for (let ab = 0; ab < 9; ab++) {
      const error = this.#virial[ab]! - virialEv[ab]!;
      stressLoss += error * error;
      this.#virial[ab] = 2 * stressWeight * error; // from here on ∂L/∂S
    }
    if (withGradient) this.#differentiate(configuration, 2 * energyWeight * energyError);
    return energyWeight * energyError * energyError + forceWeight * forceLoss + stressWeight * stressLoss;
  }

  #reserve({ atoms, start }: TrainingConfiguration, withGradient: boolean): void {
    const pairs = start[atoms]!;
    this.#kernel.reserve(pairs);
    const moments = atoms * this.#program.momentCount;
    if (this.#moments.length < moments) {
      this.#moments = new Float64Array(moments);
      this.#adjoints = new Float64Array(moments);
      this.#forces = new Float64Array(3 * atoms);
    }
    if (withGradient && this.#stretch.length < pairs) {
      this.#stretch = new Float64Array(pairs);
      this.#monomialTangents = new Float64Array(pairs * this.#program.monomialCount);
    }
  }

  /** Returns the energy; leaves forces, virial, moments, adjoints, and the kernel's tables of every pair. */
  #predict(configuration: TrainingConfiguration, parameters: Float64Array, coefficients: Float64Array): number {
    const { atoms, species, start, pairs } = configuration;
    const { momentCount, scalars } = this.#program;
    const speciesAt = radialCount(this.#model);
    const momentsAt = speciesAt + this.#model.speciesCount;
    const [moments, adjoints, forces, virial] = [this.#moments, this.#adjoints, this.#forces, this.#virial];
    const d = this.#pairGradient;
    forces.fill(0);
    virial.fill(0);
    adjoints.fill(0, 0, atoms * momentCount);
    let energyEv = 0;
    for (let i = 0; i < atoms; i++) {
      const at = i * momentCount;
      this.#kernel.forward(pairs, start[i]!, start[i + 1]!, species[i]!, coefficients, moments, at);
      let site = parameters[speciesAt + species[i]!]!;
      for (let s = 0; s < scalars.length; s++) {
        const k = at + scalars[s]!;
        site += parameters[momentsAt + s]! * moments[k]!;
        adjoints[k] = adjoints[k]! + parameters[momentsAt + s]!;
      }
      energyEv += site;
      sweepBack(this.#program, moments, adjoints, at);
      for (let p = start[i]!; p < start[i + 1]!; p++) {
        this.#kernel.pairGradient(pairs, p, adjoints, at, d, 0);
        const j = pairs.atom[p]!;
        for (let a = 0; a < 3; a++) {
          forces[3 * i + a] = forces[3 * i + a]! + d[a]!;
          forces[3 * j + a] = forces[3 * j + a]! - d[a]!;
          const dr = d[a]! * pairs.rA[p]!;
          for (let b = 0; b < 3; b++) virial[3 * a + b] = virial[3 * a + b]! - dr * pairs.unit[3 * p + b]!;
        }
      }
    }
    return energyEv;
  }

  /** Gradient of Σ_i (e V_i + Σ_j w_ij · d_ij) at fixed e, w, radial part by the coefficients times the scaling. */
  #differentiate(configuration: TrainingConfiguration, e: number): void {
    const { atoms, species, start } = configuration;
    const { momentCount, scalars } = this.#program;
    const speciesAt = radialCount(this.#model);
    const momentsAt = speciesAt + this.#model.speciesCount;
    const part = this.#partGradient.fill(0);
    for (let i = 0; i < atoms; i++) {
      const at = i * momentCount;
      this.#tangentsOfBasic(configuration, i);
      multiplyTangents(this.#program, this.#moments, this.#tangents, at);
      sweepTangentsBack(this.#program, this.#moments, this.#adjoints, this.#tangents, this.#turned, at);
      part[speciesAt + species[i]!] = part[speciesAt + species[i]!]! + e;
      for (let s = 0; s < scalars.length; s++) {
        const k = scalars[s]!;
        part[momentsAt + s] = part[momentsAt + s]! + e * this.#moments[at + k]! + this.#tangents[k]!;
      }
      for (let p = start[i]!; p < start[i + 1]!; p++) this.#addRadialGradient(configuration, i, p, e);
    }
  }

  /** Ṁ_b = Σ_j f'_μ (w·u) P_b + f_μ Ṗ_b, with Ṗ the change of the monomial as u turns by (w − u (w·u))/r. */
  #tangentsOfBasic({ start, pairs }: TrainingConfiguration, i: number): void {
    const { radialFunctions, basicCount, basicMu, basicMonomial, monomialCount, monomialParent, monomialAxis } =
      this.#program;
    const { radial, radialSlopes, monomials } = this.#kernel;
    const [tangents, monomialTangents, g, s] = [this.#tangents, this.#monomialTangents, this.#forces, this.#virial];
    const { rA, unit, atom } = pairs;
    const turn = this.#pairGradient;
    tangents.fill(0, 0, basicCount);
    for (let p = start[i]!; p < start[i + 1]!; p++) {
      const j = atom[p]!;
      const [ux, uy, uz] = [unit[3 * p]!, unit[3 * p + 1]!, unit[3 * p + 2]!];
      const r = rA[p]!;
      const wx = g[3 * i]! - g[3 * j]! - r * (s[0]! * ux + s[1]! * uy + s[2]! * uz);
      const wy = g[3 * i + 1]! - g[3 * j + 1]! - r * (s[3]! * ux + s[4]! * uy + s[5]! * uz);
      const wz = g[3 * i + 2]! - g[3 * j + 2]! - r * (s[6]! * ux + s[7]! * uy + s[8]! * uz);
      const stretch = wx * ux + wy * uy + wz * uz;
      this.#stretch[p] = stretch;
      turn[0] = (wx - stretch * ux) / r;
      turn[1] = (wy - stretch * uy) / r;
      turn[2] = (wz - stretch * uz) / r;
      const m0 = p * monomialCount;
      monomialTangents[m0] = 0;
      for (let m = 1; m < monomialCount; m++) {
        const parent = m0 + monomialParent[m]!;
        const axis = monomialAxis[m]!;
        monomialTangents[m0 + m] = monomialTangents[parent]! * unit[3 * p + axis]! + monomials[parent]! * turn[axis]!;
      }
      const f0 = p * radialFunctions;
      for (let b = 0; b < basicCount; b++) {
        const f = f0 + basicMu[b]!;
        const m = m0 + basicMonomial[b]!;
        tangents[b] = tangents[b]! + radialSlopes[f]! * stretch * monomials[m]! + radial[f]! * monomialTangents[m]!;
      }
    }
  }

  /** ∂/∂c_μn of pair p: φ_n Σ_b ((e g_b + ġ_b) P_b + g_b Ṗ_b) + φ'_n (w·u) Σ_b g_b P_b over the b of label μ. */
  #addRadialGradient({ species, pairs }: TrainingConfiguration, i: number, p: number, e: number): void {
    const { radialFunctions, basicCount, basicMu, basicMonomial, monomialCount, momentCount } = this.#program;
    const { basis, basisSlopes, monomials, radialBasisSize } = this.#kernel;
    const [adjoints, turned, monomialTangents, part] = [
      this.#adjoints,
      this.#turned,
      this.#monomialTangents,
      this.#partGradient,
    ];
    const at = i * momentCount;
    const m0 = p * monomialCount;
    const n0 = p * radialBasisSize;
    const pair = species[i]! * this.#model.speciesCount + pairs.species[p]!;
    const byValue = this.#byValue.fill(0);
    const bySlope = this.#bySlope.fill(0);
    for (let b = 0; b < basicCount; b++) {
      const mu = basicMu[b]!;
      const m = m0 + basicMonomial[b]!;
      const g = adjoints[at + b]!;
      byValue[mu] = byValue[mu]! + (e * g + turned[b]!) * monomials[m]! + g * monomialTangents[m]!;
      bySlope[mu] = bySlope[mu]! + g * monomials[m]!;
    }
    for (let mu = 0; mu < radialFunctions; mu++) {
      const c = (pair * radialFunctions + mu) * radialBasisSize;
      const slope = this.#stretch[p]! * bySlope[mu]!;
      for (let n = 0; n < radialBasisSize; n++) {
        part[c + n] = part[c + n]! + basis[n0 + n]! * byValue[mu]! + basisSlopes[n0 + n]! * slope;
      }
    }
  }
}
