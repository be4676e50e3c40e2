/**
 * The cell in which two grains of a cubic crystal fit together: the coincidence-site lattice (CSL) L ∩ RL of a rotation R,
 * and in it the smallest right-handed orthogonal cell x ⟂ y ⟂ z with z perpendicular to the boundary plane. Everything
 * here is decided in integers; vectors are in units of a/2, in the crystal axes of the unrotated grain A.
 * Sources: Bollmann, Crystal Defects and Crystalline Interfaces (1970); Grimmer, Bollmann & Warrington 1974.
 */
import { InputError } from '../numerics/input-error.ts';
import { type CoincidenceRotation, requireIndices } from './coincidence-rotation.ts';
import {
  alongLine,
  cellVolume,
  cross,
  dot,
  type IntegerLattice,
  type IntegerVector,
  inPlane,
  intersectLattices,
  latticeOf,
  primitive,
  scaled,
  sumLattice,
} from './integer-lattice.ts';
import { smallestRectangle } from './smallest-rectangle.ts';

export interface CoincidenceCell {
  readonly rotation: CoincidenceRotation;
  /** Boundary plane (hkl) of grain A, without a common factor; z points along it. */
  readonly plane: IntegerVector;
  /** x, y, z of the cell in the crystal axes of grain A, units of a/2. */
  readonly vectorsA: CellVectors;
  /** The same three vectors in the crystal axes of grain B = R·A. */
  readonly vectorsB: CellVectors;
  /** Lattice points of one crystal in the cell. */
  readonly latticePoints: number;
  /** How many of them are points of the other crystal's lattice too: latticePoints / Σ. */
  readonly coincidences: number;
  /**
   * In-plane translations (units of a/2, scaled by `denominator` of the rotation) of one grain against the other that
   * leave the boundary as it is: sums of the two crystals' in-plane lattice vectors.
   */
  readonly shiftLattice: IntegerLattice;
}

export type CellVectors = readonly [IntegerVector, IntegerVector, IntegerVector];

/** Directions that the caller wants for x, or for x and y; what is absent is chosen. */
export interface InPlaneDirections {
  readonly x?: readonly [number, number, number] | undefined;
  readonly y?: readonly [number, number, number] | undefined;
}

/**
 * @param lattice of the host, units of a/2
 * @throws InputError `bad-boundary` for indices that are none, directions that do not lie in the plane, are not at right
 *   angles or form a left-handed set with z
 */
export function coincidenceCell(
  lattice: IntegerLattice,
  rotation: CoincidenceRotation,
  planeIndices: readonly [number, number, number],
  directions: InPlaneDirections = {},
): CoincidenceCell {
  const plane = primitive(requireIndices(planeIndices, 'boundary.plane'));
  const { denominator } = rotation;
  const scaledA = latticeOf(lattice.map((row) => scaled(row, denominator)));
  const scaledB = latticeOf(lattice.map((row) => rotated(rotation, row)));
  const common = latticeOf(intersectLattices(scaledA, scaledB).map((row) => divided(row, denominator)));
  const z = alongLine(common, plane)!;
  const flat = inPlane(common, plane);
  const [x, y] =
    directions.x === undefined && directions.y === undefined
      ? smallestRectangle(flat, plane, rotation.axis)
      : givenRectangle(flat, plane, directions);
  const volume = dot(x, cross(y, z));
  const vectorsA: CellVectors = [x, y, z];
  return {
    rotation,
    plane,
    vectorsA,
    vectorsB: vectorsA.map((v) => inAxesOfB(rotation, v)) as unknown as CellVectors,
    latticePoints: Number(volume / cellVolume(lattice)),
    coincidences: Number(volume / cellVolume(common)),
    shiftLattice: sumLattice(inPlane(scaledA, plane), inPlane(scaledB, plane)),
  };
}

/** N·R·v. */
const rotated = ({ numerator }: CoincidenceRotation, v: IntegerVector): IntegerVector => [
  dot(numerator[0], v),
  dot(numerator[1], v),
  dot(numerator[2], v),
];

/** R⁻¹·v = Rᵀ·v of a vector of the CSL, which is whole. */
function inAxesOfB({ numerator, denominator }: CoincidenceRotation, v: IntegerVector): IntegerVector {
  const column = (k: 0 | 1 | 2): IntegerVector => [numerator[0][k], numerator[1][k], numerator[2][k]];
  return divided([dot(column(0), v), dot(column(1), v), dot(column(2), v)], denominator);
}

function divided(v: IntegerVector, divisor: bigint): IntegerVector {
  if (v.some((entry) => entry % divisor !== 0n)) throw new Error(`(${v.join(', ')}) is no multiple of ${divisor}`);
  return [v[0] / divisor, v[1] / divisor, v[2] / divisor];
}

function givenRectangle(
  flat: IntegerLattice,
  plane: IntegerVector,
  given: InPlaneDirections,
): readonly [IntegerVector, IntegerVector] {
  const direction = (name: 'x' | 'y'): IntegerVector | undefined => {
    const indices = given[name];
    if (indices === undefined) return undefined;
    const along = primitive(requireIndices(indices, `boundary.${name}`));
    if (dot(along, plane) === 0n) return along;
    throw new InputError('bad-boundary', `${name} = [${indices.join(' ')}] does not lie in the boundary plane`, {
      where: `boundary.${name}`,
      expected: `a direction perpendicular to [${plane.join(' ')}]`,
      found: `a scalar product of ${dot(along, plane)}`,
      remedy: 'leave x and y out to have the smallest cell chosen',
    });
  };
  const x = direction('x') ?? primitive(cross(direction('y')!, plane));
  const y = direction('y') ?? primitive(cross(plane, x));
  if (dot(x, y) !== 0n || dot(cross(x, y), plane) <= 0n) {
    throw new InputError('bad-boundary', 'x, y and the plane normal are not a right-handed orthogonal set', {
      where: 'boundary.y',
      expected: `x · y = 0 and y along [${primitive(cross(plane, x)).join(' ')}]`,
      found: `x · y = ${dot(x, y)}, y = [${y.join(' ')}]`,
      remedy: 'reverse or exchange x and y, or leave y out',
    });
  }
  return [alongLine(flat, x)!, alongLine(flat, y)!];
}
