/**
 * LAMMPS data files of atom style `atomic`, units `metal`: a title; counts and box; sections `Masses` (type, amu, element in
 * a comment) and `Atoms` (id, type, x, y, z, and three image counts where there are any). Elements are those of the comments,
 * else those whose standard mass is that of the type, else numbered. Atoms come in the order of their ids, positions with the
 * images added: unwrapped. Velocities and topology are not read, which the caller is told.
 * Written in LAMMPS's frame of reference (structure/triclinic-frame.ts): forces and velocities would have to turn with it.
 */
import { standardMassAmu } from '../dynamics/masses.ts';
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import { inTriclinicFrame } from '../structure/triclinic-frame.ts';
import { exactDecimal, readNumber } from './exact-decimal.ts';
import { emptyHeader, readHeaderLine, SECTION } from './lammps-data-header.ts';
import { elementOfMass, isElement } from './lammps-masses.ts';
import { TextLines, wordsOf } from './text-lines.ts';

export interface LammpsData {
  readonly structure: Structure;
  readonly title: string;
  readonly unread: readonly string[];
}

/**
 * @param species element of each type, where the file does not name them; null: they are called `type 0`, …
 * @throws InputError `bad-lammps` with file and line
 */
export function readLammpsData(text: string, fileName: string, species: readonly string[] | null): LammpsData {
  return new DataReader(text, fileName).read(species);
}

interface AtomRow {
  readonly id: number;
  readonly type: number;
  readonly positionA: readonly number[];
  readonly image: readonly number[];
}

class DataReader {
  readonly #lines: TextLines;
  readonly #fileName: string;
  readonly #header = emptyHeader();
  readonly #unread = new Set<string>();
  readonly #names = new Map<number, string>();
  readonly #atoms: AtomRow[] = [];

  constructor(text: string, fileName: string) {
    this.#lines = new TextLines(text);
    this.#fileName = fileName;
  }

  read(species: readonly string[] | null): LammpsData {
    const title = (this.#lines.next() ?? this.#fail('the file is empty', 'a title')).trim();
    let section = '';
    let seen = 0;
    for (let line = this.#lines.next(); line !== null; line = this.#lines.next()) {
      const [content, comment = ''] = line.split('#', 2) as [string, string?];
      const words = content.trim().replace(/\s+/g, ' ');
      if (words === '') continue;
      if (SECTION.test(words)) {
        section = words;
        seen += 1;
        this.#begin(section, comment.trim());
      } else if (section === '')
        readHeaderLine(this.#header, content, (what, expected) => this.#fail(what, expected, content));
      else if (section === 'Masses') this.#mass(wordsOf(content), comment.trim());
      else if (section === 'Atoms') this.#atom(wordsOf(content));
    }
    if (seen === 0 || this.#atoms.length === 0) this.#fail('the file holds no atoms', 'a section Atoms');
    for (const keyword of this.#header.unread) this.#unread.add(keyword);
    return { structure: this.#structure(species), title, unread: [...this.#unread] };
  }

  #begin(section: string, comment: string): void {
    if (section === 'Atoms' && this.#atoms.length > 0) this.#fail('a second section Atoms', 'one');
    if (section === 'Atoms' && comment !== '' && comment !== 'atomic') {
      this.#fail('atoms of another style than atomic', 'Atoms # atomic: id type x y z', comment);
    }
    if (section !== 'Atoms' && section !== 'Masses') this.#unread.add(`section ${section}`);
  }

  #mass(words: readonly string[], comment: string): void {
    const type = this.#type(words[0] ?? '');
    const massAmu = words.length === 2 ? readNumber(words[1]!) : undefined;
    if (massAmu === undefined || !(massAmu > 0)) this.#fail('no mass', 'a type and its mass, amu', words.join(' '));
    const said = comment.split(/\s+/)[0]!;
    const element = isElement(said) ? said : elementOfMass(massAmu!);
    if (element === undefined) return;
    this.#names.set(type, element);
    if (Math.abs(standardMassAmu(element) - massAmu!) > 0.05)
      this.#unread.add(`a mass of ${massAmu} amu for ${element}`);
  }

  #atom(words: readonly string[]): void {
    const { atoms } = this.#header;
    if (atoms === undefined) this.#fail('the number of atoms is not said', 'e.g. 52 atoms, above the sections');
    if (words.length !== 5 && words.length !== 8) {
      this.#fail('an atom has the wrong number of columns', 'id type x y z, and perhaps three images', words.join(' '));
    }
    const id = /^\d{1,9}$/.test(words[0]!) ? Number(words[0]) : 0;
    if (id < 1) this.#fail('no id of an atom', 'a whole number from 1', words[0]!);
    const positionA = words.slice(2, 5).map((word) => readNumber(word) ?? this.#fail('not a finite number', 'Å', word));
    const image = words
      .slice(5)
      .map((word) =>
        /^[+-]?\d{1,9}$/.test(word) ? Number(word) : this.#fail('no image of the box', 'a whole number', word),
      );
    if (this.#atoms.length === atoms) this.#fail('more atoms than the head says', String(atoms));
    this.#atoms.push({ id, type: this.#type(words[1]!), positionA, image });
  }

  #type(word: string): number {
    const { types } = this.#header;
    const type = /^\d{1,4}$/.test(word) ? Number(word) : 0;
    if (types !== undefined && type >= 1 && type <= types) return type;
    return this.#fail('no such atom type', `1 to ${types ?? '(the head says no number of atom types)'}`, word);
  }

  #structure(species: readonly string[] | null): Structure {
    const { atoms, types, bounds, tilts } = this.#header;
    if (this.#atoms.length !== atoms)
      this.#fail('fewer atoms than the head says', String(atoms), String(this.#atoms.length));
    const axis = bounds.indexOf(undefined);
    if (axis >= 0) this.#fail('the box has no bounds', `${'xyz'[axis]}lo ${'xyz'[axis]}hi`);
    const [lx, ly, lz] = bounds.map((ends) => ends![1] - ends![0]) as [number, number, number];
    const cellA = Float64Array.of(lx, 0, 0, tilts[0], ly, 0, tilts[1], tilts[2], lz);
    const rows = [...this.#atoms].sort((p, q) => p.id - q.id);
    const twice = rows.findIndex(({ id }, k) => id === rows[k + 1]?.id);
    if (twice >= 0) this.#fail('two atoms have one id', 'different ids', String(rows[twice]!.id));
    const positionsA = Float64Array.from(
      rows.flatMap(({ positionA, image }) =>
        image.length === 0
          ? positionA
          : positionA.map((x, k) => x + image[0]! * cellA[k]! + image[1]! * cellA[3 + k]! + image[2]! * cellA[6 + k]!),
      ),
    );
    if (!cellA.every(Number.isFinite) || !positionsA.every(Number.isFinite)) this.#fail('a position is not finite');
    return {
      cellA,
      periodic: [true, true, true],
      ...this.#elements(types!, rows, species),
      positionsA,
    };
  }

  /** An element may be several types. */
  #elements(
    types: number,
    rows: readonly AtomRow[],
    species: readonly string[] | null,
  ): Pick<Structure, 'elements' | 'species'> {
    const named = Array.from({ length: types }, (_, k) => this.#names.get(k + 1));
    const ofType = (k: number): string =>
      named.includes(undefined)
        ? (species?.[k] ?? (species === null ? `type ${k}` : this.#lacking(species, types)))
        : named[k]!;
    const names = named.map((_, k) => ofType(k));
    const elements = [...new Set(names)];
    const index = names.map((name) => elements.indexOf(name));
    return { elements, species: Int32Array.from(rows, ({ type }) => index[type - 1]!) };
  }

  #lacking(species: readonly string[], types: number): never {
    throw new InputError('unknown-species', 'fewer species than the file has types', {
      where: this.#fileName,
      expected: `${types} elements`,
      found: species.join(', '),
      remedy: 'name all with --species',
    });
  }

  #fail(what: string, expected?: string, found?: string): never {
    throw new InputError('bad-lammps', what, {
      where: `${this.#fileName}:${Math.max(1, this.#lines.line)}`,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: JSON.stringify(found.slice(0, 80)) }),
    });
  }
}

/**
 * @param lose is told what of the structure the format cannot hold
 * @throws InputError `bad-lammps` where elements have no names; `bad-structure` for a left-handed cell, or none
 */
export function writeLammpsData(
  structure: Structure,
  title: string,
  where: string,
  lose: (what: string) => void,
): string {
  const { elements, species, periodic } = structure;
  const unnamed = elements.find((name) => !isElement(name));
  if (unnamed !== undefined) {
    throw new InputError('bad-lammps', 'LAMMPS data needs element symbols, for the masses', {
      where,
      expected: 'e.g. Li',
      found: unnamed,
      remedy: 'name the types with --species, e.g. Li,P,S,Cl',
    });
  }
  if (!structure.positionsA.every(Number.isFinite)) {
    throw new InputError('bad-lammps', 'a position is not a finite number', { where });
  }
  const { cellA, positionsA } = inTriclinicFrame(structure, where);
  if (cellA !== structure.cellA) lose('the orientation of the cell: a lies along x now, b in the plane of x and y');
  if (periodic.includes(false)) lose('that it does not repeat in all directions (boundary in LAMMPS)');
  const number = exactDecimal;
  const lines = [title, '', `${species.length} atoms`, `${elements.length} atom types`, ''];
  ['x', 'y', 'z'].forEach((axis, k) => {
    lines.push(`${number(0)} ${number(cellA[4 * k]!)} ${axis}lo ${axis}hi`);
  });
  const tilts = [cellA[3]!, cellA[6]!, cellA[7]!];
  if (tilts.some((tilt) => tilt !== 0)) lines.push(`${tilts.map(number).join(' ')} xy xz yz`);
  lines.push('', 'Masses', '', ...elements.map((name, k) => `${k + 1} ${standardMassAmu(name)} # ${name}`));
  lines.push('', 'Atoms # atomic', '');
  species.forEach((s, i) => {
    lines.push(`${i + 1} ${s + 1} ${Array.from(positionsA.subarray(3 * i, 3 * i + 3), number).join(' ')}`);
  });
  return `${lines.join('\n')}\n`;
}
