/**
 * Three independent vectors for any structure, by which its atoms can be sorted into bins: the lattice vectors of the
 * directions that repeat, and a box around all atoms along those that do not.
 */
import { inverseCell, type Structure } from './structure.ts';

export interface BinningFrame {
  /** Lattice vectors of the periodic directions; box vectors around the atoms in the others. */
  readonly cellA: Float64Array;
  readonly inverse: Float64Array;
  readonly originA: Float64Array;
  /** Distance between opposite faces for each lattice direction, Å. */
  readonly heightA: readonly number[];
}

/** The cell itself where all directions repeat, else completed by vectors that enclose all atoms. */
export function binningFrame(structure: Structure): BinningFrame {
  const cellA = Float64Array.from(structure.cellA);
  const originA = new Float64Array(3);
  if (structure.periodic.some((repeats) => !repeats)) {
    completeCell(cellA, structure);
    const inverse = inverseCell(cellA);
    for (let k = 0; k < 3; k++) {
      if (!structure.periodic[k]) encloseAtoms(cellA, inverse, originA, structure, k);
    }
  }
  const inverse = inverseCell(cellA);
  const heightA = [0, 1, 2].map((k) => {
    const [gx, gy, gz] = [inverse[3 * k]!, inverse[3 * k + 1]!, inverse[3 * k + 2]!];
    return 1 / Math.sqrt(gx * gx + gy * gy + gz * gz);
  });
  return { cellA, inverse, originA, heightA };
}

/** Puts unit vectors, made orthogonal to the periodic ones, where a direction does not repeat. */
function completeCell(cellA: Float64Array, structure: Structure): void {
  const kept = [0, 1, 2].filter((k) => structure.periodic[k]);
  for (let k = 0; k < 3; k++) {
    if (structure.periodic[k]) continue;
    let best: number[] = [];
    let bestNorm2 = -1;
    for (let axis = 0; axis < 3; axis++) {
      const v = [0, 0, 0];
      v[axis] = 1;
      for (const other of orthonormalised(kept, cellA)) {
        const along = v[0]! * other[0]! + v[1]! * other[1]! + v[2]! * other[2]!;
        for (let c = 0; c < 3; c++) v[c] = v[c]! - along * other[c]!;
      }
      const norm2 = v[0]! * v[0]! + v[1]! * v[1]! + v[2]! * v[2]!;
      if (norm2 > bestNorm2 + 1e-9) {
        best = v.map((component) => component / Math.sqrt(norm2));
        bestNorm2 = norm2;
      }
    }
    cellA.set(best, 3 * k);
    kept.push(k);
  }
}

function orthonormalised(rows: readonly number[], cellA: Float64Array): number[][] {
  const basis: number[][] = [];
  for (const k of rows) {
    const v = [cellA[3 * k]!, cellA[3 * k + 1]!, cellA[3 * k + 2]!];
    for (const other of basis) {
      const along = v[0]! * other[0]! + v[1]! * other[1]! + v[2]! * other[2]!;
      for (let c = 0; c < 3; c++) v[c] = v[c]! - along * other[c]!;
    }
    const norm = Math.sqrt(v[0]! * v[0]! + v[1]! * v[1]! + v[2]! * v[2]!);
    basis.push(v.map((component) => component / norm));
  }
  return basis;
}

/** Stretches direction k, and moves the origin along it, so that all atoms lie within. */
function encloseAtoms(
  cellA: Float64Array,
  inverse: Float64Array,
  originA: Float64Array,
  structure: Structure,
  k: number,
): void {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < structure.species.length; i++) {
    const s =
      inverse[3 * k]! * structure.positionsA[3 * i]! +
      inverse[3 * k + 1]! * structure.positionsA[3 * i + 1]! +
      inverse[3 * k + 2]! * structure.positionsA[3 * i + 2]!;
    low = Math.min(low, s);
    high = Math.max(high, s);
  }
  const extent = Math.max(high - low, 1) * 1.001;
  for (let axis = 0; axis < 3; axis++) {
    originA[axis] = originA[axis]! + low * cellA[3 * k + axis]!;
  }
  for (let axis = 0; axis < 3; axis++) cellA[3 * k + axis] = cellA[3 * k + axis]! * extent;
}
