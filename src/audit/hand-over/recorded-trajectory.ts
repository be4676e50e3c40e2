/**
 * The trajectory of a recorded run, frame by frame: the state that it began at, then the sampled frames of all its segments
 * up to the one asked for. One segment is in memory at a time.
 */
import type { StoredEvent, TaskInput } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { framesOf } from '../../analysis/paths.ts';
import { readState } from '../../formats/md-state-bundle.ts';
import { readStructure } from '../../formats/structure-bundle.ts';
import { readTrajectory } from '../../formats/trajectory-bundle.ts';
import type { WrittenFrame } from '../../formats/trajectory-writers.ts';
import { InputError } from '../../numerics/input-error.ts';
import { describeEvent } from '../find-event.ts';

export interface RecordedRun {
  /** `md.run` events of one run, in order. */
  readonly segments: readonly StoredEvent[];
  readonly atoms: number;
  readonly frames: Generator<WrittenFrame>;
}

/**
 * @param event an `md.run`, taken with all segments of its run before it, or the `analysis.diffusion` of a run
 * @throws InputError `no-trajectory` for other events; those of the store for blobs that were purged or are damaged
 */
export function recordedRun(store: Store, event: StoredEvent): RecordedRun {
  const segments =
    event.core.task.kind === 'analysis.diffusion' ? analysedSegments(store, event) : runSegments(store, event);
  const first = segments[0]!;
  const structure = readStructure(blobOf(store, first.core.task.inputs.structure!), 'structure');
  const timeStepFs = first.core.task.params.timeStepFs as number;
  const { state } = first.core.task.inputs;
  const start = state === undefined ? structure : readState(blobOf(store, state), 'state').state;
  function* frames(): Generator<WrittenFrame> {
    const frame = { atoms: structure, cellA: start.cellA };
    yield { ...frame, positionsA: start.positionsA, step: 0, timeFs: 0 };
    for (const segment of segments) {
      const piece = readTrajectory(
        blobOf(store, { event: segment.eventId, output: 'trajectory' }),
        describeEvent(segment),
      );
      let k = 0;
      for (const positionsA of framesOf(piece.positionsA, structure.species.length)) {
        const step = piece.steps[k++]!;
        yield { ...frame, positionsA, step, timeFs: step * timeStepFs };
      }
    }
  }
  return { segments, atoms: structure.species.length, frames: frames() };
}

function analysedSegments(store: Store, event: StoredEvent): StoredEvent[] {
  const { trajectory } = event.core.task.inputs;
  return [trajectory ?? []].flat().map((input) => eventOf(store, input as TaskInput));
}

/** From the first segment of the run, whose steps are counted from 0, to this one. */
function runSegments(store: Store, event: StoredEvent): StoredEvent[] {
  if (event.core.task.kind !== 'md.run') {
    throw new InputError('no-trajectory', 'the event has no trajectory', {
      where: describeEvent(event),
      expected: 'an md.run, or the analysis.diffusion of a run',
      remedy: 'varve log --kind md.run lists them',
    });
  }
  const segments = [event];
  for (let segment = event; continues(segment); ) {
    segment = eventOf(store, segment.core.task.inputs.state!);
    segments.unshift(segment);
  }
  return segments;
}

function continues({ core }: StoredEvent): boolean {
  const start = core.task.params.start as { readonly from?: unknown; readonly newRun?: unknown };
  return start.from === 'state' && start.newRun !== true;
}

function eventOf(store: Store, input: TaskInput): StoredEvent {
  const event = 'event' in input ? store.log.byEventId(input.event) : undefined;
  if (event === undefined) throw new Error('a run names a segment that the log does not hold');
  return event;
}

function blobOf(store: Store, input: TaskInput): Uint8Array {
  const output = 'event' in input ? eventOf(store, input).core.outputs[input.output] : undefined;
  if (output === undefined) throw new Error('a run names an output that the log does not hold');
  return store.blobs.get(output.hash);
}
