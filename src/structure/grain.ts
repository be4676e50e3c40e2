/**
 * A block of crystal that fills an orthogonal cell of lattice vectors: which lattice points lie in it is found in integers,
 * so the number of atoms is exact whatever rounding does to their coordinates.
 */
import { InputError } from '../numerics/input-error.ts';
import type { CellVectors } from './coincidence-cell.ts';
import type { CubicHost, HostSite } from './cubic-host.ts';
import { hermiteForm } from './hermite-form.ts';
import { coordinatesIn, dot, type IntegerVector, vector } from './integer-lattice.ts';

export interface GrainAtom {
  readonly site: HostSite;
  /** Coordinates in the cell along x, y, z, each 0 ≤ f < 1. */
  readonly fractional: readonly [number, number, number];
}

/** Coordinates nearer to the upper end than this belong to the lower one: layers on a cut stay whole. */
const EDGE = 1e-9;
const MAX_POINTS = 1e6;

/**
 * Every atom of one crystal in one cell, lattice point by lattice point, the host's sites in their order.
 * @param cell x, y, z in the crystal's own axes, units of a/2, each a vector of its lattice
 * @param origin host coordinates (fractions of a) of the point that becomes the cell's corner
 * @param shift moves the atoms, fractions of x, y, z
 * @throws InputError `bad-boundary` where the cell holds more than a million lattice points
 */
export function fillCell(
  host: CubicHost,
  cell: CellVectors,
  origin: readonly [number, number, number],
  shift: readonly [number, number, number],
): GrainAtom[] {
  const points = latticePointsIn(host, cell);
  const length2 = cell.map((v) => Number(dot(v, v)));
  const offsets = host.sites.map(({ fractional }) =>
    cell.map((v, k) => {
      const along = v.reduce((sum, entry, axis) => sum + Number(entry) * 2 * (fractional[axis]! - origin[axis]!), 0);
      return along / length2[k]! + shift[k]!;
    }),
  );
  return points.flatMap((point) => {
    const base = cell.map((v, k) => Number(dot(v, point)) / length2[k]!);
    return host.sites.map((site, s): GrainAtom => {
      const [x, y, z] = offsets[s]!.map((offset, k) => inCell(base[k]! + offset)) as [number, number, number];
      return { site, fractional: [x, y, z] };
    });
  });
}

/** One representative of each lattice point modulo the cell: a box whose sides are the pivots of the cell's Hermite form. */
function latticePointsIn({ lattice }: CubicHost, cell: CellVectors): IntegerVector[] {
  const sides = hermiteForm(cell.map((v) => coordinatesIn(lattice, v)!)).map((row, k) => Number(row[k]!));
  const count = sides[0]! * sides[1]! * sides[2]!;
  if (count > MAX_POINTS) {
    throw new InputError('bad-boundary', 'the coincidence cell is too large', {
      where: 'boundary',
      expected: `at most ${MAX_POINTS} lattice points`,
      found: String(count),
      remedy: 'take a plane or directions of lower indices, or a smaller Σ',
    });
  }
  const points: IntegerVector[] = [];
  for (let i = 0; i < sides[0]!; i++) {
    for (let j = 0; j < sides[1]!; j++) {
      for (let k = 0; k < sides[2]!; k++) points.push(combination(lattice, vector([i, j, k])));
    }
  }
  return points;
}

const combination = (lattice: readonly IntegerVector[], counts: IntegerVector): IntegerVector =>
  vector([0, 1, 2].map((axis) => counts.reduce((sum, count, k) => sum + count * lattice[k]![axis]!, 0n)));

function inCell(coordinate: number): number {
  const inside = coordinate - Math.floor(coordinate + EDGE);
  return inside < EDGE ? 0 : inside;
}
