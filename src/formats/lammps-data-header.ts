/** The head of a LAMMPS data file: how many atoms and types, and the box. Words that mean nothing here are counted. */

import { readNumber } from './exact-decimal.ts';
import { MAX_ATOMS, MAX_SPECIES } from './file-limits.ts';
import { wordsOf } from './text-lines.ts';

export interface LammpsHeader {
  atoms: number | undefined;
  types: number | undefined;
  /** Low and high end along x, y and z, Å. */
  readonly bounds: ([number, number] | undefined)[];
  /** xy, xz, yz, Å. */
  tilts: [number, number, number];
  /** Keywords of what was not read. */
  readonly unread: string[];
}

/** Words that begin a section. */
export const SECTION =
  /^(Atoms|Velocities|Masses|Ellipsoids|Lines|Triangles|Bodies|Bonds|Angles|Dihedrals|Impropers|\w[\w ]*Coeffs|Atom Type Labels|Bond Type Labels|Angle Type Labels|Dihedral Type Labels|Improper Type Labels)$/;

export const emptyHeader = (): LammpsHeader => ({
  atoms: undefined,
  types: undefined,
  bounds: [undefined, undefined, undefined],
  tilts: [0, 0, 0],
  unread: [],
});

/**
 * Takes in one line of the head, without its comment.
 * @throws what `refuse` makes
 */
export function readHeaderLine(
  header: LammpsHeader,
  line: string,
  refuse: (what: string, expected: string) => never,
): void {
  const words = wordsOf(line);
  const numbers = words.map(readNumber);
  const count = (most: number): number => {
    const value = /^\d{1,9}$/.test(words[0]!) ? Number(words[0]) : -1;
    return value >= 1 && value <= most ? value : refuse('no count', `a whole number from 1 to ${most}`);
  };
  const keyword = words.filter((_, k) => numbers[k] === undefined).join(' ');
  if (keyword === 'atoms') header.atoms = count(MAX_ATOMS);
  else if (keyword === 'atom types') header.types = count(MAX_SPECIES);
  else if (/^([xyz])lo \1hi$/.test(keyword)) {
    const [low, high] = numbers;
    const isBox = words.length === 4 && low !== undefined && high !== undefined && high > low;
    header.bounds['xyz'.indexOf(keyword[0]!)] = isBox
      ? [low, high]
      : refuse('no bounds of the box', 'low and high end, Å, e.g. 0 10.25 xlo xhi');
  } else if (keyword === 'xy xz yz') {
    if (words.length !== 6 || numbers.slice(0, 3).includes(undefined))
      refuse('no tilts of the box', 'three numbers, Å');
    header.tilts = numbers.slice(0, 3) as [number, number, number];
  } else if (/^([abc]vec|abc origin)$/.test(keyword)) {
    refuse('a general triclinic box is not read', 'xlo xhi, ylo yhi, zlo zhi and xy xz yz');
  } else if (numbers[0] !== undefined && keyword !== '') {
    // `0 bonds` says nothing.
    if (numbers[0] !== 0) header.unread.push(keyword);
  } else refuse('a line of the head is not understood', 'e.g. 52 atoms, 4 atom types, 0 10.25 xlo xhi, or a section');
}
