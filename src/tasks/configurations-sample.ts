/**
 * `configurations.sample` ("sub-sample", L1, A1, A5): every n-th frame of a run, as configurations to label or to choose
 * from.
 */
import { z } from 'zod';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { type Configuration, writeConfigurations } from '../formats/configuration-bundle.ts';
import { readState } from '../formats/md-state-bundle.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { readTrajectory } from '../formats/trajectory-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { blobName, defineKind, singleInput, type TaskContext } from './task-kind.ts';

const params = z.strictObject({
  /** Frames from one that is taken to the next; the first taken is number `everyFrames`, counted from 1. */
  everyFrames: z.int().min(1).max(1e6),
  /** Frames at the start that are passed over. */
  skipFrames: z.int().min(0).max(1e9).default(0),
});
type Params = z.infer<typeof params>;

export const configurationsSample = defineKind({
  kind: 'configurations.sample',
  v: 1,
  class: 'exact',
  params,
  run(context) {
    const configurations = [...sampled(context)];
    return {
      outcome: { status: 'done' },
      outputs:
        configurations.length === 0
          ? {}
          : { configurations: { bytes: writeConfigurations(configurations), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: { configurations: configurations.length },
    };
  },
});

function* sampled(context: TaskContext<Params>): Generator<Configuration> {
  const { everyFrames, skipFrames } = context.params;
  const structureBlob = singleInput(context, 'structure');
  const structure = readStructure(structureBlob.bytes, blobName(structureBlob));
  const [startBlob] = context.inputs('start');
  // The cell of a run that starts from a state is the state's.
  const cellA = startBlob === undefined ? structure.cellA : readState(startBlob.bytes, blobName(startBlob)).state.cellA;
  const width = 3 * structure.species.length;
  let frame = 0;
  for (const blob of context.stream('trajectory')) {
    const { positionsA, steps, cellsA } = readTrajectory(blob.bytes, blobName(blob));
    if (positionsA.length !== width * steps.length) {
      throw new InputError('broken-trajectory', 'the trajectory is of another structure', {
        where: blobName(blob),
        expected: `${width / 3} atoms`,
        found: `${positionsA.length / 3 / steps.length} atoms`,
      });
    }
    for (const [k, step] of steps.entries()) {
      frame += 1;
      if (frame <= skipFrames || (frame - skipFrames) % everyFrames !== 0) continue;
      yield {
        structure: {
          ...structure,
          cellA: cellsA === undefined ? cellA : cellsA.slice(9 * k, 9 * k + 9),
          positionsA: positionsA.slice(width * k, width * k + width),
        },
        step,
      };
    }
  }
}
