/**
 * VASP's XDATCAR: a header as in POSCAR (comment, scale, lattice, elements, numbers of atoms), then frames, each a line
 * `Direct configuration= n` and fractional coordinates folded into the cell. Where the cell changes, the header
 * stands before every frame. Read, not written.
 */
import { cubeRoot } from '../numerics/elementary.ts';
import { cellVolumeA3 } from '../structure/structure.ts';
import { readNumber } from './exact-decimal.ts';
import { MAX_ATOMS } from './file-limits.ts';
import type { LineFeed } from './line-feed.ts';
import { wordsOf } from './text-lines.ts';
import {
  badTrajectory,
  nextLine,
  nextLineOrEnd,
  numberAt,
  type ParsedFrame,
  type TrajectoryAtoms,
} from './trajectory-frames.ts';

const SYMBOL = /^[A-Z][a-z]{0,2}$/;
const MAX_BLOCKS = 10_000;

/** @throws InputError `bad-trajectory` with file and line */
export function* parseXdatcar(lines: LineFeed): Generator<ParsedFrame | null, void> {
  if (!(yield* nextLineOrEnd(lines))) return;
  let { cellA, atoms } = yield* header(lines);
  let positionsA = new Float64Array(0);
  while (yield* nextLineOrEnd(lines)) {
    const line = lines.line;
    if (!/^\s*direct/i.test(lines.text())) {
      const blank = lines.fieldCount() === 0;
      if (blank && !(yield* moreThanBlanks(lines))) return;
      const next = yield* header(lines, blank);
      requireSame(lines, atoms, next.atoms);
      cellA = next.cellA;
      yield* nextLine(lines, 'Direct configuration=');
      if (!/^\s*direct/i.test(lines.text())) {
        throw badTrajectory(lines, 'a frame has no heading', 'Direct configuration= n', lines.text());
      }
    }
    if (positionsA.length === 0) positionsA = new Float64Array(3 * atoms.species.length);
    for (let k = 0; k < positionsA.length; k += 3) {
      if (!lines.advance()) yield* nextLine(lines, `${atoms.species.length} atoms, found ${k / 3}`);
      const x = numberAt(lines, 0, 'three fractional coordinates');
      const y = numberAt(lines, 1, 'three fractional coordinates');
      const z = numberAt(lines, 2, 'three fractional coordinates');
      for (let axis = 0; axis < 3; axis++) {
        positionsA[k + axis] = x * cellA[axis]! + y * cellA[3 + axis]! + z * cellA[6 + axis]!;
      }
    }
    yield { atoms, line, step: null, cellA, positionsA, values: null, wrapped: true };
  }
}

/** Goes to the next line that holds something; false where none does. */
function* moreThanBlanks(lines: LineFeed): Generator<null, boolean> {
  while (yield* nextLineOrEnd(lines)) if (lines.fieldCount() > 0) return true;
  return false;
}

/** From its comment line on, or from the line below. */
function* header(
  lines: LineFeed,
  atScale = false,
): Generator<null, { cellA: Float64Array<ArrayBuffer>; atoms: TrajectoryAtoms }> {
  if (!atScale) yield* nextLine(lines, 'the scale');
  const scale = lines.fieldCount() === 1 ? numberAt(lines, 0, 'one scale') : 0;
  if (scale === 0) throw badTrajectory(lines, 'no scale', 'a factor, or minus the volume in Å³', lines.text());
  const cellA = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    yield* nextLine(lines, 'a lattice vector');
    if (lines.fieldCount() !== 3) throw badTrajectory(lines, 'no lattice vector', 'three numbers, Å', lines.text());
    for (let axis = 0; axis < 3; axis++) cellA[3 * row + axis] = numberAt(lines, axis, 'a lattice vector');
  }
  const volumeA3 = Math.abs(cellVolumeA3(cellA));
  const factor = scale > 0 ? scale : cubeRoot(-scale / volumeA3);
  for (let k = 0; k < 9; k++) cellA[k] = cellA[k]! * factor;
  if (!(volumeA3 > 0 && cellA.every(Number.isFinite))) throw badTrajectory(lines, 'the lattice vectors span no volume');
  yield* nextLine(lines, 'the element symbols');
  const names = wordsOf(lines.text()).map((word) => word.split(/[_/]/)[0]!);
  if (names.length === 0 || names.length > MAX_BLOCKS || !names.every((name) => SYMBOL.test(name))) {
    throw badTrajectory(
      lines,
      'no element symbols',
      'a line such as Li P S Cl above the numbers of atoms',
      lines.text(),
    );
  }
  yield* nextLine(lines, 'the numbers of atoms');
  const counts = wordsOf(lines.text()).map((word) => (/^\d+$/.test(word) ? (readNumber(word) ?? -1) : -1));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length !== names.length || counts.some((count) => count < 0) || total < 1 || total > MAX_ATOMS) {
    throw badTrajectory(lines, 'not a number of atoms for each element', `${names.length} integers`, lines.text());
  }
  const elements = [...new Set(names)];
  const species = Int32Array.from(
    counts.flatMap((count, b) => new Array<number>(count).fill(elements.indexOf(names[b]!))),
  );
  return { cellA, atoms: { elements, species, periodic: [true, true, true] } };
}

function requireSame(lines: LineFeed, first: TrajectoryAtoms, next: TrajectoryAtoms): void {
  const same =
    first.species.length === next.species.length &&
    first.elements.join() === next.elements.join() &&
    first.species.every((species, i) => species === next.species[i]);
  if (!same) throw badTrajectory(lines, 'the atoms are not those of the first frame');
}
