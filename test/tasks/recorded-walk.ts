/** A run made up of given frames, cut into pieces as `md.run` leaves them. */
import { writeState } from '../../src/formats/md-state-bundle.ts';
import { writeTrajectory } from '../../src/formats/trajectory-bundle.ts';
import type { Structure } from '../../src/structure/structure.ts';
import type { Inputs, Workbench } from './workbench.ts';

/**
 * Inputs `start` and `trajectory`.
 * @param framesA the first is the state that the run began at
 * @param perPiece frames of each piece but the last
 */
export function recordedRun(
  bench: Workbench,
  structure: Structure,
  framesA: readonly Float64Array[],
  {
    perPiece = 16,
    stepsPerFrame = 5,
    cellsA,
  }: { perPiece?: number; stepsPerFrame?: number; cellsA?: readonly Float64Array[] } = {},
): Inputs {
  const [first, ...sampled] = framesA as [Float64Array, ...Float64Array[]];
  const start = writeState(
    {
      step: 0,
      cellA: cellsA?.[0] ?? structure.cellA,
      positionsA: first,
      velocitiesAFs: new Float64Array(first.length),
      thermostat: { positions: new Float64Array(0), velocitiesPerFs: new Float64Array(0) },
      conservedReferenceEv: null,
    },
    0,
  );
  const trajectory: string[] = [];
  for (let at = 0; at < sampled.length; at += perPiece) {
    const frames = sampled.slice(at, at + perPiece);
    const energies = Float64Array.from(frames, () => 1);
    const joined = (arrays: readonly Float64Array[]): Float64Array => Float64Array.from(arrays.flatMap((a) => [...a]));
    trajectory.push(
      bench.put(
        writeTrajectory(
          {
            frames: joined(frames),
            frameSteps: Int32Array.from(frames, (_, k) => stepsPerFrame * (at + k + 1)),
            energies: { potentialEv: energies, kineticEv: energies, conservedEv: energies },
            ...(cellsA === undefined ? {} : { cellsA: joined(cellsA.slice(at + 1, at + 1 + perPiece)) }),
          },
          structure,
          2,
        ),
      ),
    );
  }
  return { start: bench.put(start), trajectory };
}
