/**
 * VASP 5's POSCAR and CONTCAR: one structure as
 *   a comment; a scale (negative: minus the volume of the cell, Å³; three: one for each axis); three lattice vectors;
 *   element symbols; how many atoms of each; `Selective dynamics` where atoms are held; `Direct` (in lattice vectors) or
 *   `Cartesian` (times the scale); a line of coordinates an atom, with T or F three times where atoms are held.
 * Velocities and what else may follow are not read, which the caller is told. Written with scale 1, Cartesian, 17
 * significant digits, so that reading gives the same doubles back; atoms of an element must follow one another there, so
 * others change places, which the caller is told too.
 */

import { cubeRoot } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { cellVolumeA3, type Structure } from '../structure/structure.ts';
import { exactDecimal, readNumber } from './exact-decimal.ts';
import { MAX_ATOMS } from './file-limits.ts';
import { TextLines, wordsOf } from './text-lines.ts';

export interface Poscar {
  readonly structure: Structure;
  readonly comment: string;
  /** N×3, 1 where an atom may move along a lattice vector. Absent without selective dynamics. */
  readonly mayMove?: Uint8Array;
  /** What the file holds beyond this, for people. */
  readonly unread: readonly string[];
}

/** An element may come in more than one block. */
const MAX_BLOCKS = 10_000;
const SYMBOL = /^[A-Z][a-z]{0,2}$/;

/** @throws InputError `bad-poscar` with file and line for anything that is not understood or not consistent */
export function readPoscar(text: string, fileName: string): Poscar {
  return new PoscarReader(text, fileName).read();
}

class PoscarReader {
  readonly #lines: TextLines;
  readonly #fileName: string;
  readonly #unread: string[] = [];

  constructor(text: string, fileName: string) {
    this.#lines = new TextLines(text);
    this.#fileName = fileName;
  }

  read(): Poscar {
    const comment = this.#line('a comment').trim();
    const scales = this.#scales();
    const rows = [0, 1, 2].map(() => this.#numbers(this.#line('a lattice vector'), 'a lattice vector'));
    const factors = this.#factors(scales, rows.flat());
    const cellA = Float64Array.from(rows.flat(), (x, k) => x * factors[k % 3]!);
    const { elements, species } = this.#species();
    let mode = this.#line('Direct or Cartesian').trim();
    const selective = /^s/i.test(mode);
    if (selective) mode = this.#line('Direct or Cartesian').trim();
    if (!/^[dck]/i.test(mode)) this.#fail('neither direct nor Cartesian coordinates', 'Direct or Cartesian', mode);
    const direct = /^d/i.test(mode);
    const positions: number[] = [];
    const moves: number[] = [];
    for (let i = 0; i < species.length; i++) {
      const words = wordsOf(this.#line(`atom ${i + 1} of ${species.length}`));
      const [x, y, z] = this.#numbers(words.slice(0, 3).join(' '), `three coordinates of atom ${i + 1}`);
      for (let axis = 0; axis < 3; axis++) {
        positions.push(
          direct
            ? x! * cellA[axis]! + y! * cellA[3 + axis]! + z! * cellA[6 + axis]!
            : [x!, y!, z!][axis]! * factors[axis]!,
        );
      }
      if (selective) moves.push(...this.#flags(words.slice(3, 6)));
      this.#checkLabel(words.slice(selective ? 6 : 3), elements[species[i]!]!);
    }
    this.#rest();
    const positionsA = Float64Array.from(positions);
    if (!positionsA.every(Number.isFinite)) this.#fail('a position is not a finite number');
    return {
      structure: { cellA, periodic: [true, true, true], elements, species, positionsA },
      comment,
      ...(selective ? { mayMove: Uint8Array.from(moves) } : {}),
      unread: this.#unread,
    };
  }

  #scales(): number[] {
    const words = wordsOf(this.#line('the scale'));
    const scales = words.map((word) => readNumber(word) ?? this.#fail('no scale', 'a number, or three', word));
    if (scales.length !== 1 && scales.length !== 3) this.#fail('no scale', 'a number, or three', words.join(' '));
    if (scales.includes(0)) this.#fail('the scale is zero', 'a factor, or minus the volume in Å³', words.join(' '));
    if (scales.length === 3 && scales.some((scale) => scale < 0)) {
      this.#fail('one of three scales is negative', 'positive factors', words.join(' '));
    }
    return scales;
  }

  #factors(scales: readonly number[], rows: readonly number[]): number[] {
    if (scales.length === 3) return [...scales];
    const volumeA3 = Math.abs(cellVolumeA3(rows));
    if (!(volumeA3 > 0 && Number.isFinite(volumeA3))) {
      this.#fail('the lattice vectors span no volume', 'three independent lattice vectors', `${volumeA3} Å³`);
    }
    const factor = scales[0]! > 0 ? scales[0]! : cubeRoot(-scales[0]! / volumeA3);
    if (!rows.every((x) => Number.isFinite(x * factor)) || factor === 0) this.#fail('the scaled cell is not finite');
    return [factor, factor, factor];
  }

  /** An element may come in several blocks. */
  #species(): { elements: string[]; species: Int32Array } {
    const symbols = wordsOf(this.#line('the element symbols'));
    if (symbols.length > 0 && symbols.every((word) => /^\d+$/.test(word))) {
      throw new InputError('bad-poscar', 'the file does not name its elements (VASP 4)', {
        where: this.#where(),
        expected: 'a line of element symbols above the numbers of atoms',
        found: symbols.join(' ').slice(0, 80),
        remedy: `put the symbols of its ${symbols.length} element(s) into a line of their own above this one`,
      });
    }
    if (symbols.length === 0 || symbols.length > MAX_BLOCKS) this.#fail('no element symbols', 'e.g. Li P S Cl');
    const blocks = symbols.map((word) => {
      // Names of pseudopotentials (Li_sv, Li/1a2b…) begin with that of the element.
      const symbol = word.split(/[_/]/)[0]!;
      if (!SYMBOL.test(symbol)) this.#fail('no element symbol', 'e.g. Li', word);
      if (symbol !== word) this.#unread.push(`the rest of ${word} in the line of elements`);
      return symbol;
    });
    const words = wordsOf(this.#line('the numbers of atoms'));
    const counts = words.map((word) => {
      const count = /^\d{1,7}$/.test(word) ? Number(word) : -1;
      return count >= 0 && count <= MAX_ATOMS ? count : this.#fail('no number of atoms', `0 … ${MAX_ATOMS}`, word);
    });
    if (counts.length !== blocks.length) {
      this.#fail('not a number of atoms for each element', `${blocks.length}`, `${counts.length}`);
    }
    const atoms = counts.reduce((sum, count) => sum + count, 0);
    if (atoms < 1 || atoms > MAX_ATOMS) this.#fail('no number of atoms', `1 … ${MAX_ATOMS} in all`, `${atoms}`);
    const elements = [...new Set(blocks)];
    const indices = blocks.map((symbol) => elements.indexOf(symbol));
    const species = new Int32Array(atoms);
    for (let block = 0, at = 0; block < blocks.length; at += counts[block]!, block++) {
      species.fill(indices[block]!, at, at + counts[block]!);
    }
    return { elements, species };
  }

  #flags(words: readonly string[]): number[] {
    if (words.length !== 3 || !words.every((word) => /^\.?[tf]/i.test(word))) {
      this.#fail('selective dynamics needs three flags', 'T or F three times', words.join(' '));
    }
    return words.map((word) => (/^\.?t/i.test(word) ? 1 : 0));
  }

  /** Some programs repeat the element behind the coordinates. */
  #checkLabel(words: readonly string[], element: string): void {
    if (words.length === 0 || words[0]!.split(/[_/\d]/)[0] === element) return;
    const said = 'words behind the coordinates';
    if (SYMBOL.test(words[0]!))
      this.#fail('an atom is called by another element than its place says', element, words[0]!);
    if (!this.#unread.includes(said)) this.#unread.push(said);
  }

  #rest(): void {
    let lines = 0;
    for (let line = this.#lines.next(); line !== null; line = this.#lines.next()) if (line.trim() !== '') lines += 1;
    if (lines > 0) this.#unread.push(`${lines} line(s) behind the positions (velocities, predictor-corrector)`);
  }

  #numbers(line: string, what: string): number[] {
    const words = wordsOf(line);
    const numbers = words.map((word) => readNumber(word) ?? this.#fail('not a finite number', what, word));
    if (numbers.length !== 3) this.#fail('not three numbers', what, words.join(' '));
    return numbers;
  }

  #line(what: string): string {
    return this.#lines.next() ?? this.#fail('the file ends early', what);
  }

  #where(): string {
    return `${this.#fileName}:${Math.max(1, this.#lines.line)}`;
  }

  #fail(what: string, expected?: string, found?: string): never {
    throw new InputError('bad-poscar', what, {
      where: this.#where(),
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: JSON.stringify(found.slice(0, 80)) }),
    });
  }
}

/**
 * @param lose is told what of the structure the format cannot hold
 * @throws InputError `bad-poscar` where elements have no names, there is no cell, or a number is not finite
 */
export function writePoscar(poscar: Omit<Poscar, 'unread'>, where: string, lose: (what: string) => void): string {
  const { structure, mayMove } = poscar;
  const { cellA, periodic, elements, species, positionsA } = structure;
  const refuse = (what: string, expected: string, remedy: string, found?: string): never => {
    throw new InputError('bad-poscar', what, { where, expected, remedy, ...(found === undefined ? {} : { found }) });
  };
  const present = elements.map((_, s) => s).filter((s) => species.includes(s));
  const unnamed = present.find((s) => !SYMBOL.test(elements[s]!));
  if (unnamed !== undefined) {
    refuse(
      'POSCAR needs element symbols',
      'e.g. Li',
      'name the types with --species, e.g. Li,P,S,Cl',
      elements[unnamed],
    );
  }
  const volumeA3 = cellVolumeA3(cellA);
  if (!(volumeA3 !== 0 && Number.isFinite(volumeA3))) {
    refuse('POSCAR needs a cell', 'three independent lattice vectors', 'give the structure a cell', `${volumeA3} Å³`);
  }
  if (!positionsA.every(Number.isFinite))
    refuse('a position is not a finite number', 'finite numbers', 'mend the file');
  if (periodic.includes(false)) lose('that it does not repeat in all directions');
  const order = Int32Array.from(species.keys()).sort((a, b) => species[a]! - species[b]! || a - b);
  if (order.some((from, to) => from !== to)) lose('the order of atoms: those of an element follow one another now');
  const counts = present.map((s) => species.reduce((count, other) => count + (other === s ? 1 : 0), 0));
  const title = poscar.comment === '' ? present.map((s, k) => `${elements[s]}${counts[k]}`).join(' ') : poscar.comment;
  const triple = (values: Float64Array, at: number): string =>
    [0, 1, 2].map((axis) => ` ${exactDecimal(values[at + axis]!).padStart(23)}`).join('');
  const lines = [title, '1.0', ...[0, 3, 6].map((at) => triple(cellA, at))];
  lines.push(present.map((s) => elements[s]).join(' '), counts.join(' '));
  if (mayMove !== undefined) lines.push('Selective dynamics');
  lines.push('Cartesian');
  for (const i of order) {
    const flags =
      mayMove === undefined ? '' : [...mayMove.subarray(3 * i, 3 * i + 3)].map((m) => (m ? ' T' : ' F')).join('');
    lines.push(triple(positionsA, 3 * i) + flags);
  }
  return `${lines.join('\n')}\n`;
}
