/**
 * Keeps the symmetry of a structure while it relaxes: forces and stresses are replaced by their means over a group of
 * operations, so that every step stays among the structures that have them.
 */
import { multiply } from '../../numerics/exponential-flow.ts';
import { InputError } from '../../numerics/input-error.ts';
import { inverseCell, type Structure } from '../../structure/structure.ts';

/** Of fractional coordinates: x' = R x + t. */
export interface ConstraintOperation {
  /** R, 3×3 row-major, integers. */
  readonly rotation: ArrayLike<number>;
  readonly translation: ArrayLike<number>;
  /** Atom i is moved to where atom permutation[i] is. */
  readonly permutation: ArrayLike<number>;
}

/** How far off an atom may be from where an operation takes it, Å: relaxation starts there and does not mend it. */
const TOLERANCE_A = 0.05;
/** How far R in Cartesian coordinates may be from orthogonal. */
const ROTATION_TOLERANCE = 1e-3;

export class SymmetryConstraint {
  /** In Cartesian coordinates, 3×3 row-major. */
  readonly #rotations: readonly Float64Array[];
  readonly #permutations: readonly ArrayLike<number>[];

  /**
   * @param operations all of a group, the identity too; those that lack one of their products leave less symmetry than none
   * @throws InputError `bad-symmetry` for an operation that is no rotation of the cell or does not map the atoms so
   */
  constructor(structure: Structure, operations: readonly ConstraintOperation[]) {
    const inverse = inverseCell(structure.cellA);
    this.#rotations = operations.map((operation, n) => {
      const rotation = cartesian(operation.rotation, structure.cellA, inverse);
      requireRotation(operation.rotation, rotation, n);
      requireMapping(structure, inverse, operation, n);
      return rotation;
    });
    this.#permutations = operations.map(({ permutation }) => permutation);
  }

  /** N×3 vectors, replaced by their mean over the group. */
  projectVectors(vectors: Float64Array): void {
    const sum = new Float64Array(vectors.length);
    this.#rotations.forEach((r, n) => {
      const permutation = this.#permutations[n]!;
      for (let i = 0; i < permutation.length; i++) {
        const [from, to] = [3 * i, 3 * permutation[i]!];
        for (let a = 0; a < 3; a++) {
          const turned =
            r[3 * a]! * vectors[from]! + r[3 * a + 1]! * vectors[from + 1]! + r[3 * a + 2]! * vectors[from + 2]!;
          sum[to + a] = sum[to + a]! + turned;
        }
      }
    });
    for (let k = 0; k < sum.length; k++) vectors[k] = sum[k]! / this.#rotations.length;
  }

  /** A 3×3 tensor, replaced by its mean over the group. */
  projectTensor(tensor: Float64Array): void {
    const sum = new Float64Array(9);
    for (const r of this.#rotations) {
      const turned = multiply(multiply(r, tensor), transposed(r));
      for (let k = 0; k < 9; k++) sum[k] = sum[k]! + turned[k]!;
    }
    for (let k = 0; k < 9; k++) tensor[k] = sum[k]! / this.#rotations.length;
  }
}

const transposed = (m: ArrayLike<number>): Float64Array =>
  Float64Array.of(m[0]!, m[3]!, m[6]!, m[1]!, m[4]!, m[7]!, m[2]!, m[5]!, m[8]!);

/** H R H⁻¹ with the lattice vectors in the columns of H. */
const cartesian = (rotation: ArrayLike<number>, cellA: Float64Array, inverse: Float64Array): Float64Array =>
  multiply(multiply(transposed(cellA), rotation), inverse);

function requireRotation(rotation: ArrayLike<number>, inCartesian: Float64Array, n: number): void {
  const product = multiply(inCartesian, transposed(inCartesian));
  const isWhole = Array.from(rotation).every(Number.isInteger) && rotation.length === 9;
  const off = product.reduce((most, component, k) => Math.max(most, Math.abs(component - (k % 4 === 0 ? 1 : 0))), 0);
  if (isWhole && off < ROTATION_TOLERANCE) return;
  throw new InputError('bad-symmetry', 'an operation is no rotation of this cell', {
    where: `operation ${n} (counted from 0)`,
    expected: 'nine integers that leave the lengths and angles of the lattice vectors as they are',
    found: Array.from(rotation).join(' '),
  });
}

function requireMapping(
  { cellA, positionsA, species }: Structure,
  inverse: Float64Array,
  { rotation, translation, permutation }: ConstraintOperation,
  n: number,
): void {
  const fractional = (i: number): number[] =>
    [0, 1, 2].map((k) => [0, 1, 2].reduce((s, a) => s + inverse[3 * k + a]! * positionsA[3 * i + a]!, 0));
  const reached = new Set<number>();
  for (let i = 0; i < species.length; i++) {
    const target = permutation[i] ?? -1;
    reached.add(target);
    const from = fractional(i);
    const to = species[target] === species[i] ? fractional(target) : [Number.NaN, 0, 0];
    const off = [0, 1, 2].map((k) => {
      const image = [0, 1, 2].reduce((s, l) => s + rotation[3 * k + l]! * from[l]!, translation[k]!);
      const difference = image - to[k]!;
      return difference - Math.round(difference);
    });
    const offA = [0, 1, 2].map((a) => [0, 1, 2].reduce((s, k) => s + off[k]! * cellA[3 * k + a]!, 0));
    const distanceA = Math.sqrt(offA[0]! * offA[0]! + offA[1]! * offA[1]! + offA[2]! * offA[2]!);
    if (distanceA <= TOLERANCE_A) continue;
    throw new InputError('bad-symmetry', 'an operation does not take the atoms where it says', {
      where: `operation ${n}, atom ${i} (counted from 0)`,
      expected: `an atom of the same species within ${TOLERANCE_A} Å`,
      found: Number.isNaN(distanceA) ? `atom ${target}, of another species or none` : `${distanceA.toFixed(3)} Å off`,
    });
  }
  if (reached.size === species.length && permutation.length === species.length) return;
  throw new InputError('bad-symmetry', 'an operation takes two atoms to one place', { where: `operation ${n}` });
}
