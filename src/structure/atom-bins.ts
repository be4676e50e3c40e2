/** Atoms sorted into bins about as wide as half the distance that is searched, so that few pairs need a look. */
import { InputError } from '../numerics/input-error.ts';
import type { BinningFrame } from './binning-frame.ts';
import type { Structure } from './structure.ts';

/** Bins along each direction. */
const MOST_BINS = 64;
/** More images of one atom in reach than this, and the cell is no cell of atoms: its volume is as good as none. */
const MAX_IMAGES = 1e6;
/** Distances within bins that are looked at: more, and the search takes hours. */
const MAX_COMPARISONS = 1e10;

export interface AtomBins {
  /** Number of bins along each direction, and how many of them the reach spans. */
  readonly count: readonly [number, number, number];
  readonly span: readonly [number, number, number];
  /** Bin (u, v, w) has the members start[b] … start[b+1]−1 with b = (u·count[1] + v)·count[2] + w. */
  readonly start: Int32Array;
  /** Atom behind each member, those of a bin in their order, and where it is within the first cell, Å. */
  readonly atom: Int32Array;
  readonly placeA: Float64Array;
  /** Cells by which each atom is moved into the first: doubles, as an atom that nothing holds can be more than 2³¹ away. */
  readonly wrap: Float64Array;
}

/** @throws InputError `singular-cell`, `too-spread` */
export function binAtoms(structure: Structure, frame: BinningFrame, reachA: number): AtomBins {
  const { positionsA, periodic, species } = structure;
  const { inverse, originA, cellA, heightA } = frame;
  const count = heightA.map((h) => Math.max(1, Math.min(MOST_BINS, Math.floor((2 * h) / reachA)))) as Triple;
  const span = heightA.map((h, k) => Math.ceil((reachA * count[k]) / h)) as Triple;
  requireFewImages(periodic, count, span);
  const atoms = species.length;
  const wrap = new Float64Array(3 * atoms);
  const bin = new Int32Array(atoms);
  for (let i = 0; i < atoms; i++) {
    let at = 0;
    for (let k = 0; k < 3; k++) {
      const s =
        inverse[3 * k] * (positionsA[3 * i] - originA[0]) +
        inverse[3 * k + 1] * (positionsA[3 * i + 1] - originA[1]) +
        inverse[3 * k + 2] * (positionsA[3 * i + 2] - originA[2]);
      const cell = periodic[k] ? Math.floor(s) : 0;
      wrap[3 * i + k] = cell;
      at = at * count[k] + Math.max(0, Math.min(count[k] - 1, Math.floor((s - cell) * count[k]) | 0));
    }
    bin[i] = at;
  }
  const { start, atom } = sortByBin(bin, count[0] * count[1] * count[2]);
  requireFewComparisons(start);
  const placeA = new Float64Array(3 * atoms);
  for (let member = 0; member < atoms; member++) {
    const i = 3 * atom[member];
    for (let k = 0; k < 3; k++) {
      placeA[3 * member + k] =
        positionsA[i + k] - (wrap[i] * cellA[k] + wrap[i + 1] * cellA[3 + k] + wrap[i + 2] * cellA[6 + k]);
    }
  }
  return { count, span, start, atom, placeA, wrap };
}

type Triple = [number, number, number];

function sortByBin(binOfAtom: Int32Array, bins: number): { readonly start: Int32Array; readonly atom: Int32Array } {
  const start = new Int32Array(bins + 1);
  for (let i = 0; i < binOfAtom.length; i++) start[binOfAtom[i] + 1] += 1;
  for (let bin = 0; bin < bins; bin++) start[bin + 1] += start[bin];
  const next = start.slice();
  const atom = new Int32Array(binOfAtom.length);
  for (let i = 0; i < binOfAtom.length; i++) atom[next[binOfAtom[i]]++] = i;
  return { start, atom };
}

function requireFewImages(periodic: Structure['periodic'], count: readonly number[], span: readonly number[]): void {
  const images = periodic.reduce(
    (product, repeats, k) => product * (repeats ? Math.max(1, (2 * span[k] + 1) / count[k]) : 1),
    1,
  );
  if (images <= MAX_IMAGES) return;
  throw new InputError('singular-cell', 'the lattice vectors span almost no volume', {
    expected: `at most ${MAX_IMAGES} images of an atom in reach`,
    found: `about ${images.toPrecision(2)}`,
    remedy: 'check the lengths and angles of the lattice vectors',
  });
}

function requireFewComparisons(start: Int32Array): void {
  let comparisons = 0;
  for (let bin = 0; bin + 1 < start.length; bin++) {
    const members = start[bin + 1] - start[bin];
    comparisons += members * members;
  }
  if (comparisons <= MAX_COMPARISONS) return;
  throw new InputError('too-spread', 'many atoms lie close together and others very far away', {
    remedy: 'look for atoms that have left, or give the structure a cell',
  });
}
