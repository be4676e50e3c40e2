/** Trajectories as text in each format, folded into the cell or not, and reading them from text. */

import {
  type ReadOptions,
  readFrames,
  type TrajectoryAtoms,
  type TrajectoryFrame,
  type TrajectoryParser,
} from '../../src/formats/trajectory-frames.ts';
import { extxyzFrame } from '../../src/formats/trajectory-writers.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { inverseCell } from '../../src/structure/structure.ts';

export interface Made {
  readonly atoms: TrajectoryAtoms;
  readonly frames: readonly { readonly cellA: Float64Array; readonly positionsA: Float64Array }[];
}

/** Atoms that wander by up to `stepA` a frame, several cells far; with `breathing` the cell changes. */
export function wander(frames: number, cell: readonly number[], stepA: number, breathing = 0, seed = 0): Made {
  const random = new RandomStream('00000000000006a1', seed);
  const species = Int32Array.of(0, 0, 1, 2, 0);
  const place = Float64Array.from({ length: 15 }, () => 5 * random.uniform());
  return {
    atoms: { elements: ['Li', 'S', 'Cl'], species, periodic: [true, true, true] },
    frames: Array.from({ length: frames }, (_, k) => {
      // A drift of the first atom, so that it crosses the cell often.
      if (k > 0)
        for (let c = 0; c < 15; c++) place[c] = place[c]! + (c < 3 ? stepA : stepA * (2 * random.uniform() - 1));
      const factor = 1 + breathing * random.uniform();
      return { cellA: Float64Array.from(cell, (x) => x * factor), positionsA: place.slice() };
    }),
  };
}

export function fractional(positionsA: Float64Array, cellA: Float64Array): number[] {
  const inverse = inverseCell(cellA);
  return Array.from(positionsA, (_, at) => {
    const [i, k] = [at - (at % 3), at % 3];
    return [0, 1, 2].reduce((sum, axis) => sum + inverse[3 * k + axis]! * positionsA[i + axis]!, 0);
  });
}

const folded = (s: number): number => s - Math.floor(s);
const rows = (numbers: readonly number[]): string[] =>
  Array.from({ length: numbers.length / 3 }, (_, i) => numbers.slice(3 * i, 3 * i + 3).join(' '));

/** Atoms sorted by element, as VASP has them: `wander` gives Li Li S Cl Li. */
export function xdatcar({ frames }: Made, headers: 'first' | 'each' = 'first'): string {
  const order = [0, 1, 4, 2, 3];
  return frames
    .map(({ cellA, positionsA }, k) => {
      const s = fractional(positionsA, cellA).map(folded);
      const lines = order.map((i) => s.slice(3 * i, 3 * i + 3).join(' '));
      const header = ['made', '1.0', ...rows([...cellA]), 'Li S Cl', '3 1 1'];
      return [...(k === 0 || headers === 'each' ? header : []), `Direct configuration= ${k + 1}`, ...lines, ''].join(
        '\n',
      );
    })
    .join('');
}

export const xyz = ({ atoms, frames }: Made): string =>
  frames
    .map(({ cellA, positionsA }) => {
      const s = fractional(positionsA, cellA).map(folded);
      const inCell = Float64Array.from(s, (_, at) => {
        const [i, axis] = [at - (at % 3), at % 3];
        return s[i]! * cellA[axis]! + s[i + 1]! * cellA[3 + axis]! + s[i + 2]! * cellA[6 + axis]!;
      });
      return extxyzFrame({ atoms, cellA, positionsA: inCell, step: 0, timeFs: 0 }).replace(
        ' step=0 timeFs=0 coordinates=unwrapped',
        '',
      );
    })
    .join('');

export const cut = (text: string, size: number): Uint8Array[] => {
  const bytes = new TextEncoder().encode(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) => bytes.slice(k * size, (k + 1) * size));
};

export async function framesIn(
  text: string,
  parser: TrajectoryParser,
  options: ReadOptions = {},
  size = 1 << 20,
): Promise<TrajectoryFrame[]> {
  const frames: TrajectoryFrame[] = [];
  for await (const frame of readFrames(cut(text, size), 'file', parser, options)) {
    frames.push({
      ...frame,
      positionsA: frame.positionsA.slice(),
      cellA: frame.cellA.slice(),
      values: frame.values?.slice() ?? null,
    });
  }
  return frames;
}
