/**
 * Full neighbour lists of periodic, partly periodic and isolated structures; cells may be triclinic and smaller than
 * the cutoff (an atom may then neighbour images of itself).
 *
 * Promise: the neighbours of an atom are ordered by (index, image n1, n2, n3), where the image is counted from the
 * unwrapped positions. That order depends on the configuration alone, not on the skin or on when the list was built, so
 * a caller that skips entries beyond its cutoff sums in the same order whatever the list's age (docs/numerics.md).
 */
import { binAtoms } from './atom-bins.ts';
import { binningFrame } from './binning-frame.ts';
import { imageShifts, ListImages } from './list-images.ts';
import { type FoundPairs, findPairs, MAX_NEIGHBOURS, tooDense } from './pair-search.ts';
import type { Structure } from './structure.ts';

export interface NeighbourList {
  /** Neighbours of atom i are entries start[i] … start[i+1]−1. Length N+1. */
  readonly start: Int32Array;
  /** Index of the neighbouring atom. */
  readonly atom: Int32Array;
  /** Which image of it: a row of the two tables below. */
  readonly image: Int32Array;
  /** Lattice vectors to go, n1, n2, n3 an image. */
  readonly imageCells: Float64Array;
  /** Lattice translation to add to the neighbour's position, Å, 3 an image. */
  readonly imageShiftA: Float64Array;
  /** Every pair nearer than this at the positions of the build is listed, Å; some at just this distance may be, too. */
  readonly reachA: number;
}

/**
 * All pairs nearer than `reachA` (Å), found through bins: linear in the number of atoms.
 * @throws InputError `singular-cell` for a periodic structure whose lattice vectors span no volume, or so little that
 * more than a million images of an atom would have to be looked at; `too-dense` for more neighbours than matter has;
 * `too-spread` where many atoms lie together and others so far away that the search would take hours.
 */
export function buildNeighbourList(structure: Structure, reachA: number): NeighbourList {
  const frame = binningFrame(structure);
  const bins = binAtoms(structure, frame, reachA);
  const pairs = findPairs(bins, structure.periodic, frame.cellA, reachA);
  const images = new ListImages(bins.wrap, pairs.crossings);
  const entries = sortEntries(pairs, bins.atom, images);
  const imageCells = Float64Array.from(images.cells);
  return { ...entries, imageCells, imageShiftA: imageShifts(imageCells, frame.cellA), reachA };
}

/** The same entries with the translations of another cell: those that a list built in it would have. */
export const listInCell = (list: NeighbourList, cellA: Float64Array): NeighbourList => ({
  ...list,
  imageShiftA: imageShifts(list.imageCells, cellA),
});

/**
 * Entries in order. Each pair goes to the heap of either atom, in any order; then neighbour after neighbour hands itself
 * to the atoms in its heap, which so get theirs in the order of indices.
 */
function sortEntries(
  { end, partner, crossing, crossings }: FoundPairs,
  atomOf: Int32Array,
  images: ListImages,
): Pick<NeighbourList, 'start' | 'atom' | 'image'> {
  const members = atomOf.length;
  const start = new Int32Array(members + 1);
  for (let member = 0, at = 0; member < members; member++) {
    start[atomOf[member] + 1] += end[member] - at;
    for (; at < end[member]; at++) start[atomOf[partner[at]] + 1] += 1;
  }
  for (let i = 0; i < members; i++) {
    if (start[i + 1] > MAX_NEIGHBOURS) throw tooDense(`${start[i + 1]} around atom ${i + 1} (counted from 1)`);
    start[i + 1] += start[i];
  }
  const entries = start[members];
  const lastCrossing = crossings.length / 3 - 1;
  const heapAtom = new Int32Array(entries);
  /** Crossed on the way from the atom in the heap to the one whose heap it is. */
  const heapCrossing = new Int32Array(entries);
  const next = start.slice();
  for (let member = 0, at = 0; member < members; member++) {
    const i = atomOf[member];
    for (; at < end[member]; at++) {
      const j = atomOf[partner[at]];
      const ofI = next[i]++;
      heapAtom[ofI] = j;
      heapCrossing[ofI] = lastCrossing - crossing[at];
      const ofJ = next[j]++;
      heapAtom[ofJ] = i;
      heapCrossing[ofJ] = crossing[at];
    }
  }
  const atom = new Int32Array(entries);
  const image = new Int32Array(entries);
  next.set(start);
  for (let j = 0; j < members; j++) {
    for (let at = start[j]; at < start[j + 1]; at++) {
      const i = heapAtom[at];
      const number = images.number(i, j, heapCrossing[at]);
      let place = next[i]++;
      atom[place] = j;
      // Several images of one neighbour are rare but in small cells.
      for (; place > start[i] && atom[place - 1] === j && images.precedes(number, image[place - 1]); place--) {
        image[place] = image[place - 1];
      }
      image[place] = number;
    }
  }
  return { start, atom, image };
}
