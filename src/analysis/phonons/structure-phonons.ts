/** Phonons of a structure from one call: symmetry-reduced displacements, dynamical matrices, modes, and the verdict. */
import type { Structure } from '../../structure/structure.ts';
import type { CheckedOperation } from '../../structure/symmetry.ts';
import { DynamicalMatrix } from './dynamical-matrix.ts';
import { type ForceConstantSettings, type ForceConstants, type ForcesOf, forceConstants } from './force-constants.ts';
import { commensuratePoints, meshPoints, type PhononsAt, pathPoints, phononsAt } from './frequencies.ts';
import { gammaModes, type ModeGroup } from './gamma-modes.ts';
import { phononCell, supercellOperations, type Triple } from './phonon-cell.ts';
import { type StabilityVerdict, stabilityVerdict } from './stability.ts';

export interface PhononRequest extends ForceConstantSettings {
  readonly supercell: Triple;
  /** Of the space group of the structure; the identity alone for the unreduced calculation. */
  readonly operations: readonly CheckedOperation[];
  readonly massesAmu: ArrayLike<number>;
  /** Below minus this a frequency counts as imaginary, THz. */
  readonly toleranceThz: number;
  /** Points of q between those that fit the supercell, by interpolation. */
  readonly mesh?: Triple | undefined;
  readonly path?: { readonly corners: readonly Triple[]; readonly pointsPerSegment: number } | undefined;
}

export interface StructurePhonons {
  readonly constants: ForceConstants;
  /** At the q that fit the supercell, where nothing is interpolated. */
  readonly exact: readonly PhononsAt[];
  readonly path: readonly PhononsAt[];
  readonly mesh: readonly (PhononsAt & { readonly weight: number })[];
  readonly gamma: readonly ModeGroup[];
  /** Over all q that were looked at. */
  readonly stability: StabilityVerdict;
}

/** @throws InputError `bad-structure`, `bad-masses`, `bad-forces`, and what `forcesOf` throws */
export function structurePhonons(
  structure: Structure,
  forcesOf: ForcesOf,
  { supercell, operations, massesAmu, toleranceThz, mesh, path, ...settings }: PhononRequest,
): StructurePhonons {
  const cell = phononCell(structure, supercell);
  const constants = forceConstants(cell, supercellOperations(cell, operations), forcesOf, settings);
  const matrix = new DynamicalMatrix(constants, massesAmu);
  const exact = commensuratePoints(supercell).map(({ q }) => phononsAt(matrix, q));
  const alongPath =
    path === undefined ? [] : pathPoints(path.corners, path.pointsPerSegment).map((q) => phononsAt(matrix, q));
  const onMesh =
    mesh === undefined ? [] : meshPoints(mesh).map(({ q, weight }) => ({ weight, ...phononsAt(matrix, q) }));
  return {
    constants,
    exact,
    path: alongPath,
    mesh: onMesh,
    gamma: gammaModes(matrix, massesAmu, structure, toleranceThz),
    stability: stabilityVerdict([...exact, ...alongPath, ...onMesh], toleranceThz),
  };
}

/** The identity, and no other operation. */
export const onlyIdentity = (operations: readonly CheckedOperation[]): CheckedOperation[] =>
  operations.filter(
    ({ rotation, atoms }) => rotation.join() === '1,0,0,0,1,0,0,0,1' && atoms.every((to, from) => to === from),
  );
