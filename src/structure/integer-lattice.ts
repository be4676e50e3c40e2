/**
 * Lattices of integer vectors, exactly: sums, intersections, and the sublattices in a plane or along a line. A lattice is
 * the Hermite form of its basis (rows), so equal lattices are equal arrays. All arithmetic is that of BigInt.
 */
import { hermiteForm, type IntegerRow } from './hermite-form.ts';

export type IntegerVector = readonly [bigint, bigint, bigint];
/** One to three independent rows in Hermite form. */
export type IntegerLattice = readonly IntegerVector[];

export const latticeOf = (generators: readonly IntegerVector[]): IntegerLattice => hermiteForm(generators).map(vector);

/** All vectors v + w: what a coincidence-site lattice's partner, the DSC lattice, is of the two crystals. */
export const sumLattice = (a: IntegerLattice, b: IntegerLattice): IntegerLattice => latticeOf([...a, ...b]);

/**
 * All vectors that both lattices have. Zassenhaus' algorithm: in the form of (a a; b 0) the rows whose first half is zero
 * have a basis of the intersection in their second half.
 */
export function intersectLattices(a: IntegerLattice, b: IntegerLattice): IntegerLattice {
  const rows = [...a.map((row) => [...row, ...row]), ...b.map((row) => [...row, 0n, 0n, 0n])];
  return rowsAfterZeros(rows, 3);
}

/** The vectors of the lattice that are perpendicular to `normal`: two rows for a lattice of rank 3. */
export const inPlane = (lattice: IntegerLattice, normal: IntegerVector): IntegerLattice =>
  rowsAfterZeros(
    lattice.map((row) => [dot(row, normal), ...row]),
    1,
  );

/** The shortest vector of the lattice along `direction`, in its sense; undefined where there is none. */
export function alongLine(lattice: IntegerLattice, direction: IntegerVector): IntegerVector | undefined {
  const line = rowsAfterZeros(
    lattice.map((row) => [...cross(row, direction), ...row]),
    3,
  );
  const found = line[0];
  return found === undefined ? undefined : scaled(found, dot(found, direction) < 0n ? -1n : 1n);
}

function rowsAfterZeros(rows: readonly IntegerRow[], zeros: number): IntegerLattice {
  return hermiteForm(rows)
    .filter((row) => row.slice(0, zeros).every((entry) => entry === 0n))
    .map((row) => vector(row.slice(zeros)));
}

/** The volume of the lattice's cell, a positive integer; for a lattice of rank 3. */
export const cellVolume = (lattice: IntegerLattice): bigint => {
  const volume = dot(lattice[0]!, cross(lattice[1]!, lattice[2]!));
  return volume < 0n ? -volume : volume;
};

/**
 * Whole-number coordinates of `point` in the basis of a lattice of rank 3 (rows in Hermite form, so by substitution);
 * undefined where the point is not of the lattice.
 */
export function coordinatesIn(lattice: IntegerLattice, point: IntegerVector): IntegerVector | undefined {
  const rest = [...point];
  const coordinates: bigint[] = [];
  for (let k = 0; k < 3; k++) {
    const pivot = lattice[k]![k]!;
    if (rest[k]! % pivot !== 0n) return undefined;
    const count = rest[k]! / pivot;
    for (let column = k; column < 3; column++) rest[column]! -= count * lattice[k]![column]!;
    coordinates.push(count);
  }
  return vector(coordinates);
}

export const dot = (a: IntegerVector, b: IntegerVector): bigint => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: IntegerVector, b: IntegerVector): IntegerVector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const scaled = (a: IntegerVector, factor: bigint): IntegerVector => [
  a[0] * factor,
  a[1] * factor,
  a[2] * factor,
];
export const isZero = (a: IntegerVector): boolean => a.every((entry) => entry === 0n);

/** The shortest integer vector of the same direction and sense: Miller indices without a common factor. */
export function primitive(a: IntegerVector): IntegerVector {
  const divisor = greatestCommonDivisor(a[0], greatestCommonDivisor(a[1], a[2]));
  return divisor === 0n ? a : [a[0] / divisor, a[1] / divisor, a[2] / divisor];
}

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [p, q] = [a, b];
  while (q !== 0n) [p, q] = [q, p % q];
  return p < 0n ? -p : p;
}

export const vector = (entries: readonly (bigint | number)[]): IntegerVector => [
  BigInt(entries[0]!),
  BigInt(entries[1]!),
  BigInt(entries[2]!),
];
