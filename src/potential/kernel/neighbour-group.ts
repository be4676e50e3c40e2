/**
 * Neighbours lie in groups of four, each quantity of the four side by side: so two neighbours are in one register, and
 * sums over neighbours add the even and the odd ones apart. Places that no neighbour takes are filled with one at the
 * cutoff, whose radial functions are zero.
 */
import type { KernelPlan } from './plan.ts';

export const GROUP_SHIFT = 2;
export const GROUP = 1 << GROUP_SHIFT;
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
  /** What derivatives by the radial coefficients need, and what the gradient of a loss needs; null where not asked for. */
  readonly byCoefficients: CoefficientGroup | null;
  readonly training: TrainingGroup | null;
  readonly bytes: number;
}

export interface CoefficientGroup {
  /** Derivatives by f_μ and by f'_μ. */
  readonly byValue: number;
  readonly bySlope: number;
  /** For each neighbour by itself: φ_n, then φ'_n, both made even. */
  readonly basis: number;
  readonly basisBytes: number;
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
}

/** What a kernel is for: energies and forces; derivatives of site energies by the parameters; fits. */
export type KernelPurpose = 'forces' | 'rows' | 'training';

/** @param evenBasisSize size of the radial basis, rounded up to an even number */
export function neighbourGroup(
  { planarCount, radialFunctions }: KernelPlan,
  purpose: KernelPurpose,
  evenBasisSize: number,
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
  const basis = (): number => place(2 * evenBasisSize);
  const basisBytes = 16 * evenBasisSize;
  let byCoefficients: CoefficientGroup | null = null;
  let training: TrainingGroup | null = null;
  if (purpose === 'training') {
    training = {
      values: place(4 * radialFunctions),
      stretch: place(1),
      turn: place(3),
      monomials: place(planarCount),
      radial: place(radialFunctions),
      radialZ: place(radialFunctions),
    };
    // Once the changes of f_μ and f_μ z are summed, their places are free.
    byCoefficients = { byValue: training.radial, bySlope: training.radialZ, basis: basis(), basisBytes };
  } else if (purpose === 'rows') {
    byCoefficients = { byValue: place(radialFunctions), bySlope: place(radialFunctions), basis: basis(), basisBytes };
  }
  // An odd number of quantities, so that those of neighbouring groups do not fall on the same places of a cache.
  if (quantities % 2 === 0) place(1);
  return {
    ...group,
    byCoefficients,
    training,
    atom,
    coefficients: atom + 4 * GROUP,
    bytes: quantities * QUANTITY_BYTES,
  };
}
