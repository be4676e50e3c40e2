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
/** No matter is so dense that an atom has more neighbours, or that many atoms have more on average. */
const MAX_NEIGHBOURS = 20_000;
const MAX_MEAN_NEIGHBOURS = 200;
const MANY_ENTRIES = 3e7;
/** Distances within bins that are looked at: more, and the search takes hours. */
const MAX_COMPARISONS = 1e10;

/**
 * All pairs nearer than `reachA` (Å), found through cells of at least that height: linear in the number of atoms.
 * @throws InputError `singular-cell` for a periodic structure whose lattice vectors span no volume, or so little that
 * more than a million images of an atom would have to be looked at; `too-dense` for more neighbours than matter has;
 * `too-spread` where many atoms lie together and others so far away that the search would take hours.
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

  // Cells of half the reach: fewer pairs are looked at than with whole ones, and few enough cells.
  const bins = [0, 1, 2].map((k) => Math.max(1, Math.min(64, Math.floor((2 * frame.heightA[k]!) / reachA))));
  const span = [0, 1, 2].map((k) => Math.ceil((reachA * bins[k]!) / frame.heightA[k]!));
  requireFewImages(structure, bins, span);
  const binOf = (i: number, k: number): number =>
    Math.max(0, Math.min(bins[k]! - 1, Math.floor(fractional[3 * i + k]! * bins[k]!)));
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = frame.cellA as unknown as NineNumbers;
  const x = structure.positionsA;
  const wrapped = x.map((coordinate, at) => {
    const [n0, n1, n2] = [wrap[at - (at % 3)]!, wrap[at - (at % 3) + 1]!, wrap[at - (at % 3) + 2]!];
    return coordinate - (n0 * frame.cellA[at % 3]! + n1 * frame.cellA[3 + (at % 3)]! + n2 * frame.cellA[6 + (at % 3)]!);
  });
  const members = binMembers(
    Int32Array.from({ length: atoms }, (_, i) => (binOf(i, 0) * bins[1]! + binOf(i, 1)) * bins[2]! + binOf(i, 2)),
    bins[0]! * bins[1]! * bins[2]!,
  );
  requireFewComparisons(members.start);
  const inOrder = Float64Array.from({ length: 3 * atoms }, (_, at) => {
    return wrapped[3 * members.atoms[Math.floor(at / 3)]! + (at % 3)]!;
  });

  const found = new FoundImages(atoms);
  const [r0, r1, r2] = [0, 1, 2].map((k) => new ReachableBins(2 * span[k]! + 1)) as [
    ReachableBins,
    ReachableBins,
    ReachableBins,
  ];
  const reachable = [r0, r1, r2];
  const reach2 = reachA * reachA;
  // Wrapped positions are rounded otherwise: a pair that may be in reach is looked at again as it will be used.
  const doubtful2 = reach2 * (1 + 1e-9);
  for (let i = 0; i < atoms; i++) {
    const [xi, yi, zi] = [x[3 * i]!, x[3 * i + 1]!, x[3 * i + 2]!];
    for (let k = 0; k < 3; k++) reachable[k]!.from(binOf(i, k), bins[k]!, span[k]!, structure.periodic[k]!);
    for (let u = 0; u < r0.count; u++) {
      const w0 = r0.cells[u]!;
      for (let v = 0; v < r1.count; v++) {
        const w1 = r1.cells[v]!;
        const row = (r0.bins[u]! * bins[1]! + r1.bins[v]!) * bins[2]!;
        for (let w = 0; w < r2.count; w++) {
          const w2 = r2.cells[w]!;
          const bin = row + r2.bins[w]!;
          const sx = w0 * ax + w1 * bx + w2 * cx - wrapped[3 * i]!;
          const sy = w0 * ay + w1 * by + w2 * cy - wrapped[3 * i + 1]!;
          const sz = w0 * az + w1 * bz + w2 * cz - wrapped[3 * i + 2]!;
          const end = members.start[bin + 1]!;
          for (let member = members.start[bin]!; member < end; member++) {
            const ex = inOrder[3 * member]! + sx;
            const ey = inOrder[3 * member + 1]! + sy;
            const ez = inOrder[3 * member + 2]! + sz;
            if (ex * ex + ey * ey + ez * ez >= doubtful2) continue;
            const j = members.atoms[member]!;
            // The image of i that j has for a neighbour.
            const n0 = wrap[3 * j]! - wrap[3 * i]! - w0;
            const n1 = wrap[3 * j + 1]! - wrap[3 * i + 1]! - w1;
            const n2 = wrap[3 * j + 2]! - wrap[3 * i + 2]! - w2;
            const dx = xi + (n0 * ax + n1 * bx + n2 * cx) - x[3 * j]!;
            const dy = yi + (n0 * ay + n1 * by + n2 * cy) - x[3 * j + 1]!;
            const dz = zi + (n0 * az + n1 * bz + n2 * cz) - x[3 * j + 2]!;
            if (dx * dx + dy * dy + dz * dz >= reach2) continue;
            if (i !== j || n0 !== 0 || n1 !== 0 || n2 !== 0) found.add(j, i, n0, n1, n2);
          }
        }
      }
    }
  }
  const { start, atom, images } = found.byAtom();
  const shiftA = new Float64Array(3 * atom.length);
  for (let entry = 0; entry < atom.length; entry++) {
    const [n0, n1, n2] = [images[3 * entry]!, images[3 * entry + 1]!, images[3 * entry + 2]!];
    shiftA[3 * entry] = n0 * ax + n1 * bx + n2 * cx;
    shiftA[3 * entry + 1] = n0 * ay + n1 * by + n2 * cy;
    shiftA[3 * entry + 2] = n0 * az + n1 * bz + n2 * cz;
  }
  return { start, atom, shiftA, reachA };
}

/** Atoms by bin, those of each in order: bin b has atoms[start[b]] … atoms[start[b + 1] − 1]. */
function binMembers(binOfAtom: Int32Array, bins: number): { readonly start: Int32Array; readonly atoms: Int32Array } {
  const start = new Int32Array(bins + 1);
  for (const bin of binOfAtom) start[bin + 1]! += 1;
  for (let bin = 0; bin < bins; bin++) start[bin + 1]! += start[bin]!;
  const next = start.slice();
  const atoms = new Int32Array(binOfAtom.length);
  for (let i = 0; i < binOfAtom.length; i++) {
    const bin = binOfAtom[i]!;
    atoms[next[bin]!] = i;
    next[bin]! += 1;
  }
  return { start, atoms };
}

type NineNumbers = [number, number, number, number, number, number, number, number, number];

/**
 * Pairs of an atom and a neighbouring image, found neighbour by neighbour in the order of their indices: so those of one
 * atom are found in order already, but for several images of one neighbour.
 */
class FoundImages {
  #count = 0;
  #atom: Int32Array;
  #neighbour: Int32Array;
  #images: Float64Array;
  readonly #counts: Int32Array;

  constructor(atoms: number) {
    this.#counts = new Int32Array(atoms);
    this.#atom = new Int32Array(64 * atoms);
    this.#neighbour = new Int32Array(64 * atoms);
    this.#images = new Float64Array(3 * 64 * atoms);
  }

  add(atom: number, neighbour: number, n0: number, n1: number, n2: number): void {
    const at = this.#count++;
    if (at === this.#atom.length) this.#grow();
    this.#atom[at] = atom;
    this.#neighbour[at] = neighbour;
    this.#images[3 * at] = n0;
    this.#images[3 * at + 1] = n1;
    this.#images[3 * at + 2] = n2;
    this.#counts[atom]! += 1;
  }

  /** Entries of atom i from start[i] on, by neighbour, then image. */
  byAtom(): { start: Int32Array; atom: Int32Array; images: Float64Array } {
    const start = new Int32Array(this.#counts.length + 1);
    for (let i = 0; i < this.#counts.length; i++) {
      if (this.#counts[i]! > MAX_NEIGHBOURS) throw tooDense(`${this.#counts[i]} around atom ${i + 1} (counted from 1)`);
      start[i + 1] = start[i]! + this.#counts[i]!;
    }
    const next = start.slice();
    const atom = new Int32Array(this.#count);
    const images = new Float64Array(3 * this.#count);
    for (let at = 0; at < this.#count; at++) {
      const i = this.#atom[at]!;
      const neighbour = this.#neighbour[at]!;
      let place = next[i]!++;
      for (; place > start[i]! && atom[place - 1] === neighbour && this.#precedes(at, images, place - 1); place--) {
        images.copyWithin(3 * place, 3 * place - 3, 3 * place);
      }
      atom[next[i]! - 1] = neighbour;
      for (let k = 0; k < 3; k++) images[3 * place + k] = this.#images[3 * at + k]!;
    }
    return { start, atom, images };
  }

  /** Whether an image found comes before one that is in its place already. */
  #precedes(at: number, images: Float64Array, place: number): boolean {
    for (let k = 0; k < 3; k++) {
      const difference = this.#images[3 * at + k]! - images[3 * place + k]!;
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #grow(): void {
    const most = Math.max(MANY_ENTRIES, MAX_MEAN_NEIGHBOURS * this.#counts.length);
    if (this.#count > most) throw tooDense(`more than ${most} of ${this.#counts.length} atoms`);
    const [atom, neighbour, images] = [this.#atom, this.#neighbour, this.#images];
    this.#atom = new Int32Array(2 * atom.length);
    this.#neighbour = new Int32Array(2 * neighbour.length);
    this.#images = new Float64Array(2 * images.length);
    this.#atom.set(atom);
    this.#neighbour.set(neighbour);
    this.#images.set(images);
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

const tooDense = (found: string): InputError =>
  new InputError('too-dense', 'there are more neighbours in reach than matter has', {
    expected: `at most ${MAX_NEIGHBOURS} around an atom`,
    found,
    remedy: 'look for atoms on top of each other, a cell that is much too small, or another unit of length',
  });

function requireFewComparisons(start: Int32Array): void {
  let comparisons = 0;
  for (let bin = 0; bin + 1 < start.length; bin++) {
    const members = start[bin + 1]! - start[bin]!;
    comparisons += members * members;
  }
  if (comparisons <= MAX_COMPARISONS) return;
  throw new InputError('too-spread', 'many atoms lie close together and others very far away', {
    remedy: 'look for atoms that have left, or give the structure a cell',
  });
}

/** Bins along one direction that are in reach, each with the number of cells by which going there leaves the cell. */
class ReachableBins {
  count = 0;
  readonly bins: Int32Array;
  readonly cells: Float64Array;

  constructor(most: number) {
    this.bins = new Int32Array(most);
    this.cells = new Float64Array(most);
  }

  /** Those within `span` of `bin`. */
  from(bin: number, bins: number, span: number, periodic: boolean): void {
    this.count = 0;
    for (let b = bin - span; b <= bin + span; b++) {
      const cells = Math.floor(b / bins);
      if (cells !== 0 && !periodic) continue;
      this.bins[this.count] = b - cells * bins;
      this.cells[this.count] = cells;
      this.count += 1;
    }
  }
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
