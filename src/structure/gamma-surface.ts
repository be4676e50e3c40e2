/**
 * The γ-surface search (S8): one grain is shifted rigidly against the other over a mesh in the boundary plane, each point is
 * relaxed, and the lowest energy wins. Shifts that a translation of either crystal turns into each other are relaxed once.
 * Source: Vítek, Phil. Mag. 18, 773 (1968); the mesh is that of Ou et al. 2024, section III.B.
 */
import { InputError } from '../numerics/input-error.ts';
import { type BicrystalOptions, makeBicrystal } from './bicrystal.ts';
import { areBoundariesEqual } from './boundary-pairs.ts';
import type { Boundary } from './boundary-recipe.ts';
import type { CoincidenceCell } from './coincidence-cell.ts';
import { separationFor } from './grain-separation.ts';
import { type IntegerLattice, type IntegerVector, scaled } from './integer-lattice.ts';
import type { Structure } from './structure.ts';

/** Brings a structure to a minimum of its energy, by whatever method and with whatever freedom of the cell. */
export type RelaxStructure = (structure: Structure) => { readonly structure: Structure; readonly energyEv: number };

export interface ShiftPoint {
  /** Fractions of the coincidence cell's x and y. */
  readonly shift: readonly [number, number];
  /** All points (i, j) of the n × m mesh that are the same boundary as this one; the first is the one that is made. */
  readonly members: readonly (readonly [number, number])[];
}

/**
 * The distinct points of the mesh of shifts (i/n, j/m) over one coincidence cell, in the order of (i, j). Two shifts are the
 * same where they differ by a sum of in-plane lattice vectors of the two crystals; that is decided in integers.
 * @throws InputError `bad-mesh` for sides that are not whole numbers from 1 to 1000
 */
export function shiftMesh(cell: CoincidenceCell, [n, m]: readonly [number, number]): ShiftPoint[] {
  if (![n, m].every((side) => Number.isInteger(side) && side >= 1 && side <= 1000)) {
    throw new InputError('bad-mesh', 'a mesh of shifts has two whole numbers of points', {
      expected: '1 to 1000 each',
      found: `${n} × ${m}`,
    });
  }
  const [x, y] = cell.vectorsA;
  const scale = cell.rotation.denominator;
  const same = cell.shiftLattice.map((row) => scaled(row, BigInt(n * m)));
  const points = new Map<string, { shift: [number, number]; members: [number, number][] }>();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const [alongX, alongY] = [scale * BigInt(i * m), scale * BigInt(j * n)];
      const key = remainder(same, [
        alongX * x[0] + alongY * y[0],
        alongX * x[1] + alongY * y[1],
        alongX * x[2] + alongY * y[2],
      ]).join(' ');
      const known = points.get(key);
      if (known === undefined) points.set(key, { shift: [i / n, j / m], members: [[i, j]] });
      else known.members.push([i, j]);
    }
  }
  return [...points.values()];
}

/** The representative of a point modulo a lattice in Hermite form: 0 ≤ component < pivot in the column of each pivot. */
function remainder(lattice: IntegerLattice, point: IntegerVector): IntegerVector {
  const rest = [...point] as [bigint, bigint, bigint];
  for (const row of lattice) {
    const column = row.findIndex((entry) => entry !== 0n);
    const pivot = row[column]!;
    const inside = ((rest[column]! % pivot) + pivot) % pivot;
    const count = (rest[column]! - inside) / pivot;
    for (let k = 0; k < 3; k++) rest[k]! -= count * row[k]!;
  }
  return rest;
}

export interface GammaPoint extends ShiftPoint {
  /** Å between the grains before the relaxation. */
  readonly separationA: number;
  /** Of the relaxed cell with its two boundaries, eV. */
  readonly energyEv: number;
  /** A shift can part the two boundaries of a cell; the energy is then that of both kinds. */
  readonly areBoundariesEqual: boolean;
}

export interface GammaSurface {
  readonly points: readonly GammaPoint[];
  readonly lowest: GammaPoint;
  /** The relaxed structure of the lowest point; of equal energies, the first. */
  readonly structure: Structure;
}

export interface GammaSurfaceSettings {
  /** Points along x and y of the coincidence cell, e.g. 20 × 20. */
  readonly mesh: readonly [number, number];
  readonly repeats: BicrystalOptions['repeats'];
  /** Å; each point has the smallest separation that keeps atoms of the two grains farther apart than this. */
  readonly minimumDistanceA: number;
}

/**
 * Makes and relaxes each distinct point, one after another, in the order of the mesh.
 * @throws InputError `bad-mesh`; `bad-energy` where the relaxation returns an energy that is not finite; as `makeBicrystal`
 */
export function searchGammaSurface(
  { host, cell, options }: Boundary,
  settings: GammaSurfaceSettings,
  relax: RelaxStructure,
  onProgress: (fraction: number) => void = () => undefined,
): GammaSurface {
  const mesh = shiftMesh(cell, settings.mesh);
  const points: GammaPoint[] = [];
  let best: { point: GammaPoint; structure: Structure } | undefined;
  for (const { shift, members } of mesh) {
    const shifted = {
      ...options,
      shift: [shift[0] + (options.shift?.[0] ?? 0), shift[1] + (options.shift?.[1] ?? 0)] as const,
    };
    const separationA = separationFor(host, cell, shifted, settings.minimumDistanceA);
    const start = makeBicrystal(host, cell, { ...shifted, repeats: settings.repeats, separationA });
    const { structure, energyEv } = relax(start.structure);
    if (!Number.isFinite(energyEv)) {
      throw new InputError('bad-energy', 'the relaxation of a shifted bicrystal has no finite energy', {
        where: `shift (${shift.join(', ')})`,
        found: String(energyEv),
      });
    }
    const equal = areBoundariesEqual(host, cell, { ...shifted, separationA });
    const point: GammaPoint = { shift, members, separationA, energyEv, areBoundariesEqual: equal };
    points.push(point);
    if (best === undefined || energyEv < best.point.energyEv) best = { point, structure };
    onProgress(points.length / mesh.length);
  }
  return { points, lowest: best!.point, structure: best!.structure };
}
