/** Directions in which diffusion is told apart: z stands on a boundary's plane, x and y lie in it. */
export type Direction = 'all' | 'parallel' | 'perpendicular';

export const DIRECTIONS: readonly Direction[] = ['all', 'parallel', 'perpendicular'];

/** Axes (0 = x) that each direction sums over; their number is n of Einstein's equation. */
export const AXES: Readonly<Record<Direction, readonly number[]>> = {
  all: [0, 1, 2],
  parallel: [0, 1],
  perpendicular: [2],
};
