/**
 * Full neighbour lists of periodic, partly periodic and isolated structures; cells may be triclinic and smaller than
 * the cutoff (an atom may then neighbour images of itself).
 *
 * Promise: the neighbours of an atom are ordered by (index, image n1, n2, n3), where the image is counted from the
 * unwrapped positions. That order depends on the configuration alone, not on the skin or on when the list was built, so
 * a caller that skips entries beyond its cutoff sums in the same order whatever the list's age (docs/numerics.md).
 */
import { InputError } from '../numerics/input-error.ts';
import { inverseCell, type Structure } from './structure.ts';

export interface NeighbourList {
  /** Neighbours of atom i are entries start[i] … start[i+1]−1. Length N+1. */
  readonly start: Int32Array;
  /** Index of the neighbouring atom. */
  readonly atom: Int32Array;
  /** Lattice translation to add to the neighbour's position, Å, 3 an entry. */
  readonly shiftA: Float64Array;
  /** Every pair nearer than this at the positions of the build is listed, Å. */
  readonly reachA: number;
}

/** More images of one atom in reach than this, and the cell is no cell of atoms: its volume is as good as none. */
const MAX_IMAGES = 1e6;

/**
 * All pairs nearer than `reachA` (Å), found through cells of at least that height: linear in the number of atoms.
 * @throws InputError `singular-cell` for a periodic structure whose lattice vectors span no volume, or so little that
 * more than a million images of an atom would have to be looked at.
 */
export function buildNeighbourList(structure: Structure, reachA: number): NeighbourList {
  const frame = binningFrame(structure);
  const atoms = structure.species.length;
  // Doubles: an atom that nothing holds can be more than 2³¹ cells away.
  const wrap = new Float64Array(3 * atoms);
  const fractional = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    for (let k = 0; k < 3; k++) {
      const s =
        frame.inverse[3 * k]! * (structure.positionsA[3 * i]! - frame.originA[0]!) +
        frame.inverse[3 * k + 1]! * (structure.positionsA[3 * i + 1]! - frame.originA[1]!) +
        frame.inverse[3 * k + 2]! * (structure.positionsA[3 * i + 2]! - frame.originA[2]!);
      const cell = structure.periodic[k] ? Math.floor(s) : 0;
      wrap[3 * i + k] = cell;
      fractional[3 * i + k] = s - cell;
    }
  }

  const bins = [0, 1, 2].map((k) => Math.max(1, Math.min(64, Math.floor(frame.heightA[k]! / reachA))));
  const span = [0, 1, 2].map((k) => Math.ceil((reachA * bins[k]!) / frame.heightA[k]!));
  requireFewImages(structure, bins, span);
  const binOf = (i: number, k: number): number =>
    Math.max(0, Math.min(bins[k]! - 1, Math.floor(fractional[3 * i + k]! * bins[k]!)));
  const members: number[][] = Array.from({ length: bins[0]! * bins[1]! * bins[2]! }, () => []);
  for (let i = 0; i < atoms; i++) {
    members[(binOf(i, 0) * bins[1]! + binOf(i, 1)) * bins[2]! + binOf(i, 2)]!.push(i);
  }

  const start = new Int32Array(atoms + 1);
  const atom: number[] = [];
  const shiftA: number[] = [];
  const found = new FoundImages();
  const reach2 = reachA * reachA;
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = frame.cellA as unknown as NineNumbers;
  const x = structure.positionsA;
  for (let i = 0; i < atoms; i++) {
    const [xi, yi, zi] = [x[3 * i]!, x[3 * i + 1]!, x[3 * i + 2]!];
    const reachable = [0, 1, 2].map((k) => reachableBins(binOf(i, k), bins[k]!, span[k]!, structure.periodic[k]!));
    found.count = 0;
    for (const [b0, w0] of reachable[0]!) {
      for (const [b1, w1] of reachable[1]!) {
        for (const [b2, w2] of reachable[2]!) {
          for (const j of members[(b0 * bins[1]! + b1) * bins[2]! + b2]!) {
            const n0 = w0 + wrap[3 * i]! - wrap[3 * j]!;
            const n1 = w1 + wrap[3 * i + 1]! - wrap[3 * j + 1]!;
            const n2 = w2 + wrap[3 * i + 2]! - wrap[3 * j + 2]!;
            const dx = x[3 * j]! + (n0 * ax + n1 * bx + n2 * cx) - xi;
            const dy = x[3 * j + 1]! + (n0 * ay + n1 * by + n2 * cy) - yi;
            const dz = x[3 * j + 2]! + (n0 * az + n1 * bz + n2 * cz) - zi;
            if (dx * dx + dy * dy + dz * dz >= reach2) continue;
            if (i !== j || n0 !== 0 || n1 !== 0 || n2 !== 0) found.insert(j, n0, n1, n2);
          }
        }
      }
    }
    for (let at = 0; at < found.count; at++) {
      const [n0, n1, n2] = [found.n0[at]!, found.n1[at]!, found.n2[at]!];
      atom.push(found.atom[at]!);
      shiftA.push(n0 * ax + n1 * bx + n2 * cx, n0 * ay + n1 * by + n2 * cy, n0 * az + n1 * bz + n2 * cz);
    }
    start[i + 1] = atom.length;
  }
  return { start, atom: Int32Array.from(atom), shiftA: Float64Array.from(shiftA), reachA };
}

type NineNumbers = [number, number, number, number, number, number, number, number, number];

/** The images found around one atom, kept in order as they come: a few dozen, mostly in order already. */
class FoundImages {
  count = 0;
  readonly atom: number[] = [];
  readonly n0: number[] = [];
  readonly n1: number[] = [];
  readonly n2: number[] = [];

  insert(atom: number, n0: number, n1: number, n2: number): void {
    let at = this.count++;
    while (at > 0 && this.#follows(at - 1, atom, n0, n1, n2)) {
      this.#put(at, this.atom[at - 1]!, this.n0[at - 1]!, this.n1[at - 1]!, this.n2[at - 1]!);
      at -= 1;
    }
    this.#put(at, atom, n0, n1, n2);
  }

  /** Whether the image at that place comes after the one given. */
  #follows(at: number, atom: number, n0: number, n1: number, n2: number): boolean {
    if (this.atom[at] !== atom) return this.atom[at]! > atom;
    if (this.n0[at] !== n0) return this.n0[at]! > n0;
    if (this.n1[at] !== n1) return this.n1[at]! > n1;
    return this.n2[at]! > n2;
  }

  #put(at: number, atom: number, n0: number, n1: number, n2: number): void {
    this.atom[at] = atom;
    this.n0[at] = n0;
    this.n1[at] = n1;
    this.n2[at] = n2;
  }
}

function requireFewImages({ periodic }: Structure, bins: readonly number[], span: readonly number[]): void {
  const images = periodic.reduce(
    (product, repeats, k) => product * (repeats ? Math.max(1, (2 * span[k]! + 1) / bins[k]!) : 1),
    1,
  );
  if (images <= MAX_IMAGES) return;
  throw new InputError('singular-cell', 'the lattice vectors span almost no volume', {
    expected: `at most ${MAX_IMAGES} images of an atom in reach`,
    found: `about ${images.toPrecision(2)}`,
    remedy: 'check the lengths and angles of the lattice vectors',
  });
}

/** Bins within `span` of `bin`, each with the number of cells by which going there leaves the cell. */
function reachableBins(bin: number, bins: number, span: number, periodic: boolean): [bin: number, cells: number][] {
  const reachable: [number, number][] = [];
  for (let b = bin - span; b <= bin + span; b++) {
    const cells = Math.floor(b / bins);
    if (cells === 0 || periodic) reachable.push([b - cells * bins, cells]);
  }
  return reachable;
}

interface BinningFrame {
  /** Lattice vectors of the periodic directions; box vectors around the atoms in the others. */
  cellA: Float64Array;
  inverse: Float64Array;
  originA: Float64Array;
  /** Distance between opposite faces for each lattice direction, Å. */
  heightA: number[];
}

/** The cell itself where all directions repeat, else completed by vectors that enclose all atoms. */
function binningFrame(structure: Structure): BinningFrame {
  const cellA = Float64Array.from(structure.cellA);
  const originA = new Float64Array(3);
  if (structure.periodic.some((repeats) => !repeats)) {
    completeCell(cellA, structure);
    const inverse = inverseCell(cellA);
    for (let k = 0; k < 3; k++) {
      if (!structure.periodic[k]) encloseAtoms(cellA, inverse, originA, structure, k);
    }
  }
  const inverse = inverseCell(cellA);
  const heightA = [0, 1, 2].map((k) => {
    const [gx, gy, gz] = [inverse[3 * k]!, inverse[3 * k + 1]!, inverse[3 * k + 2]!];
    return 1 / Math.sqrt(gx * gx + gy * gy + gz * gz);
  });
  return { cellA, inverse, originA, heightA };
}

/** Puts unit vectors, made orthogonal to the periodic ones, where a direction does not repeat. */
function completeCell(cellA: Float64Array, structure: Structure): void {
  const kept = [0, 1, 2].filter((k) => structure.periodic[k]);
  for (let k = 0; k < 3; k++) {
    if (structure.periodic[k]) continue;
    let best: number[] = [];
    let bestNorm2 = -1;
    for (let axis = 0; axis < 3; axis++) {
      const v = [0, 0, 0];
      v[axis] = 1;
      for (const other of orthonormalised(kept, cellA)) {
        const along = v[0]! * other[0]! + v[1]! * other[1]! + v[2]! * other[2]!;
        for (let c = 0; c < 3; c++) v[c] = v[c]! - along * other[c]!;
      }
      const norm2 = v[0]! * v[0]! + v[1]! * v[1]! + v[2]! * v[2]!;
      if (norm2 > bestNorm2 + 1e-9) {
        best = v.map((component) => component / Math.sqrt(norm2));
        bestNorm2 = norm2;
      }
    }
    cellA.set(best, 3 * k);
    kept.push(k);
  }
}

function orthonormalised(rows: readonly number[], cellA: Float64Array): number[][] {
  const basis: number[][] = [];
  for (const k of rows) {
    const v = [cellA[3 * k]!, cellA[3 * k + 1]!, cellA[3 * k + 2]!];
    for (const other of basis) {
      const along = v[0]! * other[0]! + v[1]! * other[1]! + v[2]! * other[2]!;
      for (let c = 0; c < 3; c++) v[c] = v[c]! - along * other[c]!;
    }
    const norm = Math.sqrt(v[0]! * v[0]! + v[1]! * v[1]! + v[2]! * v[2]!);
    basis.push(v.map((component) => component / norm));
  }
  return basis;
}

/** Stretches direction k, and moves the origin along it, so that all atoms lie within. */
function encloseAtoms(
  cellA: Float64Array,
  inverse: Float64Array,
  originA: Float64Array,
  structure: Structure,
  k: number,
): void {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < structure.species.length; i++) {
    const s =
      inverse[3 * k]! * structure.positionsA[3 * i]! +
      inverse[3 * k + 1]! * structure.positionsA[3 * i + 1]! +
      inverse[3 * k + 2]! * structure.positionsA[3 * i + 2]!;
    low = Math.min(low, s);
    high = Math.max(high, s);
  }
  const extent = Math.max(high - low, 1) * 1.001;
  for (let axis = 0; axis < 3; axis++) {
    originA[axis] = originA[axis]! + low * cellA[3 * k + axis]!;
  }
  for (let axis = 0; axis < 3; axis++) cellA[3 * k + axis] = cellA[3 * k + axis]! * extent;
}
