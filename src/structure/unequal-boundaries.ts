/** Refuses bicrystals whose two boundaries are not of one kind, and looks for what would be. */
import { InputError } from '../numerics/input-error.ts';
import { type BicrystalOptions, cellLengthsA } from './bicrystal.ts';
import { areBoundariesEqual } from './boundary-pairs.ts';
import { type CoincidenceCell, coincidenceCell } from './coincidence-cell.ts';
import { type CoincidenceRotation, rotationsOf } from './coincidence-rotation.ts';
import type { CubicHost } from './cubic-host.ts';
import { fillCell } from './grain.ts';
import { vector } from './integer-lattice.ts';

type Options = Omit<BicrystalOptions, 'repeats'>;

/** So many other angles and cuts are tried for the sake of an error message. */
const MOST_TRIALS = 16;
/** In cells of more atoms than this none are: it would take minutes. */
const MOST_ATOMS = 5000;

/** @throws InputError `unequal-boundaries` that names angles, or else cuts, with which the boundaries would be equal */
export function requireEqualBoundaries(host: CubicHost, cell: CoincidenceCell, options: Options): void {
  if (areBoundariesEqual(host, cell, options)) return;
  const { axis, sigma, angleDegrees } = cell.rotation;
  throw new InputError('unequal-boundaries', 'the two boundaries of this bicrystal are not of one kind', {
    where: 'boundary',
    expected: 'the same pairs of atoms, at the same distances, across both',
    found: `Σ${sigma}, ${angleDegrees.toFixed(2)}° about [${axis.join(' ')}], plane (${cell.plane.join(' ')})`,
    remedy: remedyFor(host, cell, options),
  });
}

function remedyFor(host: CubicHost, cell: CoincidenceCell, options: Options): string {
  const otherwise = 'or say allowUnequalBoundaries: true';
  if (cell.latticePoints * host.sites.length > MOST_ATOMS) return `take another angle, cut or plane, ${otherwise}`;
  const cuts = equalCuts(host, cell, options);
  if (cuts.length > 0) {
    return `they are equal with cutOffsetA: ${cuts.map(plainly).join(' or ')}; take that, ${otherwise}`;
  }
  const angles = equalRotations(host, cell, options).map((rotation) => rotation.angleDegrees.toFixed(2));
  if (angles.length > 0) {
    return `a crystal without inversion has such mirror twins; the boundaries are equal with angleDegrees: ${angles.join(' or ')}; take that, ${otherwise}`;
  }
  return `take another plane or Σ, ${otherwise}`;
}

/** The other rotations of the same axis and Σ whose boundaries on that plane are of one kind. */
function equalRotations(
  host: CubicHost,
  { rotation, plane }: CoincidenceCell,
  options: Options,
): CoincidenceRotation[] {
  const normal = plane.map(Number) as [number, number, number];
  return rotationsOf(vector(rotation.axis), rotation.sigma)
    .slice(0, MOST_TRIALS)
    .filter((other) => other.angleDegrees !== rotation.angleDegrees)
    .filter((other) => areBoundariesEqual(host, coincidenceCell(host.lattice, other, normal), options));
}

/**
 * Cuts halfway between layers (Å above the point that the plane goes through, nearest first) that make the boundaries equal.
 * Where atoms lie in the plane, one grain has them at both boundaries or each at one, and only some symmetries allow that.
 */
function equalCuts(host: CubicHost, cell: CoincidenceCell, options: Options): number[] {
  const lengthA = cellLengthsA(host, cell)[2];
  const layers = [cell.vectorsA, cell.vectorsB]
    .flatMap((vectors) => fillCell(host, vectors, options.planeThrough ?? [0, 0, 0], [0, 0, 0]))
    .map(({ fractional }) => fractional[2] * lengthA)
    .sort((a, b) => a - b);
  const cuts = layers.flatMap((z, k) => {
    const above = layers[k + 1] ?? layers[0]! + lengthA;
    const middle = (z + above) / 2;
    return above - z < 1e-3 ? [] : [middle > lengthA / 2 ? middle - lengthA : middle];
  });
  return cuts
    .sort((a, b) => Math.abs(a) - Math.abs(b) || b - a)
    .slice(0, MOST_TRIALS)
    .filter((cutOffsetA) => areBoundariesEqual(host, cell, { ...options, cutOffsetA: Number(plainly(cutOffsetA)) }))
    .slice(0, 2);
}

const plainly = (lengthA: number): string => String(Number(lengthA.toFixed(4)));
