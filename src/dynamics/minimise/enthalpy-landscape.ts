/**
 * What is minimised: the enthalpy H = E + PV of a structure, as a function of the atoms' undeformed positions s (r = F s)
 * and of the strain variables, x = [s (3N), q]. ∂H/∂s = −F f; ∂H/∂F = (PV − virial) F⁻¹, F being symmetric.
 */
import { multiply } from '../../numerics/exponential-flow.ts';
import { InputError } from '../../numerics/input-error.ts';
import { GPA_PER_EV_A3 } from '../../numerics/physical-constants.ts';
import { cellVolumeA3, inverseCell, type Structure } from '../../structure/structure.ts';
import type { ForceEvaluation, ForceField } from '../force-field.ts';
import { forceFault } from '../propagator.ts';
import { VerletList } from '../verlet-list.ts';
import { type RelaxedCell, StrainVariables } from './strain-variables.ts';
import type { SymmetryConstraint } from './symmetry-constraint.ts';

/** Farther than this a cell is not strained: there is no telling what the structure then is. */
const LARGEST_STRAIN = 0.5;
/** In one step: displacement of an atom, Å, and strain. */
const LONGEST_MOVE_A = 0.2;
const LARGEST_STRAIN_STEP = 0.02;

export interface Residuals {
  /** Largest force on an atom, eV/Å, and which; constrained where there is a constraint. */
  readonly maxForceEvA: number;
  readonly atom: number;
  /** Largest component of what is left of stress + pressure, of the part that may relax, GPa. */
  readonly maxStressGpa: number;
}

export class EnthalpyLandscape {
  readonly start: Float64Array;
  /** At the x evaluated last. */
  readonly structure: Structure;
  readonly list: VerletList;
  evaluation: ForceEvaluation | null = null;
  evaluations = 0;
  /** Why the last evaluation gave no finite number. */
  fault: InputError | null = null;
  readonly #strain: StrainVariables;
  readonly #forceField: ForceField;
  readonly #constraint: SymmetryConstraint | null;
  readonly #pressureEvA3: number;
  readonly #startCellA: Float64Array;
  readonly #forcesEvA: Float64Array;
  readonly #virialEv = new Float64Array(9);

  constructor(
    structure: Structure,
    forceField: ForceField,
    cell: RelaxedCell,
    pressureGpa: number,
    constraint: SymmetryConstraint | null,
    skinA: number,
  ) {
    const { cellA, positionsA, species } = structure;
    this.structure = { ...structure, cellA: cellA.slice(), positionsA: positionsA.slice() };
    this.list = new VerletList(forceField.cutoffA, skinA);
    this.#forceField = forceField;
    this.#constraint = constraint;
    this.#pressureEvA3 = cell === 'fixed' ? 0 : pressureGpa / GPA_PER_EV_A3;
    this.#strain = new StrainVariables(cell, species.length, cellVolumeA3(cellA));
    this.#startCellA = cellA.slice();
    this.#forcesEvA = new Float64Array(positionsA.length);
    this.start = new Float64Array(positionsA.length + this.#strain.count);
    this.start.set(positionsA);
  }

  /** H in eV and its gradient in eV/Å; Infinity where the structure cannot be evaluated. */
  evaluate(x: Float64Array, gradient: Float64Array): number {
    this.evaluations += 1;
    this.fault = null;
    try {
      return this.#evaluate(x, gradient);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.fault = error;
      return Number.POSITIVE_INFINITY;
    }
  }

  #evaluate(x: Float64Array, gradient: Float64Array): number {
    const f = this.#strain.deformation(x, this.#forcesEvA.length);
    const isDiagonal = this.#strain.isDiagonal;
    if (f.some((component, k) => !(Math.abs(component - (k % 4 === 0 ? 1 : 0)) <= LARGEST_STRAIN))) {
      throw new InputError('cell-collapsed', 'the cell is strained by more than a half', { found: f.join(' ') });
    }
    const { positionsA, cellA } = this.structure;
    deform(f, isDiagonal, x, positionsA);
    deform(f, isDiagonal, this.#startCellA, cellA);
    const evaluation = this.#forceField.evaluate(this.structure, this.list.update(this.structure));
    this.evaluation = evaluation;
    if (forceFault(evaluation) !== null) {
      throw new InputError('non-finite-result', 'the potential gives no finite energy or force');
    }
    const forces = this.#forcesEvA;
    forces.set(evaluation.forcesEvA);
    this.#virialEv.set(evaluation.virialEv);
    this.#constraint?.projectVectors(forces);
    this.#constraint?.projectTensor(this.#virialEv);
    deform(f, isDiagonal, forces, gradient);
    for (let k = 0; k < forces.length; k++) gradient[k] = -gradient[k]!;
    if (this.#strain.count === 0) return evaluation.energyEv;
    const workEv = this.#pressureEvA3 * cellVolumeA3(cellA);
    const slopes = this.#virialEv.map((component, k) => (k % 4 === 0 ? workEv : 0) - component);
    this.#strain.gradient(multiply(slopes, inverseCell(f)), gradient, forces.length);
    return evaluation.energyEv + workEv;
  }

  /** Of the x evaluated last. */
  residuals(): Residuals {
    const forces = this.#forcesEvA;
    let [most2, atom] = [0, 0];
    for (let i = 0; 3 * i < forces.length; i++) {
      const [x, y, z] = [forces[3 * i]!, forces[3 * i + 1]!, forces[3 * i + 2]!];
      const size2 = x * x + y * y + z * z;
      if (size2 > most2) [most2, atom] = [size2, i];
    }
    const left = this.#strain.relaxable(this.stressGpa().map((s, k) => s + (k % 4 === 0 ? this.#pressureGpa() : 0)));
    const maxStressGpa = left.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
    return { maxForceEvA: Math.sqrt(most2), atom, maxStressGpa };
  }

  /** 3×3, GPa, positive in tension, of the x evaluated last; zeros where there is no cell. */
  stressGpa(): Float64Array {
    const volumeA3 = cellVolumeA3(this.structure.cellA);
    return this.#virialEv.map((component) => (volumeA3 === 0 ? 0 : (-GPA_PER_EV_A3 * component) / volumeA3 + 0));
  }

  #pressureGpa(): number {
    return this.#pressureEvA3 * GPA_PER_EV_A3;
  }

  /** The largest factor of a direction that moves neither an atom nor the cell too far at once. */
  longestStep(direction: Float64Array): number {
    const atoms = this.#forcesEvA.length;
    let longest = Number.POSITIVE_INFINITY;
    for (let k = 0; k < direction.length; k++) {
      const limit = k < atoms ? LONGEST_MOVE_A : LARGEST_STRAIN_STEP * this.#strain.lengthA;
      const size = Math.abs(direction[k]!);
      if (size * longest > limit) longest = limit / size;
    }
    return longest;
  }
}

/** to ← F from, vector by vector, as many as the shorter holds; an axis that F leaves alone keeps its bits. */
function deform(f: Float64Array, isDiagonal: boolean, from: Float64Array, to: Float64Array): void {
  const end = Math.min(from.length, to.length);
  for (let k = 0; k < end; k += 3) {
    const [x, y, z] = [from[k]!, from[k + 1]!, from[k + 2]!];
    to[k] = isDiagonal ? f[0]! * x : f[0]! * x + f[1]! * y + f[2]! * z;
    to[k + 1] = isDiagonal ? f[4]! * y : f[3]! * x + f[4]! * y + f[5]! * z;
    to[k + 2] = isDiagonal ? f[8]! * z : f[6]! * x + f[7]! * y + f[8]! * z;
  }
}
