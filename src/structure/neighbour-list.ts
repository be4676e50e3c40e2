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
  const { wrap, wrappedA, fractional } = wrapAtoms(structure, frame);
  const atoms = structure.species.length;

  // Cells of half the reach: fewer pairs are looked at than with whole ones, and few enough cells.
  const bins = [0, 1, 2].map((k) => Math.max(1, Math.min(64, Math.floor((2 * frame.heightA[k]!) / reachA))));
  const span = [0, 1, 2].map((k) => Math.ceil((reachA * bins[k]!) / frame.heightA[k]!));
  requireFewImages(structure, bins, span);
  const [bins0, bins1, bins2] = bins as [number, number, number];
  const binOf = [0, 1, 2].map((k) => {
    const of = new Int32Array(atoms);
    for (let i = 0; i < atoms; i++) {
      of[i] = Math.max(0, Math.min(bins[k]! - 1, Math.floor(fractional[3 * i + k]! * bins[k]!)));
    }
    return of;
  }) as [Int32Array, Int32Array, Int32Array];
  const members = binMembers(
    binOf[0].map((bin, i) => (bin * bins1 + binOf[1][i]!) * bins2 + binOf[2][i]!),
    bins0 * bins1 * bins2,
  );
  requireFewComparisons(members.start);
  const inOrder = new Float64Array(3 * atoms);
  for (let member = 0; member < atoms; member++) {
    for (let k = 0; k < 3; k++) inOrder[3 * member + k] = wrappedA[3 * members.atoms[member]! + k]!;
  }

  const [ax, ay, az, bx, by, bz, cx, cy, cz] = frame.cellA as unknown as NineNumbers;
  const x = structure.positionsA;
  const reach2 = reachA * reachA;
  // Wrapped positions are rounded otherwise: a pair at the very reach is looked at again as it will be used.
  const outside2 = reach2 * (1 + 1e-9);
  const inside2 = wrap.every((cells) => Math.abs(cells) < MOST_ROUNDED_CELLS) ? reach2 * (1 - 1e-9) : 0;
  const isInReach = (i: number, j: number, w0: number, w1: number, w2: number): boolean => {
    const n0 = wrap[3 * j]! - wrap[3 * i]! - w0;
    const n1 = wrap[3 * j + 1]! - wrap[3 * i + 1]! - w1;
    const n2 = wrap[3 * j + 2]! - wrap[3 * i + 2]! - w2;
    const dx = x[3 * i]! + (n0 * ax + n1 * bx + n2 * cx) - x[3 * j]!;
    const dy = x[3 * i + 1]! + (n0 * ay + n1 * by + n2 * cy) - x[3 * j + 1]!;
    const dz = x[3 * i + 2]! + (n0 * az + n1 * bz + n2 * cz) - x[3 * j + 2]!;
    return dx * dx + dy * dy + dz * dz < reach2;
  };

  const found = new FoundImages(atoms);
  const reachable = [0, 1, 2].map((k) => reachableRuns(bins[k]!, span[k]!, structure.periodic[k]!)) as [
    BinRun[][],
    BinRun[][],
    BinRun[][],
  ];
  const binStart = members.start;
  const memberAtoms = members.atoms;
  for (let i = 0; i < atoms; i++) {
    const xi = wrappedA[3 * i]!;
    const yi = wrappedA[3 * i + 1]!;
    const zi = wrappedA[3 * i + 2]!;
    const runs2 = reachable[2][binOf[2][i]!]!;
    for (const { from: u0, to: u1, cells: w0 } of reachable[0][binOf[0][i]!]!) {
      for (const { from: v0, to: v1, cells: w1 } of reachable[1][binOf[1][i]!]!) {
        for (let run = 0; run < runs2.length; run++) {
          const { from, to, cells: w2 } = runs2[run]!;
          const sx = w0 * ax + w1 * bx + w2 * cx - xi;
          const sy = w0 * ay + w1 * by + w2 * cy - yi;
          const sz = w0 * az + w1 * bz + w2 * cz - zi;
          for (let u = u0; u <= u1; u++) {
            for (let v = v0; v <= v1; v++) {
              const row = (u * bins1 + v) * bins2;
              const end = binStart[row + to + 1]!;
              for (let member = binStart[row + from]!; member < end; member++) {
                const ex = inOrder[3 * member]! + sx;
                const ey = inOrder[3 * member + 1]! + sy;
                const ez = inOrder[3 * member + 2]! + sz;
                const e2 = ex * ex + ey * ey + ez * ez;
                if (e2 >= outside2) continue;
                const j = memberAtoms[member]!;
                if (e2 >= inside2 && !isInReach(i, j, w0, w1, w2)) continue;
                if (i !== j || w0 !== 0 || w1 !== 0 || w2 !== 0) found.add(j, i, w0, w1, w2);
              }
            }
          }
        }
      }
    }
  }
  return { ...found.byAtom(wrap, frame.cellA), reachA };
}

/** Beyond so many cells from the first, what is rounded off a position may be more than the doubt about a pair. */
const MOST_ROUNDED_CELLS = 100;

/** Cells by which each atom is moved into the first, its position there, and its fractional coordinates. */
function wrapAtoms(
  { positionsA, periodic, species }: Structure,
  { inverse, originA, cellA }: BinningFrame,
): { wrap: Float64Array; wrappedA: Float64Array; fractional: Float64Array } {
  const atoms = species.length;
  // Doubles: an atom that nothing holds can be more than 2³¹ cells away.
  const wrap = new Float64Array(3 * atoms);
  const fractional = new Float64Array(3 * atoms);
  const wrappedA = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    for (let k = 0; k < 3; k++) {
      const s =
        inverse[3 * k]! * (positionsA[3 * i]! - originA[0]!) +
        inverse[3 * k + 1]! * (positionsA[3 * i + 1]! - originA[1]!) +
        inverse[3 * k + 2]! * (positionsA[3 * i + 2]! - originA[2]!);
      const cell = periodic[k] ? Math.floor(s) : 0;
      wrap[3 * i + k] = cell;
      fractional[3 * i + k] = s - cell;
    }
    const n0 = wrap[3 * i]!;
    const n1 = wrap[3 * i + 1]!;
    const n2 = wrap[3 * i + 2]!;
    for (let k = 0; k < 3; k++) {
      wrappedA[3 * i + k] = positionsA[3 * i + k]! - (n0 * cellA[k]! + n1 * cellA[3 + k]! + n2 * cellA[6 + k]!);
    }
  }
  return { wrap, wrappedA, fractional };
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
  /** Cells that were crossed on the way from the neighbour to the atom, both in the first cell: 3 a pair. */
  #crossed: Int32Array;
  readonly #counts: Int32Array;

  constructor(atoms: number) {
    this.#counts = new Int32Array(atoms);
    this.#atom = new Int32Array(64 * atoms);
    this.#neighbour = new Int32Array(64 * atoms);
    this.#crossed = new Int32Array(3 * 64 * atoms);
  }

  add(atom: number, neighbour: number, w0: number, w1: number, w2: number): void {
    const at = this.#count++;
    if (at === this.#atom.length) this.#grow();
    this.#atom[at] = atom;
    this.#neighbour[at] = neighbour;
    this.#crossed[3 * at] = w0;
    this.#crossed[3 * at + 1] = w1;
    this.#crossed[3 * at + 2] = w2;
    this.#counts[atom]! += 1;
  }

  /** Entries of atom i from start[i] on, by neighbour, then image. */
  byAtom(wrap: Float64Array, cellA: Float64Array): Omit<NeighbourList, 'reachA'> {
    const start = new Int32Array(this.#counts.length + 1);
    for (let i = 0; i < this.#counts.length; i++) {
      if (this.#counts[i]! > MAX_NEIGHBOURS) throw tooDense(`${this.#counts[i]} around atom ${i + 1} (counted from 1)`);
      start[i + 1] = start[i]! + this.#counts[i]!;
    }
    const next = start.slice();
    const atom = new Int32Array(this.#count);
    /** Which of the pairs found an entry is. */
    const pair = new Int32Array(this.#count);
    for (let at = 0; at < this.#count; at++) {
      const i = this.#atom[at]!;
      const neighbour = this.#neighbour[at]!;
      const end = next[i]!++;
      let place = end;
      for (; place > start[i]! && atom[place - 1] === neighbour && this.#precedes(at, pair[place - 1]!); place--) {
        pair[place] = pair[place - 1]!;
      }
      atom[end] = neighbour;
      pair[place] = at;
    }
    return { start, atom, shiftA: this.#shifts(start, atom, pair, wrap, cellA) };
  }

  #shifts(
    start: Int32Array,
    atom: Int32Array,
    pair: Int32Array,
    wrap: Float64Array,
    cellA: Float64Array,
  ): Float64Array {
    const [ax, ay, az, bx, by, bz, cx, cy, cz] = cellA as unknown as NineNumbers;
    const shiftA = new Float64Array(3 * this.#count);
    const crossed = this.#crossed;
    for (let i = 0; i + 1 < start.length; i++) {
      for (let entry = start[i]!; entry < start[i + 1]!; entry++) {
        const j = atom[entry]!;
        const at = pair[entry]!;
        const n0 = wrap[3 * i]! - wrap[3 * j]! - crossed[3 * at]!;
        const n1 = wrap[3 * i + 1]! - wrap[3 * j + 1]! - crossed[3 * at + 1]!;
        const n2 = wrap[3 * i + 2]! - wrap[3 * j + 2]! - crossed[3 * at + 2]!;
        shiftA[3 * entry] = n0 * ax + n1 * bx + n2 * cx;
        shiftA[3 * entry + 1] = n0 * ay + n1 * by + n2 * cy;
        shiftA[3 * entry + 2] = n0 * az + n1 * bz + n2 * cz;
      }
    }
    return shiftA;
  }

  /** Whether the image of a pair comes before that of another one of the same atoms: more is crossed to it. */
  #precedes(at: number, other: number): boolean {
    for (let k = 0; k < 3; k++) {
      const difference = this.#crossed[3 * other + k]! - this.#crossed[3 * at + k]!;
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #grow(): void {
    const most = Math.max(MANY_ENTRIES, MAX_MEAN_NEIGHBOURS * this.#counts.length);
    if (this.#count > most) throw tooDense(`more than ${most} of ${this.#counts.length} atoms`);
    const [atom, neighbour, crossed] = [this.#atom, this.#neighbour, this.#crossed];
    this.#atom = new Int32Array(2 * atom.length);
    this.#neighbour = new Int32Array(2 * neighbour.length);
    this.#crossed = new Int32Array(2 * crossed.length);
    this.#atom.set(atom);
    this.#neighbour.set(neighbour);
    this.#crossed.set(crossed);
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

/** Bins from … to along one direction, and the number of cells by which going there leaves the cell. */
interface BinRun {
  readonly from: number;
  readonly to: number;
  readonly cells: number;
}

/** For each bin the runs of bins within `span` of it. */
function reachableRuns(bins: number, span: number, periodic: boolean): BinRun[][] {
  return Array.from({ length: bins }, (_, bin) => {
    const runs: BinRun[] = [];
    const [first, last] = [Math.floor((bin - span) / bins), Math.floor((bin + span) / bins)];
    for (let cells = first; cells <= last; cells++) {
      if (cells !== 0 && !periodic) continue;
      const from = Math.max(bin - span, cells * bins) - cells * bins;
      const to = Math.min(bin + span, (cells + 1) * bins - 1) - cells * bins;
      runs.push({ from, to, cells });
    }
    return runs;
  });
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
