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
import { wordsOf } from './text-lines.ts';

export interface ExtxyzFrame {
  readonly structure: Structure;
  /** Line of the frame's comment, counted from 1. */
  readonly line: number;
  /** Keys of the comment line but for Lattice, Properties and pbc, as text. */
  readonly info: ReadonlyMap<string, string>;
  /** Real columns beyond species and pos: N×width, row-major. */
  readonly columns: ReadonlyMap<string, { readonly width: number; readonly data: Float64Array }>;
}

const MAX_ATOMS = 1_000_000;
const MAX_LINE_LENGTH = 65_536;

/**
 * @param elements the species, in the order that the structures' indices refer to
 * @throws InputError `bad-extxyz` or `unknown-species` with `fileName:line`
 */
export function readExtxyz(text: string, fileName: string, elements: readonly string[]): ExtxyzFrame[] {
  const lines = text.split(/\r?\n/);
  const frames: ExtxyzFrame[] = [];
  let line = 0;
  while (line < lines.length) {
    if (lines[line]!.trim() === '' && lines.slice(line).every((rest) => rest.trim() === '')) break;
    const frame = readFrame(lines, line, fileName, elements);
    frames.push(frame);
    line += 2 + frame.structure.species.length;
  }
  if (frames.length === 0) throw new InputError('bad-extxyz', 'the file holds no frame', { where: fileName });
  return frames;
}

function readFrame(
  lines: readonly string[],
  first: number,
  fileName: string,
  elements: readonly string[],
): ExtxyzFrame {
  const at = (offset: number): string => `${fileName}:${first + offset + 1}`;
  const refuse = (offset: number, what: string, expected?: string, found?: string): never => {
    throw new InputError('bad-extxyz', what, {
      where: at(offset),
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: JSON.stringify(found.slice(0, 80)) }),
    });
  };
  const countText = lines[first]!.trim();
  const atoms = Number(countText);
  if (!/^\d+$/.test(countText) || atoms < 1 || atoms > MAX_ATOMS) {
    refuse(0, 'a frame starts with its number of atoms', `an integer from 1 to ${MAX_ATOMS}`, countText);
  }
  if (first + 2 + atoms > lines.length) {
    refuse(0, 'the file ends within a frame', `${atoms + 1} more lines`, `${lines.length - first - 1} lines`);
  }
  const comment = lines[first + 1]!;
  if (comment.length > MAX_LINE_LENGTH) refuse(1, `the comment is longer than ${MAX_LINE_LENGTH} characters`);
  const info = readComment(comment, (what) => refuse(1, what));
  const layout = readProperties(info.get('Properties') ?? 'species:S:1:pos:R:3', (found) =>
    refuse(1, 'Properties cannot be read', 'name:S|R|I|L:columns, with species and pos', found),
  );
  const cellA = new Float64Array(9);
  const lattice = info.get('Lattice');
  if (lattice !== undefined) {
    const numbers = lattice.trim().split(/\s+/).map(readNumber);
    if (numbers.length !== 9 || numbers.includes(undefined))
      refuse(1, 'Lattice is not nine numbers', undefined, lattice);
    cellA.set(numbers as number[]);
  }
  const periodic = readPeriodicity(info.get('pbc'), lattice !== undefined, (found) =>
    refuse(1, 'pbc cannot be read', 'three of T and F', found),
  );

  const total = layout.reduce((sum, column) => sum + column.width, 0);
  const refuseColumns = (i: number, words: number): never =>
    refuse(2 + i, 'an atom has the wrong number of columns', `${total}`, `${words}`);
  // Before any memory is taken: a line with that many columns has at least a character and a space for each.
  for (let i = 0; i < atoms; i++) {
    const row = lines[first + 2 + i]!;
    if (row.length < 2 * total - 1) refuseColumns(i, wordsOf(row).length);
  }
  const species = new Int32Array(atoms);
  const positionsA = new Float64Array(3 * atoms);
  const columns = new Map(
    layout
      .filter((column) => column.type === 'R' && column.name !== 'pos')
      .map(({ name, width }) => [name, { width, data: new Float64Array(atoms * width) }] as const),
  );
  for (let i = 0; i < atoms; i++) {
    const words = wordsOf(lines[first + 2 + i]!);
    if (words.length !== total) refuseColumns(i, words.length);
    let word = 0;
    for (const { name, type, width } of layout) {
      if (name === 'species') {
        species[i] = elements.indexOf(words[word]!);
        if (species[i]! < 0) {
          throw new InputError(
            'unknown-species',
            `element ${JSON.stringify(words[word]!.slice(0, 20))} is not among the campaign's`,
            {
              where: at(2 + i),
              expected: `one of ${elements.join(', ')}`,
              remedy: 'add it to `elements` in the spec, or correct the file',
            },
          );
        }
      } else if (type === 'R') {
        const target = name === 'pos' ? positionsA : columns.get(name)!.data;
        for (let k = 0; k < width; k++) {
          const value = readNumber(words[word + k]!);
          if (value === undefined)
            refuse(2 + i, `${name} of atom ${i} is not a finite number`, undefined, words[word + k]);
          target[i * width + k] = value!;
        }
      }
      word += width;
    }
  }
  for (const key of ['Lattice', 'Properties', 'pbc']) info.delete(key);
  return { structure: { cellA, periodic, elements, species, positionsA }, line: first + 2, info, columns };
}

function readComment(comment: string, refuse: (what: string) => void): Map<string, string> {
  const info = new Map<string, string>();
  const pattern = /([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(["'])|(\S*))|\S+/g;
  for (const [, key, double, single, open, bare] of comment.matchAll(pattern)) {
    if (key === undefined) continue;
    if (open !== undefined) refuse('a quoted value is not closed');
    if (info.has(key)) refuse(`${key.slice(0, 80)} is given twice`);
    info.set(key, double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '');
  }
  return info;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly width: number;
}

function readProperties(text: string, refuse: (found: string) => void): Column[] {
  const words = text.split(':');
  const layout: Column[] = [];
  for (let k = 0; k + 2 < words.length; k += 3) {
    layout.push({ name: words[k]!, type: words[k + 1]!, width: Number(words[k + 2]!) });
  }
  const has = (name: string, type: string, width: number): boolean =>
    layout.some((column) => column.name === name && column.type === type && column.width === width);
  const sound = layout.every(
    ({ type, width }) => /^[SRIL]$/.test(type) && Number.isInteger(width) && width > 0 && width < 100,
  );
  const unique = new Set(layout.map((column) => column.name)).size === layout.length;
  if (words.length % 3 !== 0 || !sound || !unique || !has('species', 'S', 1) || !has('pos', 'R', 3)) refuse(text);
  return layout;
}

function readPeriodicity(
  text: string | undefined,
  hasLattice: boolean,
  refuse: (found: string) => void,
): [boolean, boolean, boolean] {
  if (text === undefined) return [hasLattice, hasLattice, hasLattice];
  const words = text.trim().split(/\s+/);
  if (words.length !== 3 || !words.every((word) => /^([TF]|[Tt]rue|[Ff]alse|TRUE|FALSE|[01])$/.test(word)))
    refuse(text);
  return words.map((word) => /^([Tt]|1)/.test(word)) as [boolean, boolean, boolean];
}

/**
 * The frame as text. Values of `info` that hold spaces or quotes are quoted.
 * @throws Error (ours) for a key or a value of `info` that the format cannot hold
 */
export function writeExtxyz(frame: Omit<ExtxyzFrame, 'line'>): string {
  const { structure, info, columns } = frame;
  const properties = ['species:S:1:pos:R:3', ...[...columns].map(([name, { width }]) => `${name}:R:${width}`)].join(
    ':',
  );
  for (const [key, value] of info) {
    if (!/^[^\s="']+$/.test(key)) throw new Error(`${JSON.stringify(key)} cannot be a key of extended XYZ`);
    if (/[\r\n]/.test(value)) throw new Error(`${key}: a value of extended XYZ holds no line break`);
  }
  const quoted = (value: string): string =>
    value !== '' && /^[^\s"'=\\]+$/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
  const comment = [
    ...(structure.periodic.some(Boolean) ? [`Lattice="${Array.from(structure.cellA, shortDecimal).join(' ')}"`] : []),
    `Properties=${properties}`,
    `pbc="${structure.periodic.map((repeats) => (repeats ? 'T' : 'F')).join(' ')}"`,
    ...[...info].map(([key, value]) => `${key}=${quoted(value)}`),
  ].join(' ');
  const rows = Array.from(structure.species, (species, i) => {
    const numbers = [...structure.positionsA.subarray(3 * i, 3 * i + 3)];
    for (const { width, data } of columns.values()) numbers.push(...data.subarray(i * width, (i + 1) * width));
    return `${structure.elements[species]} ${numbers.map(shortDecimal).join(' ')}`;
  });
  return `${structure.species.length}\n${comment}\n${rows.join('\n')}\n`;
}
