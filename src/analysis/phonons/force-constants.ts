/**
 * Force constants Φ(iα, Jβ) = ∂²E/∂x_iα ∂x_Jβ = −∂F_Jβ/∂x_iα of a supercell by central differences: i an atom of the cell at
 * the origin, J any atom of the supercell. The displacements of one atom and all their images under the operations that
 * leave it in place give Φ(i, J) by least squares; other atoms have it by rotation.
 */
import { InputError } from '../../numerics/input-error.ts';
import { invertMatrix } from '../../numerics/matrix-inverse.ts';
import type { Structure } from '../../structure/structure.ts';
import {
  chooseDisplacements,
  type Displacement,
  displaced,
  irreducibleAtoms,
  rotated,
  stabiliserOf,
} from './displacements.ts';
import { imposePermutation, imposeSumRule } from './force-constant-rules.ts';
import { type PhononCell, permutationAbout, type SupercellOperation } from './phonon-cell.ts';

/** Forces on the atoms of a structure, N×3, eV/Å. The array may be overwritten by the next call. */
export type ForcesOf = (structure: Structure) => Float64Array;

export interface ForceConstants {
  readonly cell: PhononCell;
  /** Atoms of the unit cell × atoms of the supercell × 3×3, eV/Å². */
  readonly values: Float64Array;
  /** Largest component of Σ_J Φ(i, J) before it was made to vanish: an error of the forces, eV/Å². */
  readonly driftEvA2: number;
  /** How many force calls it took. */
  readonly forceCalls: number;
  /** Largest component of a force in the undisplaced supercell, eV/Å: phonons mean little away from a stationary point. */
  readonly residualForceEvA: number;
}

export interface ForceConstantSettings {
  /** Length of the displacements, Å. */
  readonly amplitudeA?: number;
  /** Whether Σ_J Φ(i, J) is made to vanish, so that moving all atoms together costs nothing. */
  readonly acousticSumRule?: boolean;
}

/**
 * @param operations of the space group, as `supercellOperations` gives them, the identity among them
 * @throws InputError `bad-forces` where a force is not finite, and what `forcesOf` throws
 */
export function forceConstants(
  cell: PhononCell,
  operations: readonly SupercellOperation[],
  forcesOf: ForcesOf,
  { amplitudeA = 0.01, acousticSumRule = true }: ForceConstantSettings = {},
): ForceConstants {
  const counted = new ForceCalls(forcesOf);
  const residualForceEvA = counted.of(cell.supercell).reduce((largest, f) => Math.max(largest, Math.abs(f)), 0);
  const displacements = chooseDisplacements(cell, operations, amplitudeA);
  const values = new Float64Array(cell.unit.species.length * cell.supercell.species.length * 9);
  for (const atom of irreducibleAtoms(cell.unit.species.length, operations)) {
    const own = displacements.filter((displacement) => displacement.atom === atom);
    const block = blockOf(cell, atom, own, stabiliserOf(atom, operations), counted);
    spreadBlock(values, cell, atom, block, operations);
  }
  imposePermutation(values, cell);
  const driftEvA2 = imposeSumRule(values, cell, acousticSumRule);
  return { cell, values, driftEvA2, forceCalls: counted.calls, residualForceEvA };
}

class ForceCalls {
  calls = 0;
  readonly #forcesOf: ForcesOf;

  constructor(forcesOf: ForcesOf) {
    this.#forcesOf = forcesOf;
  }

  of(structure: Structure): Float64Array {
    this.calls += 1;
    const forcesEvA = this.#forcesOf(structure).slice();
    const at = forcesEvA.findIndex((f) => !Number.isFinite(f));
    if (at < 0 && forcesEvA.length === structure.positionsA.length) return forcesEvA;
    throw new InputError('bad-forces', 'a force is not a finite number', {
      where: `force call ${this.calls}, atom ${Math.floor(at / 3)} of the supercell (atoms count from 0)`,
    });
  }
}

/** Φ(atom, J) for all J: N×9. */
function blockOf(
  cell: PhononCell,
  atom: number,
  displacements: readonly Displacement[],
  stabiliser: readonly SupercellOperation[],
  forces: ForceCalls,
): Float64Array {
  const atoms = cell.supercell.species.length;
  const gram = new Float64Array(9);
  const projected = new Float64Array(9 * atoms);
  for (const displacement of displacements) {
    const central = centralForces(cell, displacement, forces);
    for (const operation of stabiliser) {
      const u = rotated(operation.cartesian, displacement.vectorA);
      const to = permutationAbout(cell, operation, atom);
      for (let k = 0; k < 9; k++) gram[k]! += u[Math.floor(k / 3) as 0]! * u[(k % 3) as 0]!;
      for (let j = 0; j < atoms; j++) {
        const f = rotated(operation.cartesian, [central[3 * j]!, central[3 * j + 1]!, central[3 * j + 2]!]);
        const at = 9 * to[j]!;
        for (let k = 0; k < 9; k++) projected[at + k]! += u[Math.floor(k / 3) as 0]! * f[(k % 3) as 0]!;
      }
    }
  }
  const inverse = invertMatrix(gram, 3);
  const block = new Float64Array(9 * atoms);
  for (let at = 0; at < block.length; at += 9) {
    for (let k = 0; k < 9; k++) {
      const [row, column] = [3 * Math.floor(k / 3), k % 3];
      for (let m = 0; m < 3; m++) block[at + k]! -= inverse[row + m]! * projected[at + 3 * m + column]!;
    }
  }
  return block;
}

/** Half the difference of the forces with the atom displaced there and back. */
function centralForces(cell: PhononCell, displacement: Displacement, forces: ForceCalls): Float64Array {
  const there = forces.of(displaced(cell, displacement, 1));
  const back = new Float64Array(there.length);
  const { reversedBy, atom } = displacement;
  if (reversedBy === undefined) {
    back.set(forces.of(displaced(cell, displacement, -1)));
  } else {
    const to = permutationAbout(cell, reversedBy, atom);
    for (let j = 0; j < to.length; j++) {
      back.set(rotated(reversedBy.cartesian, [there[3 * j]!, there[3 * j + 1]!, there[3 * j + 2]!]), 3 * to[j]!);
    }
  }
  return there.map((f, k) => 0.5 * (f - back[k]!));
}

/** Φ(g i, g J) = R Φ(i, J) Rᵀ, by the first operation that carries the atom to each of its images. */
function spreadBlock(
  values: Float64Array,
  cell: PhononCell,
  atom: number,
  block: Float64Array,
  operations: readonly SupercellOperation[],
): void {
  const atoms = cell.supercell.species.length;
  const done = new Set<number>();
  for (const operation of operations) {
    const image = operation.atoms[atom]!;
    if (done.has(image)) continue;
    done.add(image);
    const to = permutationAbout(cell, operation, atom);
    const r = operation.cartesian;
    for (let j = 0; j < atoms; j++) {
      const at = 9 * (image * atoms + to[j]!);
      for (let k = 0; k < 9; k++) {
        let sum = 0;
        for (let m = 0; m < 9; m++) {
          sum += r[3 * Math.floor(k / 3) + Math.floor(m / 3)]! * block[9 * j + m]! * r[3 * (k % 3) + (m % 3)]!;
        }
        values[at + k] = sum;
      }
    }
  }
}
