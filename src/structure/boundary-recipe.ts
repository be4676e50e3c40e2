/** From what a user says of a boundary (a name, or axis, Σ and plane) to the crystal: one place that fills in what is left open. */
import { InputError } from '../numerics/input-error.ts';
import { type Bicrystal, type BicrystalOptions, makeBicrystal, makeBulkReference } from './bicrystal.ts';
import { areBoundariesEqual } from './boundary-pairs.ts';
import { type CoincidenceCell, coincidenceCell } from './coincidence-cell.ts';
import { chooseRotation } from './coincidence-rotation.ts';
import type { Crystal } from './crystal.ts';
import { type CubicHost, cubicHost } from './cubic-host.ts';
import { closestAcross, separationFor } from './grain-separation.ts';
import { type BoundaryName, NAMED_BOUNDARIES } from './named-boundaries.ts';
import { requireEqualBoundaries } from './unequal-boundaries.ts';

type Indices = readonly [number, number, number];

export interface BoundaryRecipe {
  readonly name?: BoundaryName | undefined;
  /** Rotation axis [uvw] in the crystal axes; with `sigma` and `plane` in place of a name. */
  readonly axis?: Indices | undefined;
  readonly sigma?: number | undefined;
  /** Which of the rotations with this axis and Σ; the smallest positive one where absent. */
  readonly angleDegrees?: number | undefined;
  /** Boundary plane (hkl) of the unrotated grain. */
  readonly plane?: Indices | undefined;
  /** Directions in the plane; the smallest orthogonal cell where absent. */
  readonly x?: Indices | undefined;
  readonly y?: Indices | undefined;
  /** The point about which one grain is turned, in the plane: a site label (its first atom), or fractions of a. */
  readonly planeThrough?: string | Indices | undefined;
  readonly cutOffsetA?: number | undefined;
  /** Rigid shift in the plane, fractions of the coincidence cell's x and y. */
  readonly shift?: readonly [number, number] | undefined;
  /** Å; where absent the smallest multiple of 0.1 Å that keeps atoms far enough apart. */
  readonly separationA?: number | undefined;
  /** Whether two boundaries that differ are accepted. */
  readonly allowUnequalBoundaries?: boolean | undefined;
  /** `bulk`: the perfect crystal in the same cell. */
  readonly reference?: 'bulk' | undefined;
}

export interface Boundary {
  readonly host: CubicHost;
  readonly cell: CoincidenceCell;
  readonly options: Omit<BicrystalOptions, 'repeats' | 'separationA'>;
}

/**
 * The geometry alone, for a crystal in its conventional cubic cell.
 * @throws InputError `bad-host`, `bad-boundary`
 */
export function boundaryOf(crystal: Crystal, recipe: BoundaryRecipe): Boundary {
  const host = cubicHost(crystal);
  const { axis, sigma, angleDegrees, plane, x, y } =
    recipe.name === undefined ? recipe : { ...NAMED_BOUNDARIES[recipe.name], y: undefined };
  if (axis === undefined || sigma === undefined || plane === undefined) {
    throw new InputError('bad-boundary', 'a boundary needs a name, or axis, sigma and plane', { where: 'boundary' });
  }
  return {
    host,
    cell: coincidenceCell(host.lattice, chooseRotation(axis, sigma, angleDegrees), plane, { x, y }),
    options: {
      planeThrough: pointOf(host, recipe.planeThrough ?? [0, 0, 0]),
      cutOffsetA: recipe.cutOffsetA ?? 0,
      shift: recipe.shift ?? [0, 0],
    },
  };
}

export interface MadeBoundary {
  readonly crystal: Crystal | Bicrystal;
  readonly boundary: Boundary;
  /** Undefined for a bulk reference. */
  readonly bicrystal?: Bicrystal;
  readonly areBoundariesEqual?: boolean;
}

/**
 * The bicrystal, or its bulk reference. Without a rigid shift its two boundaries must be equal, unless the recipe says
 * otherwise: a shift may part them, and is reported.
 * @param repeats coincidence cells along x, y, z, the last even
 * @param minimumA Å between atoms of the two grains
 * @param marginA Å beyond that where the recipe leaves the separation open, for displacements to come
 * @throws InputError `bad-host`, `bad-boundary`, `unequal-boundaries`, `overlapping-atoms` for a separation that is too small
 */
export function makeBoundary(
  crystal: Crystal,
  recipe: BoundaryRecipe,
  repeats: Indices,
  minimumA: number,
  marginA = 0,
): MadeBoundary {
  const boundary = boundaryOf(crystal, recipe);
  const { host, cell, options } = boundary;
  if (recipe.reference === 'bulk') return { crystal: makeBulkReference(host, cell, { ...options, repeats }), boundary };
  if (recipe.allowUnequalBoundaries !== true) requireEqualBoundaries(host, cell, { ...options, shift: [0, 0] });
  const separationA = recipe.separationA ?? separationFor(host, cell, options, minimumA + marginA);
  if (recipe.separationA !== undefined) requireSeparation(boundary, separationA, minimumA);
  const bicrystal = makeBicrystal(host, cell, { ...options, repeats, separationA });
  return {
    crystal: bicrystal,
    boundary,
    bicrystal,
    areBoundariesEqual: areBoundariesEqual(host, cell, { ...options, separationA }),
  };
}

function requireSeparation({ host, cell, options }: Boundary, separationA: number, minimumA: number): void {
  const neededA = separationFor(host, cell, options, minimumA);
  if (separationA >= neededA) return;
  const bicrystal = makeBicrystal(host, cell, { ...options, repeats: [1, 1, 2], separationA });
  const closestA = closestAcross(bicrystal, minimumA);
  if (closestA > minimumA) return;
  throw new InputError('overlapping-atoms', 'the grains are too near to each other', {
    where: 'boundary.separationA',
    expected: `${neededA} Å or so: no two atoms nearer than ${minimumA} Å`,
    found: `${separationA} Å, with atoms of the two grains ${closestA.toFixed(3)} Å apart`,
    remedy: 'leave it out to have the smallest one chosen',
  });
}

function pointOf(host: CubicHost, point: string | Indices): Indices {
  if (typeof point !== 'string') return point;
  const site = host.sites.find(({ label }) => label === point);
  if (site !== undefined) return site.fractional;
  throw new InputError('bad-boundary', `no atom lies on a site called ${point}`, {
    where: 'boundary.planeThrough',
    expected: `one of ${[...new Set(host.sites.map(({ label }) => label))].join(', ')}, or three fractions of a`,
    found: point,
  });
}
