/**
 * Rotations that bring a part of a cubic lattice onto itself, given by integers. A rotation by θ about [uvw] maps the
 * lattice onto one with common points exactly if tan(θ/2) = (n/m)·√(u² + v² + w²) with coprime m, n; then it is the
 * integer matrix of the quaternion (m, n·u, n·v, n·w) over its norm N = m² + n²(u² + v² + w²), and Σ is N without its
 * factors of 2, the same for the primitive, body-centred and face-centred lattices.
 * Source: Grimmer, Bollmann & Warrington, Acta Cryst. A30, 197 (1974); Grimmer, Acta Cryst. A40, 108 (1984).
 */
import { angleOf } from '../numerics/arctangent.ts';
import { InputError } from '../numerics/input-error.ts';
import { greatestCommonDivisor, type IntegerVector, isZero, primitive, vector } from './integer-lattice.ts';

export interface CoincidenceRotation {
  /** Rotation axis, Miller indices without a common factor. */
  readonly axis: IntegerVector;
  /** Rows of N·R; R acts on columns, actively and right-handed about the axis. */
  readonly numerator: readonly [IntegerVector, IntegerVector, IntegerVector];
  /** N. */
  readonly denominator: bigint;
  /** One of so many lattice points is common to both crystals; always odd. */
  readonly sigma: number;
  /** −180 < θ ≤ 180. */
  readonly angleDegrees: number;
}

/** How near an angle that was asked for must be: published angles are rounded to two decimals or one. */
const ANGLE_TOLERANCE_DEGREES = 0.06;
const MAX_SIGMA = 9999;

/** The rotation of the quaternion (m, n·axis), m ≥ 0, not both zero; the axis primitive. */
export function rotationOf(axis: IntegerVector, m: number, n: number): CoincidenceRotation {
  const divisor = greatestCommonDivisor(BigInt(m), BigInt(n));
  const q = BigInt(m) / divisor;
  const [x, y, z] = axis.map((index) => (index * BigInt(n)) / divisor) as [bigint, bigint, bigint];
  const denominator = q * q + x * x + y * y + z * z;
  const length = Math.sqrt(Number(axis.reduce((sum, index) => sum + index * index, 0n)));
  const magnitude = (2 * angleOf(m, Math.abs(n) * length) * 180) / Math.PI;
  return {
    axis,
    numerator: [
      [q * q + x * x - y * y - z * z, 2n * (x * y - q * z), 2n * (x * z + q * y)],
      [2n * (x * y + q * z), q * q - x * x + y * y - z * z, 2n * (y * z - q * x)],
      [2n * (x * z - q * y), 2n * (y * z + q * x), q * q - x * x - y * y + z * z],
    ],
    denominator,
    sigma: Number(withoutFactorsOfTwo(denominator)),
    angleDegrees: n < 0 && m > 0 ? -magnitude : magnitude,
  };
}

/** All rotations about the axis with this Σ, by increasing |θ|, the positive one of each pair first. */
export function rotationsOf(axis: IntegerVector, sigma: number): CoincidenceRotation[] {
  const square = Number(axis.reduce((sum, index) => sum + index * index, 0n));
  const found: CoincidenceRotation[] = [];
  // A primitive quaternion of this Σ has the norm Σ, 2Σ or 4Σ.
  for (let n = 1; n * n * square <= 4 * sigma; n++) {
    for (let m = 0; m * m + n * n * square <= 4 * sigma; m++) {
      const norm = m * m + n * n * square;
      if (norm % sigma !== 0 || greatestCommonDivisor(BigInt(m), BigInt(n)) !== 1n) continue;
      const rotation = rotationOf(axis, m, n);
      if (rotation.sigma !== sigma) continue;
      found.push(rotation);
      if (m > 0) found.push(rotationOf(axis, m, -n));
    }
  }
  const order = (rotation: CoincidenceRotation): number => Math.abs(rotation.angleDegrees);
  return found.sort((a, b) => order(a) - order(b) || b.angleDegrees - a.angleDegrees);
}

/**
 * The rotation of that axis and Σ; of several, the one at `angleDegrees`, or the smallest positive angle.
 * @throws InputError `bad-boundary` for an axis of zeros, a Σ that no rotation about the axis has, or an angle of another Σ
 */
export function chooseRotation(
  axisIndices: readonly [number, number, number],
  sigma: number,
  angleDegrees?: number,
): CoincidenceRotation {
  const axis = primitive(requireIndices(axisIndices, 'boundary.axis'));
  if (!Number.isInteger(sigma) || sigma < 1 || sigma > MAX_SIGMA) {
    throw new InputError('bad-boundary', 'Σ is a whole number of lattice points', {
      where: 'boundary.sigma',
      expected: `an odd number, 1 to ${MAX_SIGMA}`,
      found: String(sigma),
    });
  }
  const all = rotationsOf(axis, sigma);
  if (all.length === 0) {
    throw new InputError('bad-boundary', `no rotation about [${axis.join(' ')}] has Σ = ${sigma}`, {
      where: 'boundary.sigma',
      expected: `one of ${sigmasAbout(axis).join(', ')}, …`,
      found: String(sigma),
      remedy: sigma % 2 === 0 ? 'Σ of a cubic lattice is always odd' : 'take another Σ or axis',
    });
  }
  if (angleDegrees === undefined) return all[0]!;
  const distance = ({ angleDegrees: angle }: CoincidenceRotation): number => Math.abs(angle - angleDegrees);
  const nearest = all.reduce((best, rotation) => (distance(rotation) < distance(best) ? rotation : best));
  if (distance(nearest) <= ANGLE_TOLERANCE_DEGREES) return nearest;
  throw new InputError('bad-boundary', `no Σ${sigma} rotation about [${axis.join(' ')}] has this angle`, {
    where: 'boundary.angleDegrees',
    expected: `one of ${all.map((rotation) => rotation.angleDegrees.toFixed(2)).join(', ')} degrees`,
    found: `${angleDegrees}`,
  });
}

/** The smallest Σ > 1 that rotations about the axis have, up to ten. */
function sigmasAbout(axis: IntegerVector): number[] {
  const sigmas: number[] = [];
  for (let sigma = 3; sigma <= MAX_SIGMA && sigmas.length < 10; sigma += 2) {
    if (rotationsOf(axis, sigma).length > 0) sigmas.push(sigma);
  }
  return sigmas;
}

/**
 * Miller indices as integers.
 * @throws InputError `bad-boundary` for indices that are not whole numbers from −99 to 99, or all zero
 */
export function requireIndices(indices: readonly [number, number, number], where: string): IntegerVector {
  if (indices.every((index) => Number.isInteger(index) && Math.abs(index) <= 99)) {
    const integers = vector(indices);
    if (!isZero(integers)) return integers;
  }
  throw new InputError('bad-boundary', 'these are no Miller indices', {
    where,
    expected: 'three whole numbers, −99 to 99, not all zero',
    found: `[${indices.join(', ')}]`,
  });
}

function withoutFactorsOfTwo(n: bigint): bigint {
  let odd = n;
  while (odd % 2n === 0n) odd /= 2n;
  return odd;
}
