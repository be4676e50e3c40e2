/**
 * Trajectories of any format, frame by frame, in memory for two frames whatever their number.
 *
 * A parser is a generator over the lines of a file that gives a frame, or null where it needs more of the file. `readFrames`
 * feeds it and unwraps what it gives (unwrap.ts): positions that come out are never folded back into the cell.
 */
import { InputError } from '../numerics/input-error.ts';
import { MAX_ATOMS } from './file-limits.ts';
import { LineFeed } from './line-feed.ts';
import { Unwrapper } from './unwrap.ts';

export interface TrajectoryAtoms {
  readonly elements: readonly string[];
  /** Index into `elements` of each atom, length N. */
  readonly species: Int32Array;
  readonly periodic: readonly [boolean, boolean, boolean];
}

/** Its arrays are filled anew for the next frame: copy what is to be kept. */
export interface TrajectoryFrame {
  /** The same object in all frames of a file. */
  readonly atoms: TrajectoryAtoms;
  /** Counted from 0. */
  readonly index: number;
  /** Line of the file where it begins, counted from 1. */
  readonly line: number;
  /** Of the simulation, where the file says so. */
  readonly step: number | null;
  /** Lattice vectors as rows, Å; all 0 where the file has none. */
  readonly cellA: Float64Array;
  /** N×3, Å, unwrapped. */
  readonly positionsA: Float64Array;
  /** The column that was asked for, N numbers; null where none was. */
  readonly values: Float64Array | null;
}

export type TrajectoryFrames = AsyncIterable<TrajectoryFrame>;

export interface ParsedFrame extends Omit<TrajectoryFrame, 'index'> {
  /** Whether positions are folded back into the cell, or may be. */
  readonly wrapped: boolean;
}

export type TrajectoryParser = (lines: LineFeed, options: ParserOptions) => Generator<ParsedFrame | null, void>;

export interface ParserOptions {
  /** Elements of types 1, 2, …, where a file has types alone. */
  readonly elements?: readonly string[];
  /** Name of a column of numbers to read besides. */
  readonly column?: string;
}

export interface ReadOptions extends ParserOptions {
  /** The file's positions are known to be unwrapped, whatever it says. */
  readonly unwrapped?: boolean;
  /** Of this many frames only the first is given: 1 by default. All are read and unwrapped. */
  readonly every?: number;
  /** Is told how many bytes of text were read. */
  readonly onProgress?: (bytes: number) => void;
}

const MAX_FRAMES = 10_000_000;

/**
 * @param pieces of the text
 * @throws InputError of the parser, with `fileName:line`; `ambiguous-jump` of the unwrapping; `empty-file`
 */
export async function* readFrames(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  fileName: string,
  parser: TrajectoryParser,
  options: ReadOptions = {},
): AsyncGenerator<TrajectoryFrame, void> {
  const lines = new LineFeed(fileName);
  const parsed = parser(lines, options);
  const every = options.every ?? 1;
  let unwrapper: Unwrapper | null = null;
  let index = 0;
  let bytes = 0;
  function* framesSoFar(): Generator<TrajectoryFrame> {
    for (let next = parsed.next(); !next.done && next.value !== null; next = parsed.next()) {
      const { wrapped, ...frame } = next.value;
      unwrapper ??= new Unwrapper(fileName, frame.atoms.periodic);
      const positionsA = unwrapper.add(frame, wrapped && options.unwrapped !== true);
      if (index >= MAX_FRAMES) throw badTrajectory(lines, `the file holds more than ${MAX_FRAMES} frames`);
      if (index % every === 0) yield { ...frame, index, positionsA };
      index += 1;
    }
  }
  for await (const piece of pieces) {
    bytes += piece.length;
    lines.push(piece);
    yield* framesSoFar();
    options.onProgress?.(bytes);
  }
  lines.finish();
  yield* framesSoFar();
  if (index === 0) throw new InputError('empty-file', 'the file holds no frame', { where: fileName });
}

/** @returns null, given on to the reader, until the next line is there; then goes to it */
export function* nextLine(lines: LineFeed, what: string): Generator<null, void> {
  while (!lines.advance()) {
    if (lines.ended) throw badTrajectory(lines, 'the file ends within a frame', what);
    yield null;
  }
}

/** As `nextLine`, but false where the file ends here. */
export function* nextLineOrEnd(lines: LineFeed): Generator<null, boolean> {
  while (!lines.advance()) {
    if (lines.ended) return false;
    yield null;
  }
  return true;
}

export const badTrajectory = (lines: LineFeed, what: string, expected?: string, found?: string): InputError =>
  new InputError('bad-trajectory', what, {
    where: `${lines.fileName}:${Math.max(1, lines.line)}`,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found: JSON.stringify(found.slice(0, 80)) }),
  });

/** Number of atoms in a text. @throws InputError `bad-trajectory` */
export function atomCountOf(lines: LineFeed, text: string): number {
  const word = text.trim();
  const count = /^\d{1,8}$/.test(word) ? Number(word) : 0;
  if (count >= 1 && count <= MAX_ATOMS) return count;
  throw badTrajectory(lines, 'no number of atoms', `an integer from 1 to ${MAX_ATOMS}`, word);
}

/** Field k of this line. @throws InputError `bad-trajectory` where it is no finite number */
export function numberAt(lines: LineFeed, k: number, what: string): number {
  const value = k < lines.fieldCount() ? lines.number(k) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw badTrajectory(lines, 'not a finite number', what, k < lines.fieldCount() ? lines.word(k) : lines.text());
}
