/**
 * Trajectories as text, frame by frame: extended XYZ and LAMMPS dump, positions unwrapped (`coordinates=unwrapped`; columns
 * xu yu zu), numbers as the shortest decimals that read back to the same doubles.
 *
 * A dump knows no cell but one with its first vector along x and its second in the plane of x and y. Any other
 * right-handed one is turned into that, with its atoms: distances stay, to the last bits but a few.
 */
import { InputError } from '../numerics/input-error.ts';
import { cellVolumeA3 } from '../structure/structure.ts';
import { shortDecimal } from './exact-decimal.ts';
import { writeExtxyz } from './extxyz.ts';
import type { TrajectoryFrame } from './trajectory-frames.ts';

export type WrittenFrame = Pick<TrajectoryFrame, 'atoms' | 'cellA' | 'positionsA'> & {
  readonly step: number;
  readonly timeFs: number;
};

export function extxyzFrame({ atoms, cellA, positionsA, step, timeFs }: WrittenFrame): string {
  return writeExtxyz({
    structure: { ...atoms, cellA, positionsA },
    info: new Map([
      ['step', String(step)],
      ['timeFs', shortDecimal(timeFs)],
      ['coordinates', 'unwrapped'],
    ]),
    columns: new Map(),
  });
}

/** @throws InputError `bad-cell` for a cell without volume or a left-handed one */
export function dumpFrame({ atoms, cellA, positionsA, step }: WrittenFrame): string {
  const turn = rotation(cellA);
  const [ax, , , bx, by, , cx, cy, cz] = turned(cellA, turn);
  const flags = atoms.periodic.map((repeats) => (repeats ? 'pp' : 'ff')).join(' ');
  const tilted = bx !== 0 || cx !== 0 || cy !== 0;
  const bounds = tilted
    ? [
        [Math.min(0, bx!, cx!, bx! + cx!), ax! + Math.max(0, bx!, cx!, bx! + cx!), bx!],
        [Math.min(0, cy!), by! + Math.max(0, cy!), cx!],
        [0, cz!, cy!],
      ]
    : [
        [0, ax!],
        [0, by!],
        [0, cz!],
      ];
  const at = turned(positionsA, turn);
  const rows = Array.from(
    atoms.species,
    (species, i) =>
      `${i + 1} ${species + 1} ${atoms.elements[species]} ${Array.from(at.subarray(3 * i, 3 * i + 3), shortDecimal).join(' ')}`,
  );
  return [
    'ITEM: TIMESTEP',
    step,
    'ITEM: NUMBER OF ATOMS',
    atoms.species.length,
    `ITEM: BOX BOUNDS ${tilted ? 'xy xz yz ' : ''}${flags}`,
    ...bounds.map((row) => row.map((x) => shortDecimal(x)).join(' ')),
    'ITEM: ATOMS id type element xu yu zu',
    ...rows,
    '',
  ].join('\n');
}

/** Rows are the new axes; null where the cell is as LAMMPS wants it. */
function rotation(cellA: Float64Array): Float64Array | null {
  const volumeA3 = cellVolumeA3(cellA);
  if (!(volumeA3 > 0)) {
    throw new InputError('bad-cell', 'LAMMPS needs a right-handed cell', {
      expected: 'a volume above 0',
      found: `${volumeA3} Å³`,
      remedy: 'write extended XYZ (.xyz)',
    });
  }
  const [ax, ay, az, bx, by, bz] = cellA;
  if (ay === 0 && az === 0 && bz === 0 && ax! > 0 && by! > 0) return null;
  const x = unit([ax!, ay!, az!]);
  const z = unit([ay! * bz! - az! * by!, az! * bx! - ax! * bz!, ax! * by! - ay! * bx!]);
  const y = [z[1]! * x[2]! - z[2]! * x[1]!, z[2]! * x[0]! - z[0]! * x[2]!, z[0]! * x[1]! - z[1]! * x[0]!];
  return Float64Array.from([...x, ...y, ...z]);
}

function unit(v: readonly number[]): number[] {
  const length = Math.sqrt(v[0]! * v[0]! + v[1]! * v[1]! + v[2]! * v[2]!);
  return v.map((component) => component / length);
}

function turned(vectorsA: Float64Array, axes: Float64Array | null): Float64Array {
  if (axes === null) return vectorsA;
  return vectorsA.map((_, at) => {
    const [k, axis] = [at - (at % 3), at % 3];
    return (
      axes[3 * axis]! * vectorsA[k]! + axes[3 * axis + 1]! * vectorsA[k + 1]! + axes[3 * axis + 2]! * vectorsA[k + 2]!
    );
  });
}

export const TRAJECTORY_WRITERS: Readonly<Record<'extxyz' | 'dump', (frame: WrittenFrame) => string>> = {
  extxyz: extxyzFrame,
  dump: dumpFrame,
};
