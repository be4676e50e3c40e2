/**
 * Operations of a space group on fractional coordinates: x' = W x + w with x a column, W of whole numbers. Translations of
 * the settings of International Tables are multiples of 1/24; those within 1e-9 of one count as exactly that.
 */
import { inverseCell } from './structure.ts';

export interface SymmetryOperation {
  /** W, 3×3 row-major. */
  readonly rotation: Int32Array;
  /** w, of the length of three lattice vectors, in [0, 1). */
  readonly translation: Float64Array;
}

export const TRANSLATION_PARTS = 24;
/** Translations nearer than this are the same: no two of a group with a hundred operations are. */
const SAME_TRANSLATION = 1e-3;

/** p after q. */
export function compose(p: SymmetryOperation, q: SymmetryOperation): SymmetryOperation {
  const rotation = new Int32Array(9);
  const translation = new Float64Array(3);
  for (let i = 0; i < 3; i++) {
    translation[i] = p.translation[i]!;
    for (let k = 0; k < 3; k++) {
      translation[i]! += p.rotation[3 * i + k]! * q.translation[k]!;
      for (let j = 0; j < 3; j++) rotation[3 * i + j]! += p.rotation[3 * i + k]! * q.rotation[3 * k + j]!;
    }
    translation[i]! -= Math.floor(translation[i]!);
  }
  return { rotation, translation };
}

/** How often an operation is in a list, up to lattice translations; the list is looked through once. */
export function counterOf(operations: readonly SymmetryOperation[]): (operation: SymmetryOperation) => number {
  const byRotation = new Map<string, Float64Array[]>();
  for (const { rotation, translation } of operations) {
    const key = rotation.join();
    byRotation.set(key, [...(byRotation.get(key) ?? []), translation]);
  }
  return ({ rotation, translation }) =>
    (byRotation.get(rotation.join()) ?? []).filter((other) =>
      translation.every((t, k) => {
        const apart = t - other[k]!;
        return Math.abs(apart - Math.round(apart)) < SAME_TRANSLATION;
      }),
    ).length;
}

/** W x + w of a point in fractional coordinates. */
export function applyTo({ rotation: w, translation: t }: SymmetryOperation, point: ArrayLike<number>): Float64Array {
  const image = new Float64Array(3);
  for (let i = 0; i < 3; i++) {
    image[i] = w[3 * i]! * point[0]! + w[3 * i + 1]! * point[1]! + w[3 * i + 2]! * point[2]! + t[i]!;
  }
  return image;
}

/** The rotation of Cartesian vectors, R = Aᵀ W A⁻ᵀ with lattice vectors as the rows of A: 3×3 row-major. */
export function cartesianRotation({ rotation }: SymmetryOperation, cellA: ArrayLike<number>): Float64Array {
  const inverse = inverseCell(cellA);
  const r = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) {
        for (let l = 0; l < 3; l++) sum += cellA[3 * k + i]! * rotation[3 * k + l]! * inverse[3 * l + j]!;
      }
      r[3 * i + j] = sum;
    }
  }
  return r;
}

/**
 * How far an operation is from keeping all distances: the largest |RᵀR − 1| over components, 0 for a true symmetry of
 * the lattice.
 */
export function latticeStrain(operation: SymmetryOperation, cellA: ArrayLike<number>): number {
  const r = cartesianRotation(operation, cellA);
  let largest = 0;
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = i === j ? -1 : 0;
      for (let k = 0; k < 3; k++) sum += r[3 * k + i]! * r[3 * k + j]!;
      largest = Math.max(largest, Math.abs(sum));
    }
  }
  return largest;
}
