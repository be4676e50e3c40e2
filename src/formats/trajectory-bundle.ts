/**
 * A piece of a trajectory as a bundle of arrays: positionsA [F,N,3] Å, unwrapped; steps [F], counted from the start of
 * the run; potentialEv, kineticEv, conservedEv [F]; under a barostat cellsA [F,3,3] Å. Meta: elements, timeStepFs.
 */
import type { Segment } from '../dynamics/md-segment.ts';
import type { Structure } from '../structure/structure.ts';
import { doubles, integers, readBundle, writeBundle } from './array-bundle.ts';

export interface TrajectoryPiece {
  readonly positionsA: Float64Array;
  readonly steps: Int32Array;
  readonly kineticEv: Float64Array;
  /** Absent where the cell was that of the run's start throughout. */
  readonly cellsA?: Float64Array;
}

export function writeTrajectory(
  {
    frames,
    frameSteps,
    energies,
    cellsA = null,
  }: Pick<Segment, 'frames' | 'frameSteps' | 'energies'> & Partial<Pick<Segment, 'cellsA'>>,
  structure: Structure,
  timeStepFs: number,
): Uint8Array {
  const count = frameSteps.length;
  return writeBundle({
    entries: [
      { name: 'positionsA', shape: [count, structure.species.length, 3], unit: 'Å', data: frames },
      { name: 'steps', shape: [count], unit: '1', data: frameSteps },
      { name: 'potentialEv', shape: [count], unit: 'eV', data: energies.potentialEv },
      { name: 'kineticEv', shape: [count], unit: 'eV', data: energies.kineticEv },
      { name: 'conservedEv', shape: [count], unit: 'eV', data: energies.conservedEv },
      ...(cellsA === null ? [] : [{ name: 'cellsA', shape: [count, 3, 3], unit: 'Å', data: cellsA }]),
    ],
    meta: { elements: [...structure.elements], timeStepFs },
  });
}

/** @throws InputError `bad-bundle` where the bytes are not those of a trajectory */
export function readTrajectory(bytes: Uint8Array, where: string): TrajectoryPiece {
  const bundle = readBundle(bytes, where);
  const steps = integers(bundle, 'steps', where);
  const atoms = bundle.entries.find((entry) => entry.name === 'positionsA')?.shape[1] ?? 0;
  return {
    positionsA: doubles(bundle, 'positionsA', where, [steps.length, atoms, 3]),
    steps,
    kineticEv: doubles(bundle, 'kineticEv', where, [steps.length]),
    ...(bundle.entries.some(({ name }) => name === 'cellsA')
      ? { cellsA: doubles(bundle, 'cellsA', where, [steps.length, 3, 3]) }
      : {}),
  };
}
