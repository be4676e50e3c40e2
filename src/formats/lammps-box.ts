/** The box of a LAMMPS dump, read and written: orthogonal (`xlo xhi`), triclinic (bounds of the tilted box, and tilts) or general (`abc origin`). */
import { shortDecimal } from './exact-decimal.ts';
import type { LineFeed } from './line-feed.ts';
import { wordsOf } from './text-lines.ts';
import { badTrajectory, nextLine, numberAt } from './trajectory-frames.ts';

export interface DumpBox {
  readonly cellA: Float64Array;
  readonly originA: Float64Array;
  readonly periodic: readonly [boolean, boolean, boolean];
}

/**
 * Reads the three lines below the heading.
 * @param heading `ITEM: BOX BOUNDS pp pp pp`, `… xy xz yz pp pp pp` or `… abc origin pp pp pp`
 * @throws InputError `bad-trajectory`
 */
export function* readBox(lines: LineFeed, heading: string): Generator<null, DumpBox> {
  const words = wordsOf(heading).slice(3);
  const tilted = words[0] === 'xy';
  const general = words[0] === 'abc';
  const flags = words.slice(-3).filter((word) => /^[pfsm]{2}$/.test(word));
  const width = general ? 4 : tilted ? 3 : 2;
  const rows: number[][] = [];
  for (let row = 0; row < 3; row++) {
    yield* nextLine(lines, 'the bounds of the box');
    if (lines.fieldCount() !== width) {
      throw badTrajectory(lines, 'no bounds of a box', `${width} numbers, Å`, lines.text());
    }
    rows.push(Array.from({ length: width }, (_, k) => numberAt(lines, k, 'the bounds of the box, Å')));
  }
  // Older versions of LAMMPS do not say which directions repeat: all do by default.
  const periodic = (flags.length === 3 ? flags.map((flag) => flag === 'pp') : [true, true, true]) as [
    boolean,
    boolean,
    boolean,
  ];
  const box = general ? generalBox(rows) : boundedBox(rows, tilted);
  if (!box.cellA.every(Number.isFinite) || !(box.cellA[0]! !== 0)) throw badTrajectory(lines, 'the box has no volume');
  return { ...box, periodic };
}

function generalBox(rows: readonly number[][]): Omit<DumpBox, 'periodic'> {
  return {
    cellA: Float64Array.from(rows.flatMap((row) => row.slice(0, 3))),
    originA: Float64Array.from(rows, (row) => row[3]!),
  };
}

/** Bounds of a tilted box are those of the box around it (LAMMPS manual, Howto triclinic). */
function boundedBox(rows: readonly number[][], tilted: boolean): Omit<DumpBox, 'periodic'> {
  const [xy, xz, yz] = tilted ? rows.map((row) => row[2]!) : [0, 0, 0];
  const low = [rows[0]![0]! - Math.min(0, xy!, xz!, xy! + xz!), rows[1]![0]! - Math.min(0, yz!), rows[2]![0]!];
  const high = [rows[0]![1]! - Math.max(0, xy!, xz!, xy! + xz!), rows[1]![1]! - Math.max(0, yz!), rows[2]![1]!];
  return {
    cellA: Float64Array.of(high[0]! - low[0]!, 0, 0, xy!, high[1]! - low[1]!, 0, xz!, yz!, high[2]! - low[2]!),
    originA: Float64Array.from(low),
  };
}

/** The item of a box with its origin at 0: what `readBox` reads. The cell is in LAMMPS' frame (structure/triclinic-frame.ts). */
export function boxLines(cellA: Float64Array, periodic: readonly boolean[]): string[] {
  const [ax, , , xy, by, , xz, yz, cz] = cellA;
  const flags = periodic.map((repeats) => (repeats ? 'pp' : 'ff')).join(' ');
  const tilted = xy !== 0 || xz !== 0 || yz !== 0;
  const bounds = tilted
    ? [
        [Math.min(0, xy, xz, xy + xz), ax + Math.max(0, xy, xz, xy + xz), xy],
        [Math.min(0, yz), by + Math.max(0, yz), xz],
        [0, cz, yz],
      ]
    : [ax, by, cz].map((high) => [0, high]);
  return [
    `ITEM: BOX BOUNDS ${tilted ? 'xy xz yz ' : ''}${flags}`,
    ...bounds.map((row) => row.map((x) => shortDecimal(x)).join(' ')),
  ];
}
