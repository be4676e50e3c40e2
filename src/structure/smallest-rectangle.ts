/** The smallest rectangle whose sides are vectors of a plane lattice, exactly. */
import {
  cross,
  dot,
  greatestCommonDivisor,
  type IntegerLattice,
  type IntegerVector,
  scaled,
} from './integer-lattice.ts';

/**
 * Two perpendicular lattice vectors x, y that span the smallest area; (x, y, normal) is right-handed. Of equal areas the
 * one with a side along `axis`, if any, then the one nearest to a square, then the first in the order of components.
 * y is the side along `axis`, in its sense; without one it is the shorter side, its first non-zero component positive.
 *
 * With x = i·b₁ + j·b₂ the primitive vector at right angles is y ∝ (b₂·x) b₁ − (b₁·x) b₂. One side is no longer than √area,
 * so only x up to that length are looked at; i and j are bounded because the basis is reduced.
 * @param lattice of rank 2
 */
export function smallestRectangle(
  lattice: IntegerLattice,
  normal: IntegerVector,
  axis: IntegerVector,
): readonly [IntegerVector, IntegerVector] {
  const [b1, b2] = reduced(lattice[0]!, lattice[1]!);
  let best = rectangleOn(1n, 0n, b1, b2);
  const consider = (i: bigint, j: bigint): void => {
    if (greatestCommonDivisor(i, j) !== 1n) return;
    const candidate = rectangleOn(i, j, b1, b2);
    if (isBetter(candidate, best, axis)) best = candidate;
  };
  consider(0n, 1n);
  const [length1, length2] = [Number(dot(b1, b1)), Number(dot(b2, b2))];
  const reach = (length: number): number => Math.ceil(Math.sqrt((4 / 3) * (Math.sqrt(Number(best.area2)) / length)));
  for (let j = 0; j <= reach(length2); j++) {
    for (let i = reach(length1); i >= -reach(length1); i--) consider(BigInt(i), BigInt(j));
  }
  return oriented(best, normal, axis);
}

interface Rectangle {
  readonly p: IntegerVector;
  readonly q: IntegerVector;
  /** Square of the area; of a rectangle, the product of the squared sides. */
  readonly area2: bigint;
}

function rectangleOn(i: bigint, j: bigint, b1: IntegerVector, b2: IntegerVector): Rectangle {
  const combine = (m: bigint, n: bigint): IntegerVector => [
    m * b1[0] + n * b2[0],
    m * b1[1] + n * b2[1],
    m * b1[2] + n * b2[2],
  ];
  const p = combine(i, j);
  const [along, across] = [dot(b2, p), -dot(b1, p)];
  const divisor = greatestCommonDivisor(along, across);
  const q = combine(along / divisor, across / divisor);
  return { p, q, area2: dot(p, p) * dot(q, q) };
}

function isBetter(a: Rectangle, b: Rectangle, axis: IntegerVector): boolean {
  if (a.area2 !== b.area2) return a.area2 < b.area2;
  const [alongA, alongB] = [a, b].map(({ p, q }) => isParallel(p, axis) || isParallel(q, axis));
  if (alongA !== alongB) return alongA!;
  const [sumA, sumB] = [a, b].map(({ p, q }) => dot(p, p) + dot(q, q));
  if (sumA !== sumB) return sumA! < sumB!;
  return isBefore(firstSide(a), firstSide(b));
}

/** The same for both names of the sides and all four signs. */
function firstSide({ p, q }: Rectangle): IntegerVector {
  const [first, second] = [p, q].map(positive) as [IntegerVector, IntegerVector];
  return isBefore(first, second) ? second : first;
}

function oriented(
  { p, q }: Rectangle,
  normal: IntegerVector,
  axis: IntegerVector,
): readonly [IntegerVector, IntegerVector] {
  const shorter = dot(p, p) < dot(q, q) || (dot(p, p) === dot(q, q) && isBefore(positive(q), positive(p))) ? p : q;
  const side = isParallel(p, axis) ? p : isParallel(q, axis) ? q : shorter;
  const y = isParallel(side, axis) ? scaled(side, dot(side, axis) < 0n ? -1n : 1n) : positive(side);
  const other = side === p ? q : p;
  return [dot(cross(other, y), normal) > 0n ? other : scaled(other, -1n), y];
}

/** Lagrange and Gauss' reduction: the two shortest independent vectors. */
function reduced(a: IntegerVector, b: IntegerVector): readonly [IntegerVector, IntegerVector] {
  let [short, long] = dot(a, a) <= dot(b, b) ? [a, b] : [b, a];
  for (;;) {
    const square = dot(short, short);
    const twice = 2n * dot(short, long);
    const half = twice < 0n ? -((square - twice) / (2n * square)) : (twice + square) / (2n * square);
    const rest: IntegerVector = [long[0] - half * short[0], long[1] - half * short[1], long[2] - half * short[2]];
    if (dot(rest, rest) >= square) return [short, rest];
    [short, long] = [rest, short];
  }
}

const isParallel = (a: IntegerVector, b: IntegerVector): boolean => cross(a, b).every((entry) => entry === 0n);

const positive = (a: IntegerVector): IntegerVector =>
  (a.find((entry) => entry !== 0n) ?? 0n) < 0n ? scaled(a, -1n) : a;

function isBefore(a: IntegerVector, b: IntegerVector): boolean {
  const k = a.findIndex((entry, index) => entry !== b[index]);
  return k >= 0 && a[k]! > b[k]!;
}
