/**
 * The γ-surface search (S8): one grain is shifted rigidly against the other over a mesh in the boundary plane, each point is
 * relaxed, and the lowest energy wins. Shifts that a translation of either crystal turns into each other are relaxed once.
 * Source: Vítek, Phil. Mag. 18, 773 (1968); the mesh is that of Ou et al. 2024, section III.B.
 */
import { InputError } from '../numerics/input-error.ts';
import type { CoincidenceCell } from './coincidence-cell.ts';
import { type IntegerLattice, type IntegerVector, scaled } from './integer-lattice.ts';
import type { Structure } from './structure.ts';

/**
 * Brings a structure to a minimum of its energy, by whatever method and with whatever freedom of the cell. `fault` says why
 * what it returns is none: such a point is kept on the surface, and is never the lowest.
 */
export type RelaxStructure = (structure: Structure) => {
  readonly structure: Structure;
  readonly energyEv: number;
  readonly fault?: string | undefined;
};

/** The bicrystal at one shift, before it is relaxed. */
export interface ShiftedStart {
  readonly structure: Structure;
  /** Å between the grains. */
  readonly separationA: number;
  /** A shift can part the two boundaries of a cell; the energy is then that of both kinds. */
  readonly areBoundariesEqual: boolean;
}

export type MakeShifted = (shift: readonly [number, number]) => ShiftedStart;

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

export interface GammaPoint extends ShiftPoint, Omit<ShiftedStart, 'structure'> {
  /** Of the relaxed cell with its two boundaries, eV. */
  readonly energyEv: number;
  /** Why the point is at no minimum; null where it is. */
  readonly fault: string | null;
}

export interface GammaSurface {
  readonly points: readonly GammaPoint[];
  /** Of equal energies, the first; null where no point is at a minimum. */
  readonly lowest: { readonly point: GammaPoint; readonly structure: Structure } | null;
}

/**
 * Makes and relaxes points of the mesh, one after another: all of them, or a part of `shiftMesh`, the lowest of all parts
 * being the lowest of their lowest.
 * @throws InputError `bad-energy` where the relaxation returns an energy that is not finite; as `make`
 */
export function searchGammaSurface(
  mesh: readonly ShiftPoint[],
  make: MakeShifted,
  relax: RelaxStructure,
  onProgress: (fraction: number) => void = () => undefined,
): GammaSurface {
  const points: GammaPoint[] = [];
  let lowest: GammaSurface['lowest'] = null;
  for (const { shift, members } of mesh) {
    const { structure: start, separationA, areBoundariesEqual } = make(shift);
    const { structure, energyEv, fault = null } = relax(start);
    if (!Number.isFinite(energyEv)) {
      throw new InputError('bad-energy', 'the relaxation of a shifted bicrystal has no finite energy', {
        where: `shift (${shift.join(', ')})`,
        found: String(energyEv),
      });
    }
    const point: GammaPoint = { shift, members, separationA, energyEv, areBoundariesEqual, fault };
    points.push(point);
    if (fault === null && (lowest === null || energyEv < lowest.point.energyEv)) lowest = { point, structure };
    onProgress(points.length / mesh.length);
  }
  return { points, lowest };
}
