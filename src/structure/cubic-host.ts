/**
 * The crystal of which the grains of a bicrystal are made: a conventional cubic cell, its centring, and the atoms of one
 * primitive cell. Vectors between lattice points are integers in units of a/2, so coincidence is decided without rounding.
 */
import { InputError } from '../numerics/input-error.ts';
import type { Crystal } from './crystal.ts';
import { type IntegerLattice, latticeOf, vector } from './integer-lattice.ts';

export type Centring = 'P' | 'I' | 'F';

export interface CubicHost {
  readonly latticeConstantA: number;
  readonly centring: Centring;
  /** Lattice vectors in units of a/2. */
  readonly lattice: IntegerLattice;
  readonly elements: readonly string[];
  /** The atoms of one primitive cell. */
  readonly sites: readonly HostSite[];
}

export interface HostSite {
  readonly species: number;
  readonly label: string;
  /** Coordinates in the conventional cell, 0 to 1. */
  readonly fractional: readonly [number, number, number];
}

/** Atoms that centring brings so near to each other (Å) are the same: files round their coordinates. */
const SAME_SITE_A = 1e-3;

const CENTRING_VECTORS: { readonly [centring in Centring]: readonly (readonly [number, number, number])[] } = {
  P: [],
  I: [[0.5, 0.5, 0.5]],
  F: [
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ],
};

/**
 * Finds the centring from the atoms themselves: F or I where every translation of it maps each atom onto one of the same
 * element and label, else P.
 * @throws InputError `bad-host` where the cell is not cubic with its edges along x, y and z
 */
export function cubicHost({ structure, siteLabels }: Crystal): CubicHost {
  const a = requireCubic(structure.cellA, structure.periodic);
  const all: HostSite[] = siteLabels.map((label, i) => ({
    species: structure.species[i]!,
    label,
    fractional: [0, 1, 2].map((axis) => inCell(structure.positionsA[3 * i + axis]! / a)) as [number, number, number],
  }));
  const isSame = (p: HostSite, q: HostSite, shift: readonly [number, number, number]): boolean =>
    p.species === q.species &&
    p.label === q.label &&
    p.fractional.every((x, axis) => {
      const apart = q.fractional[axis]! - x - shift[axis]!;
      return Math.abs(apart - Math.round(apart)) * a < SAME_SITE_A;
    });
  const centring =
    (['F', 'I'] as const).find((candidate) =>
      CENTRING_VECTORS[candidate].every((shift) => all.every((p) => all.some((q) => isSame(p, q, shift)))),
    ) ?? 'P';
  const sites: HostSite[] = [];
  for (const site of all) {
    if (!sites.some((kept) => CENTRING_VECTORS[centring].some((shift) => isSame(kept, site, shift)))) sites.push(site);
  }
  const generators = [[2, 0, 0], [0, 2, 0], [0, 0, 2], ...CENTRING_VECTORS[centring].map((v) => v.map((x) => 2 * x))];
  return {
    latticeConstantA: a,
    centring,
    lattice: latticeOf(generators.map(vector)),
    elements: structure.elements,
    sites,
  };
}

const inCell = (coordinate: number): number => coordinate - Math.floor(coordinate);

function requireCubic(cellA: Float64Array, periodic: readonly boolean[]): number {
  const a = cellA[0]!;
  const isCubic = cellA.every((entry, k) => Math.abs(entry - (k % 4 === 0 ? a : 0)) <= 1e-9 * a);
  if (isCubic && a > 0 && periodic.every(Boolean)) return a;
  throw new InputError('bad-host', 'a boundary is made from a conventional cubic cell', {
    where: 'boundary',
    expected: 'lattice vectors (a, 0, 0), (0, a, 0), (0, 0, a)',
    found: [0, 1, 2].map((k) => `(${[...cellA.subarray(3 * k, 3 * k + 3)].join(', ')})`).join(', '),
    remedy: 'give the conventional cell, not a primitive or distorted one',
  });
}
