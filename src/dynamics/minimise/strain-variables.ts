/**
 * A cell that relaxes, as variables beside the atoms' (the usual strain filter; Tadmor, Smith, Bernstein, Kaxiras, Phys.
 * Rev. B 59, 235 (1999)): everything is deformed by F = 1 + e from where it was at the start, e symmetric so that the cell
 * does not rotate. Which e there are:
 *   isotropic  e·1;   z  e in the zz element alone;   full  any symmetric e.
 * Variables are q = c·e in an orthonormal basis of these matrices, with c = √N (V/N)^⅓: then the energy bends along
 * them about as much as along the displacement of an atom, which is what minimisers like.
 */
import { cubeRoot } from '../../numerics/elementary.ts';
import type { CellFreedom } from '../barostat.ts';

export type RelaxedCell = 'fixed' | CellFreedom;

const HALF_ROOT = Math.sqrt(0.5);
const THIRD_ROOT = Math.sqrt(1 / 3);

/** Orthonormal symmetric matrices, 3×3 row-major. */
const BASES: { readonly [cell in RelaxedCell]: readonly (readonly number[])[] } = {
  fixed: [],
  isotropic: [[THIRD_ROOT, 0, 0, 0, THIRD_ROOT, 0, 0, 0, THIRD_ROOT]],
  z: [[0, 0, 0, 0, 0, 0, 0, 0, 1]],
  full: [
    [1, 0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 1, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 1],
    [0, 0, 0, 0, 0, HALF_ROOT, 0, HALF_ROOT, 0],
    [0, 0, HALF_ROOT, 0, 0, 0, HALF_ROOT, 0, 0],
    [0, HALF_ROOT, 0, HALF_ROOT, 0, 0, 0, 0, 0],
  ],
};

export class StrainVariables {
  readonly count: number;
  /** c, Å. */
  readonly lengthA: number;
  readonly isDiagonal: boolean;
  readonly #basis: readonly (readonly number[])[];

  constructor(cell: RelaxedCell, atoms: number, volumeA3: number) {
    this.#basis = BASES[cell];
    this.count = this.#basis.length;
    this.isDiagonal = cell !== 'full';
    this.lengthA = this.count === 0 ? 1 : Math.sqrt(atoms) * cubeRoot(volumeA3 / atoms);
  }

  /** F, 3×3 row-major, from the variables at x[at] and on. */
  deformation(x: Float64Array, at: number): Float64Array {
    const f = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    this.#basis.forEach((matrix, n) => {
      const e = x[at + n]! / this.lengthA;
      for (let k = 0; k < 9; k++) if (matrix[k] !== 0) f[k] = f[k]! + e * matrix[k]!;
    });
    return f;
  }

  /** From dH/dF (3×3, eV) the slopes along the variables, eV/Å, into gradient[at] and on. */
  gradient(slopesEv: Float64Array, gradient: Float64Array, at: number): void {
    this.#basis.forEach((matrix, n) => {
      let sum = 0;
      for (let k = 0; k < 9; k++) sum += matrix[k]! * slopesEv[k]!;
      gradient[at + n] = sum / this.lengthA;
    });
  }

  /** The part of a tensor that these variables can relax, 3×3. */
  relaxable(tensor: Float64Array): Float64Array {
    const part = new Float64Array(9);
    for (const matrix of this.#basis) {
      let along = 0;
      for (let k = 0; k < 9; k++) along += matrix[k]! * tensor[k]!;
      for (let k = 0; k < 9; k++) part[k] = part[k]! + along * matrix[k]!;
    }
    return part;
  }
}
