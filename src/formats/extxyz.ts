/**
 * Extended XYZ, as ASE and the machine-learning potentials' tools write it: frames of
 *   N
 *   Lattice="ax ay az bx by bz cx cy cz" Properties=species:S:1:pos:R:3:forces:R:3 pbc="T T T" key=value …
 *   Li x y z fx fy fz
 * Lattice vectors follow one another as rows, Å. Numbers are read as the nearest doubles and written as the shortest
 * decimal that reads back to the same double, so writing and reading is lossless.
 */

import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import { readNumber, shortDecimal } from './exact-decimal.ts';
import { readComment, readPeriodicity, readProperties } from './extxyz-comment.ts';
import { MAX_ATOMS, MAX_SPECIES } from './file-limits.ts';
import { TextLines, wordsOf } from './text-lines.ts';

export interface ExtxyzFrame {
  readonly structure: Structure;
  /** Line of the frame's comment, counted from 1. */
  readonly line: number;
  /** Keys of the comment line but for Lattice, Properties and pbc, as text. */
  readonly info: ReadonlyMap<string, string>;
  /** Real columns beyond species and pos: N×width, row-major. */
  readonly columns: ReadonlyMap<string, { readonly width: number; readonly data: Float64Array }>;
  /** Columns of other types (S, I, L), word by word: N×width, row-major. Absent where there are none. */
  readonly texts?: ReadonlyMap<string, TextColumn>;
  /** Words of the comment line that are no key=value, in their order. Absent where there are none. */
  readonly remarks?: readonly string[];
}

export interface TextColumn {
  readonly type: 'S' | 'I' | 'L';
  readonly width: number;
  readonly words: readonly string[];
}

const MAX_LINE_LENGTH = 65_536;
const MAX_FRAMES = 1_000_000;

/**
 * @param elements the species, in the order that the structures' indices refer to; null: as they come, all frames sharing
 *   one list
 * @throws InputError `bad-extxyz` or `unknown-species` with `fileName:line`
 */
export function readExtxyz(text: string, fileName: string, elements: readonly string[] | null): ExtxyzFrame[] {
  const lines = new TextLines(text);
  const species = new SpeciesNames(elements);
  const frames: ExtxyzFrame[] = [];
  for (let first = lines.next(); first !== null; first = lines.next()) {
    if (first.trim() === '' && onlyBlank(lines)) break;
    frames.push(readFrame(first, lines, fileName, species));
    if (frames.length > MAX_FRAMES) {
      throw new InputError('bad-extxyz', 'the file holds too many frames', {
        where: `${fileName}:${lines.line}`,
        expected: `at most ${MAX_FRAMES}`,
      });
    }
  }
  if (frames.length === 0) throw new InputError('bad-extxyz', 'the file holds no frame', { where: fileName });
  return frames;
}

function onlyBlank(lines: TextLines): boolean {
  for (let line = lines.peek(); line !== null; line = lines.peek()) {
    if (line.trim() !== '') return false;
    lines.next();
  }
  return true;
}

/** Indices of element symbols, in a list that is given or grows with what is found. */
class SpeciesNames {
  readonly names: string[];
  readonly #index: Map<string, number>;
  readonly #grows: boolean;

  constructor(elements: readonly string[] | null) {
    this.names = [...(elements ?? [])];
    this.#index = new Map(this.names.map((name, index) => [name, index]));
    this.#grows = elements === null;
  }

  /** −1 where it is not among them. */
  indexOf(name: string): number {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    if (!this.#grows || this.names.length >= MAX_SPECIES) return -1;
    this.#index.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

function readFrame(countLine: string, lines: TextLines, fileName: string, elements: SpeciesNames): ExtxyzFrame {
  const first = lines.line;
  const at = (offset: number): string => `${fileName}:${first + offset}`;
  const refuse = (offset: number, what: string, expected?: string, found?: string): never => {
    throw new InputError('bad-extxyz', what, {
      where: at(offset),
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: JSON.stringify(found.slice(0, 80)) }),
    });
  };
  const countText = countLine.trim();
  const atoms = Number(countText.slice(0, 20));
  if (!/^\d+$/.test(countText) || atoms < 1 || atoms > MAX_ATOMS) {
    refuse(0, 'a frame starts with its number of atoms', `an integer from 1 to ${MAX_ATOMS}`, countText);
  }
  const comment = lines.next() ?? refuse(0, 'the file ends within a frame', 'a comment line');
  if (comment.length > MAX_LINE_LENGTH) refuse(1, `the comment is longer than ${MAX_LINE_LENGTH} characters`);
  const { info, remarks } = readComment(comment, (what) => refuse(1, what));
  const layout = readProperties(info.get('Properties') ?? 'species:S:1:pos:R:3', (found) =>
    refuse(1, 'Properties cannot be read', 'name:S|R|I|L:columns, with species and pos', found),
  );
  const cellA = new Float64Array(9);
  const lattice = info.get('Lattice');
  if (lattice !== undefined) {
    const numbers = wordsOf(lattice).map(readNumber);
    if (numbers.length !== 9 || numbers.includes(undefined))
      refuse(1, 'Lattice is not nine numbers', undefined, lattice);
    cellA.set(numbers as number[]);
  }
  const periodic = readPeriodicity(info.get('pbc'), lattice !== undefined, (found) =>
    refuse(1, 'pbc cannot be read', 'three of T and F', found),
  );

  const total = layout.reduce((sum, column) => sum + column.width, 0);
  const species: number[] = [];
  const columns = layout.map((column) => ({ ...column, numbers: [] as number[], words: [] as string[] }));
  // Lists grow with the lines, so a number of atoms that the file does not hold takes no memory.
  for (let i = 0; i < atoms; i++) {
    const row = lines.next();
    if (row === null) return refuse(0, 'the file ends within a frame', `${atoms} atoms`, `${i}`);
    const words = wordsOf(row);
    if (words.length !== total) refuse(2 + i, 'an atom has the wrong number of columns', `${total}`, `${words.length}`);
    let word = 0;
    for (const { name, type, width, numbers, words: kept } of columns) {
      for (const found of words.slice(word, word + width)) {
        const what = `${name} of atom ${i} is not a finite number`;
        if (name === 'species') species.push(indexOf(found, elements, () => at(2 + i)));
        else if (type === 'R') numbers.push(readNumber(found) ?? refuse(2 + i, what, undefined, found));
        else kept.push(found);
      }
      word += width;
    }
  }
  const texts = columns.filter(({ name, type }) => type !== 'R' && name !== 'species');
  for (const key of ['Lattice', 'Properties', 'pbc']) info.delete(key);
  const structure = {
    cellA,
    periodic,
    elements: elements.names,
    species: Int32Array.from(species),
    positionsA: Float64Array.from(columns.find(({ name }) => name === 'pos')!.numbers),
  };
  return {
    structure,
    line: first + 1,
    info,
    columns: new Map(
      columns
        .filter(({ name, type }) => type === 'R' && name !== 'pos')
        .map(({ name, width, numbers }) => [name, { width, data: Float64Array.from(numbers) }]),
    ),
    ...(texts.length === 0
      ? {}
      : { texts: new Map(texts.map(({ name, type, width, words }) => [name, { type: type as 'S', width, words }])) }),
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}

function indexOf(element: string, elements: SpeciesNames, where: () => string): number {
  const index = elements.indexOf(element);
  if (index >= 0) return index;
  throw new InputError(
    'unknown-species',
    `element ${JSON.stringify(element.slice(0, 20))} is not among the campaign's`,
    {
      where: where(),
      expected: `one of ${elements.names.join(', ').slice(0, 400)}`,
      remedy: 'add it to `elements` in the spec, or correct the file',
    },
  );
}

/**
 * The frame as text. Values of `info` that hold spaces or quotes are quoted.
 * @throws Error (ours) for a key or a value of `info` that the format cannot hold
 */
export function writeExtxyz(frame: Omit<ExtxyzFrame, 'line'>): string {
  const { structure, info, columns } = frame;
  const texts = [...(frame.texts ?? [])];
  const properties = [
    'species:S:1:pos:R:3',
    ...[...columns].map(([name, { width }]) => `${name}:R:${width}`),
    ...texts.map(([name, { type, width }]) => `${name}:${type}:${width}`),
  ].join(':');
  for (const [key, value] of info) {
    if (!/^[^\s="']+$/.test(key)) throw new Error(`${JSON.stringify(key)} cannot be a key of extended XYZ`);
    if (/[\r\n]/.test(value)) throw new Error(`${key}: a value of extended XYZ holds no line break`);
  }
  const quoted = (value: string): string =>
    value !== '' && /^[^\s"'=\\]+$/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
  const comment = [
    ...(structure.periodic.some(Boolean) || structure.cellA.some((x) => x !== 0)
      ? [`Lattice="${Array.from(structure.cellA, shortDecimal).join(' ')}"`]
      : []),
    `Properties=${properties}`,
    `pbc="${structure.periodic.map((repeats) => (repeats ? 'T' : 'F')).join(' ')}"`,
    ...[...info].map(([key, value]) => `${key}=${quoted(value)}`),
    ...(frame.remarks ?? []),
  ].join(' ');
  const rows = Array.from(structure.species, (species, i) => {
    const numbers = [...structure.positionsA.subarray(3 * i, 3 * i + 3)];
    for (const { width, data } of columns.values()) numbers.push(...data.subarray(i * width, (i + 1) * width));
    const words = texts.flatMap(([, column]) => column.words.slice(i * column.width, (i + 1) * column.width));
    return [structure.elements[species], ...numbers.map(shortDecimal), ...words].join(' ');
  });
  return `${structure.species.length}\n${comment}\n${rows.join('\n')}\n`;
}
