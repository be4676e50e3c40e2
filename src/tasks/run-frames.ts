/**
 * The frames of a recorded run, one after another: the state that it began at, then those of its trajectory's pieces. One
 * piece is in memory at a time, whatever the length of the run.
 */
import { framesOf } from '../analysis/paths.ts';
import { atMeanCell } from '../dynamics/strain.ts';
import { readState } from '../formats/md-state-bundle.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { readTrajectory, type TrajectoryPiece } from '../formats/trajectory-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import { blobName, singleInput, type TaskContext } from './task-kind.ts';

export interface RunFrame {
  /** N×3, Å, unwrapped: a view, valid until the next frame. */
  readonly positionsA: Float64Array;
  readonly cellA: Float64Array;
  /** Since the first frame. */
  readonly timeFs: number;
}

export interface RunFrames {
  readonly structure: Structure;
  /** From the first frame on, each time that it is asked for. */
  frames(): Generator<RunFrame, void>;
}

interface RunParams {
  readonly timeStepFs: number;
  /** Whether the run began in the mean cell of the segment before it, as `md.run` does after NPT. */
  readonly meanCell?: boolean | undefined;
}

/**
 * From the inputs `structure`, `start` (the state) and `trajectory` (the pieces in order).
 * @throws InputError while it goes on: `broken-trajectory` where a piece is of another structure, or frames are not evenly
 *   spaced from step 0; `no-mean-cell`; `bad-bundle`
 */
export function runFrames<P extends RunParams>(context: TaskContext<P>): RunFrames {
  const { timeStepFs, meanCell = false } = context.params;
  const structureBlob = singleInput(context, 'structure');
  const structure = readStructure(structureBlob.bytes, blobName(structureBlob));
  const start = startFrame(context, meanCell);
  const atoms = structure.species.length;
  requireAtoms(start.positionsA.length / 3, atoms, 'start');
  function* frames(): Generator<RunFrame, void> {
    yield { ...start, timeFs: 0 };
    let [pieces, frame, intervalSteps] = [0, 0, 0];
    for (const blob of context.stream('trajectory')) {
      const piece = readTrajectory(blob.bytes, blobName(blob));
      requireAtoms(piece.positionsA.length / 3 / piece.steps.length, atoms, `piece ${pieces}`);
      pieces += 1;
      let inPiece = 0;
      for (const positionsA of framesOf(piece.positionsA, atoms)) {
        const step = piece.steps[inPiece]!;
        frame += 1;
        if (frame === 1) intervalSteps = step;
        requireStep(step, frame, intervalSteps);
        yield { positionsA, cellA: cellOf(piece, inPiece) ?? start.cellA, timeFs: step * timeStepFs };
        inPiece += 1;
      }
    }
    if (frame === 0) throw new InputError('broken-trajectory', 'the trajectory holds no frame');
  }
  return { structure, frames };
}

function startFrame<P>(context: TaskContext<P>, meanCell: boolean): { positionsA: Float64Array; cellA: Float64Array } {
  const blob = singleInput(context, 'start');
  const { state, meanCellA } = readState(blob.bytes, blobName(blob));
  if (!meanCell) return state;
  if (meanCellA === undefined) {
    throw new InputError('no-mean-cell', 'the segment before had no cell that changed', { where: blobName(blob) });
  }
  return atMeanCell(state, meanCellA);
}

const cellOf = ({ cellsA }: TrajectoryPiece, frame: number): Float64Array | undefined =>
  cellsA?.subarray(9 * frame, 9 * frame + 9);

function requireAtoms(found: number, atoms: number, where: string): void {
  if (found === atoms) return;
  throw new InputError('broken-trajectory', 'the trajectory is of another structure', {
    where,
    expected: `${atoms} atoms`,
    found: `${found} atoms`,
  });
}

function requireStep(step: number, frame: number, intervalSteps: number): void {
  if (intervalSteps > 0 && step === frame * intervalSteps) return;
  throw new InputError('broken-trajectory', 'the frames do not follow one another evenly', {
    where: `frame ${frame}`,
    expected: intervalSteps > 0 ? `step ${frame * intervalSteps}` : 'a step above 0',
    found: `step ${step}`,
  });
}
