/**
 * Trajectories in extended XYZ (extxyz.ts describes the format), read as a stream. Positions are unwrapped frame to
 * frame unless the comment line says `coordinates=unwrapped`, as those that varve writes do; `step` there is the step of the
 * simulation. All frames hold the same atoms in the same order.
 */
import { readNumber } from './exact-decimal.ts';
import { type Column, readComment, readPeriodicity, readProperties } from './extxyz-comment.ts';
import { MAX_SPECIES } from './file-limits.ts';
import type { LineFeed } from './line-feed.ts';
import { wordsOf } from './text-lines.ts';
import {
  atomCountOf,
  badTrajectory,
  nextLine,
  nextLineOrEnd,
  numberAt,
  type ParsedFrame,
  type ParserOptions,
  type TrajectoryAtoms,
} from './trajectory-frames.ts';

/** @throws InputError `bad-trajectory` with file and line */
export function* parseExtxyzTrajectory(lines: LineFeed, options: ParserOptions): Generator<ParsedFrame | null, void> {
  let atoms: TrajectoryAtoms | null = null;
  let names: Uint8Array[] = [];
  let positionsA = new Float64Array(0);
  let values: Float64Array | null = null;
  while (yield* nextLineOrEnd(lines)) {
    if (lines.fieldCount() === 0) {
      yield* demandOnlyBlanks(lines);
      return;
    }
    const line = lines.line;
    const count = atomCountOf(lines, lines.text());
    if (atoms !== null && atoms.species.length !== count) {
      throw badTrajectory(lines, 'the number of atoms changes', `${atoms.species.length}`, `${count}`);
    }
    yield* nextLine(lines, 'a comment line');
    const comment = readFrameComment(lines, options);
    const { at, width } = comment;
    if (positionsA.length === 0) positionsA = new Float64Array(3 * count);
    if (at.value >= 0) values ??= new Float64Array(count);
    const found: Int32Array | null = atoms === null ? new Int32Array(count) : null;
    const elements: string[] = [];
    for (let i = 0; i < count; i++) {
      if (!lines.advance()) yield* nextLine(lines, `${count} atoms, found ${i}`);
      if (lines.fieldCount() !== width) {
        throw badTrajectory(lines, 'not as many columns as Properties says', `${width}`, lines.text());
      }
      if (found !== null) found[i] = speciesOf(lines, lines.word(at.species), elements);
      else if (!lines.equals(at.species, names[atoms!.species[i]!]!)) {
        const expected = atoms!.elements[atoms!.species[i]!]!;
        throw badTrajectory(
          lines,
          `atom ${i + 1} is another than in the first frame`,
          expected,
          lines.word(at.species),
        );
      }
      for (let axis = 0; axis < 3; axis++)
        positionsA[3 * i + axis] = numberAt(lines, at.position + axis, 'a position, Å');
      if (values !== null) values[i] = numberAt(lines, at.value, `a number in column ${options.column}`);
    }
    if (found !== null) {
      atoms = { elements, species: found, periodic: comment.periodic };
      names = elements.map((element) => new TextEncoder().encode(element));
    }
    const { cellA, step, wrapped } = comment;
    yield { atoms: atoms!, line, step, cellA, positionsA, values, wrapped };
  }
}

interface FrameComment {
  readonly cellA: Float64Array;
  readonly periodic: readonly [boolean, boolean, boolean];
  readonly step: number | null;
  readonly wrapped: boolean;
  /** Fields of a row; value is −1 where no column is asked for. */
  readonly at: { readonly species: number; readonly position: number; readonly value: number };
  readonly width: number;
}

function readFrameComment(lines: LineFeed, options: ParserOptions): FrameComment {
  const refuse = (what: string, expected?: string, found?: string): never => {
    throw badTrajectory(lines, what, expected, found);
  };
  const { info } = readComment(lines.text(), refuse);
  const layout = readProperties(info.get('Properties') ?? 'species:S:1:pos:R:3', (found) =>
    refuse('Properties cannot be read', 'name:S|R|I|L:columns, with species and pos', found),
  );
  const cellA = new Float64Array(9);
  const lattice = info.get('Lattice');
  if (lattice !== undefined) {
    const numbers = wordsOf(lattice).map(readNumber);
    if (numbers.length !== 9 || numbers.includes(undefined)) refuse('Lattice is not nine numbers', undefined, lattice);
    cellA.set(numbers as number[]);
  }
  const step = info.get('step');
  return {
    cellA,
    periodic: readPeriodicity(info.get('pbc'), lattice !== undefined, (found) =>
      refuse('pbc cannot be read', 'three of T and F', found),
    ),
    step: step !== undefined && /^\d{1,15}$/.test(step) ? Number(step) : null,
    wrapped: info.get('coordinates') !== 'unwrapped',
    at: {
      species: fieldOf(layout, 'species'),
      position: fieldOf(layout, 'pos'),
      value: options.column === undefined ? -1 : valueField(lines, layout, options.column),
    },
    width: layout.reduce((sum, { width }) => sum + width, 0),
  };
}

/** Field at which a column begins. */
function fieldOf(layout: readonly Column[], name: string): number {
  let field = 0;
  for (const column of layout) {
    if (column.name === name) return field;
    field += column.width;
  }
  return -1;
}

function valueField(lines: LineFeed, layout: readonly Column[], name: string): number {
  const column = layout.find((candidate) => candidate.name === name && candidate.width === 1 && candidate.type !== 'S');
  if (column !== undefined) return fieldOf(layout, name);
  throw badTrajectory(lines, `no column of single numbers is called ${name.slice(0, 40)}`, 'one of Properties');
}

function speciesOf(lines: LineFeed, name: string, elements: string[]): number {
  const known = elements.indexOf(name);
  if (known >= 0) return known;
  if (elements.length >= MAX_SPECIES) throw badTrajectory(lines, `more than ${MAX_SPECIES} different species`);
  return elements.push(name) - 1;
}

function* demandOnlyBlanks(lines: LineFeed): Generator<null, void> {
  while (yield* nextLineOrEnd(lines)) {
    if (lines.fieldCount() > 0) throw badTrajectory(lines, 'a frame follows an empty line', 'frames one after another');
  }
}
