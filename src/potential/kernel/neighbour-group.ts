/**
 * Neighbours lie in groups of four, each quantity of the four side by side: so two neighbours are in one register, and
 * sums over neighbours add the even and the odd ones apart. Places that no neighbour takes are filled with one at the
 * cutoff, whose radial functions are zero.
 */
import type { KernelPlan } from './plan.ts';

export const GROUP = 4;
/** Bytes of one quantity, and of half of it: one register. */
export const QUANTITY_BYTES = 8 * GROUP;
export const HALF_BYTES = QUANTITY_BYTES / 2;
export const HALVES = [0, 1] as const;

export interface NeighbourGroup {
  /** Planar monomials x^a y^b in the order of the plan. */
  readonly monomials: number;
  /** f_μ, f_μ z and f'_μ of each label. */
  readonly radial: number;
  readonly radialZ: number;
  readonly slopes: number;
  /** Unit vector (until `radial` has run: the vector itself), distance (until then: its square), and its inverse. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly distance: number;
  readonly perDistance: number;
  /** Σ_μ f'_μ Q_μ, and the three components of g (gradients.ts). */
  readonly along: number;
  readonly gradient: number;
  /** 32-bit each: index of the neighbour, and address of the coefficients of the pair of species. */
  readonly atom: number;
  readonly coefficients: number;
  /** What the gradient of a loss needs besides; null where a kernel has none. */
  readonly training: TrainingGroup | null;
  readonly bytes: number;
}

export interface TrainingGroup {
  /** Q_μ, and its derivatives by x, y and z, of each label: 4 quantities a label. */
  readonly values: number;
  /** Components along and across the unit vector of the direction in which the neighbour is moved (tangents.ts). */
  readonly stretch: number;
  readonly turn: number;
  /** Change of the planar monomials, of f_μ, and of f_μ z, in that direction. */
  readonly monomials: number;
  readonly radial: number;
  readonly radialZ: number;
  /** Derivatives of the loss by f_μ and by f'_μ: in the places of `radial` and `radialZ`, once those are used. */
  readonly byValue: number;
  readonly bySlope: number;
  /** For each neighbour by itself: φ_n, then φ'_n. */
  readonly basis: number;
  readonly basisBytes: number;
}

export function neighbourGroup(
  { planarCount, radialFunctions }: KernelPlan,
  trainingBasis: number | null,
): NeighbourGroup {
  let quantities = 0;
  const place = (count: number): number => {
    const at = quantities * QUANTITY_BYTES;
    quantities += count;
    return at;
  };
  const group = {
    monomials: place(planarCount),
    radial: place(radialFunctions),
    radialZ: place(radialFunctions),
    slopes: place(radialFunctions),
    x: place(1),
    y: place(1),
    z: place(1),
    distance: place(1),
    perDistance: place(1),
    along: place(1),
    gradient: place(3),
  };
  const atom = place(1);
  const training = trainingBasis === null ? null : trainingGroup(place, planarCount, radialFunctions, trainingBasis);
  // An odd number of quantities, so that those of neighbouring groups do not fall on the same places of a cache.
  if (quantities % 2 === 0) place(1);
  return { ...group, training, atom, coefficients: atom + 4 * GROUP, bytes: quantities * QUANTITY_BYTES };
}

/** @param basisSize of the radial basis, rounded up to an even number */
function trainingGroup(
  place: (count: number) => number,
  planarCount: number,
  radialFunctions: number,
  basisSize: number,
): TrainingGroup {
  const [values, stretch, turn] = [place(4 * radialFunctions), place(1), place(3)];
  const [monomials, radial, radialZ] = [place(planarCount), place(radialFunctions), place(radialFunctions)];
  const [byValue, bySlope] = [radial, radialZ];
  return {
    values,
    stretch,
    turn,
    monomials,
    radial,
    radialZ,
    byValue,
    bySlope,
    basis: place(2 * basisSize),
    basisBytes: 16 * basisSize,
  };
}
