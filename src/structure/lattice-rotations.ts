/**
 * The rotations, proper or not, that carry a lattice onto itself: all of them, whatever the shape of the cell. Each lattice
 * vector goes to one as long, and the images have the same angles between them.
 */
import { inverseCell } from './structure.ts';

type Triple = [number, number, number];

interface LatticeVector {
  /** In lattice vectors. */
  readonly n: Triple;
  readonly vectorA: Triple;
}

/**
 * Rotations W of fractional coordinates, x' = W x, 3×3 row-major, in a fixed order, the identity among them.
 * @param cellA lattice vectors as rows, Å
 * @param toleranceA by which an image of a lattice vector may be longer or shorter than it, or off its place, Å
 * @throws InputError `singular-cell`
 */
export function latticeRotations(cellA: ArrayLike<number>, toleranceA: number): Int32Array[] {
  const inverse = inverseCell(cellA);
  const rows = [0, 1, 2].map((k): Triple => [cellA[3 * k]!, cellA[3 * k + 1]!, cellA[3 * k + 2]!]);
  const images = rows.map((row) => vectorsAsLongAs(row, rows, inverse, toleranceA));
  const sameAngle = (p: Triple, q: Triple, i: number, j: number): boolean =>
    Math.abs(dot(p, q) - dot(rows[i]!, rows[j]!)) <= toleranceA * (length(rows[i]!) + length(rows[j]!));
  const found: Int32Array[] = [];
  for (const a of images[0]!) {
    for (const b of images[1]!) {
      if (!sameAngle(a.vectorA, b.vectorA, 0, 1)) continue;
      for (const c of images[2]!) {
        if (!sameAngle(a.vectorA, c.vectorA, 0, 2) || !sameAngle(b.vectorA, c.vectorA, 1, 2)) continue;
        // The images are the columns: x' = Σ x_k a_k'.
        found.push(Int32Array.from({ length: 9 }, (_, at) => [a, b, c][at % 3]!.n[Math.floor(at / 3)]!));
      }
    }
  }
  return found;
}

function vectorsAsLongAs(
  row: Triple,
  rows: readonly Triple[],
  inverse: Float64Array,
  toleranceA: number,
): LatticeVector[] {
  const lengthA = length(row);
  // |n_j| = |v · b_j| ≤ |v| |b_j|, b_j the reciprocal vectors.
  const most = [0, 1, 2].map((j) =>
    Math.floor(
      (lengthA + toleranceA) * length([inverse[3 * j]!, inverse[3 * j + 1]!, inverse[3 * j + 2]!]) * (1 + 1e-12),
    ),
  ) as Triple;
  const found: LatticeVector[] = [];
  for (let i = -most[0]; i <= most[0]; i++) {
    for (let j = -most[1]; j <= most[1]; j++) {
      for (let k = -most[2]; k <= most[2]; k++) {
        const vectorA = [0, 1, 2].map(
          (axis) => i * rows[0]![axis]! + j * rows[1]![axis]! + k * rows[2]![axis]!,
        ) as Triple;
        if (Math.abs(length(vectorA) - lengthA) <= toleranceA) found.push({ n: [i, j, k], vectorA });
      }
    }
  }
  return found;
}

const dot = (p: Triple, q: Triple): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
const length = (v: Triple): number => Math.sqrt(dot(v, v));
