/**
 * The frame of reference of LAMMPS and of most programs with triclinic boxes: a along x, b in the plane of x and y, c above it
 * (LAMMPS manual, Howto triclinic). A cell that is turned into it takes positions, forces and velocities with it.
 */
import { InputError } from '../numerics/input-error.ts';
import { fractionalPositions } from './atom-permutation.ts';
import { cellVolumeA3, type Structure } from './structure.ts';

/** Whether the cell is in that frame already. */
export const isInTriclinicFrame = (cellA: ArrayLike<number>): boolean =>
  cellA[1] === 0 && cellA[2] === 0 && cellA[5] === 0 && cellA[0]! > 0 && cellA[4]! > 0 && cellA[8]! > 0;

/**
 * The same crystal in that frame; one that is in it already is returned as it is, bit for bit.
 * @throws InputError `bad-structure` for a left-handed or flat cell
 */
export function inTriclinicFrame(structure: Structure, where: string): Structure {
  const { cellA } = structure;
  if (isInTriclinicFrame(cellA)) return structure;
  const volumeA3 = cellVolumeA3(cellA);
  if (!(volumeA3 > 0 && Number.isFinite(volumeA3))) {
    throw new InputError('bad-structure', 'the lattice vectors are not a right-handed set that spans a volume', {
      where,
      expected: 'a positive, finite volume',
      found: `${volumeA3} Å³`,
      remedy: 'exchange two lattice vectors, give the structure a cell, or write extended XYZ, which takes any',
    });
  }
  const dot = (p: number, q: number): number =>
    cellA[3 * p]! * cellA[3 * q]! + cellA[3 * p + 1]! * cellA[3 * q + 1]! + cellA[3 * p + 2]! * cellA[3 * q + 2]!;
  const ax = Math.sqrt(dot(0, 0));
  const bx = dot(0, 1) / ax;
  const by = Math.sqrt(dot(1, 1) - bx * bx);
  const cx = dot(0, 2) / ax;
  const cy = (dot(1, 2) - bx * cx) / by;
  // The height from the volume: the difference of squares would lose digits of flat cells.
  const turned = Float64Array.of(ax, 0, 0, bx, by, 0, cx, cy, volumeA3 / (ax * by));
  const fractional = fractionalPositions(structure);
  const positionsA = new Float64Array(structure.positionsA.length);
  for (let i = 0; i < structure.species.length; i++) {
    for (let axis = 0; axis < 3; axis++) {
      for (let k = 0; k < 3; k++) positionsA[3 * i + axis]! += fractional[3 * i + k]! * turned[3 * k + axis]!;
    }
  }
  if (!turned.every(Number.isFinite) || !positionsA.every(Number.isFinite)) {
    throw new InputError('bad-structure', 'the cell is not finite in the other frame of reference', { where });
  }
  return { ...structure, cellA: turned, positionsA };
}
