/**
 * All positions that a site stands for under a space group. A site within a tolerance of a special position is put onto
 * it exactly: onto the fixed points of the operations that leave it in place, of which the coordinates that the operations
 * demand come out as the nearest doubles of fractions (1/3 where a file says 0.3333) and equal ones as equal bits.
 */
import { InputError } from '../numerics/input-error.ts';
import { applyTo, type SymmetryOperation, TRANSLATION_PARTS } from './symmetry-operation.ts';

export interface SiteOrbit {
  /** Fractional coordinates in [0, 1), one each, in the order of the operations; the first is the site itself. */
  readonly points: readonly Float64Array[];
  /** How many operations leave the site where it is. */
  readonly stabiliser: number;
  /** How far the site was moved, Å. */
  readonly movedA: number;
}

/**
 * @param site fractional coordinates
 * @param operations a whole group
 * @param toleranceA images of a site nearer than this are one atom, Å
 * @throws InputError `bad-structure` where the tolerance does not tell whether images are one atom
 */
export function siteOrbit(
  site: ArrayLike<number>,
  operations: readonly SymmetryOperation[],
  cellA: Float64Array,
  toleranceA: number,
): SiteOrbit {
  const near = (p: ArrayLike<number>, q: ArrayLike<number>): boolean => distanceA(p, q, cellA) < toleranceA;
  const stabiliserOf = (point: ArrayLike<number>): SymmetryOperation[] =>
    operations.filter((operation) => near(applyTo(operation, point), point));
  const stabiliser = stabiliserOf(site);
  const exact = onFixedPoints(site, stabiliser);
  const movedA = distanceA(exact, site, cellA);
  const points: Float64Array[] = [];
  for (const operation of operations) {
    const image = intoCell(applyTo(operation, exact));
    if (points.some((point) => near(point, image))) continue;
    // 1 − 2/3 is not the double nearest to 1/3: each image is put onto its own fixed points.
    points.push(stabiliser.length === 1 ? image : intoCell(onFixedPoints(image, stabiliserOf(image))));
  }
  if (points.length * stabiliser.length !== operations.length || movedA > toleranceA) {
    throw new InputError('bad-structure', 'it cannot be told whether the site is on a special position', {
      expected: `images of a site nearer than ${toleranceA} Å, or well apart`,
      found: `${points.length} images apart, ${stabiliser.length} of ${operations.length} operations that leave it in place`,
      remedy: 'give the coordinates of the site with more digits',
    });
  }
  return { points, stabiliser: stabiliser.length, movedA };
}

/** The nearest fixed point: the mean of the site's images, P x + p with P of whole numbers and p of fractions. */
function onFixedPoints(site: ArrayLike<number>, stabiliser: readonly SymmetryOperation[]): Float64Array {
  const sum = new Int32Array(9);
  const parts = new Float64Array(3);
  let holds = true;
  for (const operation of stabiliser) {
    const image = applyTo(operation, site);
    for (let k = 0; k < 3; k++) {
      const shift = Math.round(image[k]! - site[k]!);
      holds &&= image[k]! - shift === site[k];
      const inParts = operation.translation[k]! * TRANSLATION_PARTS;
      const whole = Math.round(inParts);
      parts[k]! += (Math.abs(inParts - whole) < 1e-9 * TRANSLATION_PARTS ? whole : inParts) - shift * TRANSLATION_PARTS;
      for (let j = 0; j < 3; j++) sum[3 * k + j]! += operation.rotation[3 * k + j]!;
    }
  }
  if (holds) return Float64Array.from({ length: 3 }, (_, k) => site[k]! + 0);
  const order = stabiliser.length;
  return Float64Array.from({ length: 3 }, (_, k) => {
    const rotated = sum[3 * k]! * site[0]! + sum[3 * k + 1]! * site[1]! + sum[3 * k + 2]! * site[2]!;
    return (rotated * TRANSLATION_PARTS + parts[k]!) / (order * TRANSLATION_PARTS);
  });
}

/** Each coordinate in [0, 1). */
function intoCell(point: Float64Array): Float64Array {
  return point.map((coordinate) => {
    const wrapped = coordinate - Math.floor(coordinate);
    return wrapped < 1 ? wrapped : 0;
  });
}

/** Between a point and the image of another that is nearest by coordinates: right where they all but coincide. */
function distanceA(p: ArrayLike<number>, q: ArrayLike<number>, cellA: Float64Array): number {
  let square = 0;
  const apart = [0, 1, 2].map((k) => p[k]! - q[k]! - Math.round(p[k]! - q[k]!));
  for (let axis = 0; axis < 3; axis++) {
    const x = apart[0]! * cellA[axis]! + apart[1]! * cellA[3 + axis]! + apart[2]! * cellA[6 + axis]!;
    square += x * x;
  }
  return Math.sqrt(square);
}
