/**
 * Trajectories as text, frame by frame: extended XYZ and LAMMPS dump, positions unwrapped (`coordinates=unwrapped`; columns
 * xu yu zu), numbers as the shortest decimals that read back to the same doubles.
 *
 * A dump knows no cell but one with its first vector along x and its second in the plane of x and y. Any other
 * right-handed one is turned into that, with its atoms: distances stay, to the last bits but a few.
 */
import { inTriclinicFrame } from '../structure/triclinic-frame.ts';
import { shortDecimal } from './exact-decimal.ts';
import { writeExtxyz } from './extxyz.ts';
import { boxLines } from './lammps-box.ts';
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

/** @throws InputError `bad-structure` for a cell without volume or a left-handed one */
export function dumpFrame({ atoms, step, ...placed }: WrittenFrame): string {
  const { cellA, positionsA } = inTriclinicFrame({ ...atoms, ...placed }, `the frame of step ${step}`);
  const rows = Array.from(
    atoms.species,
    (species, i) =>
      `${i + 1} ${species + 1} ${atoms.elements[species]} ${Array.from(positionsA.subarray(3 * i, 3 * i + 3), shortDecimal).join(' ')}`,
  );
  return [
    'ITEM: TIMESTEP',
    step,
    'ITEM: NUMBER OF ATOMS',
    atoms.species.length,
    ...boxLines(cellA, atoms.periodic),
    'ITEM: ATOMS id type element xu yu zu',
    ...rows,
    '',
  ].join('\n');
}

export const TRAJECTORY_WRITERS: Readonly<Record<'extxyz' | 'dump', (frame: WrittenFrame) => string>> = {
  extxyz: extxyzFrame,
  dump: dumpFrame,
};
