/**
 * The trajectory of a recorded run, frame by frame, each with its cell: the state that it began at, then the sampled frames of all its segments
 * up to the one asked for. One segment is in memory at a time.
 */
import type { StoredEvent, TaskInput } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { framesOf } from '../../analysis/paths.ts';
import { atMeanCell } from '../../dynamics/strain.ts';
import { readState } from '../../formats/md-state-bundle.ts';
import { readStructure } from '../../formats/structure-bundle.ts';
import { readTrajectory } from '../../formats/trajectory-bundle.ts';
import type { WrittenFrame } from '../../formats/trajectory-writers.ts';
import { InputError } from '../../numerics/input-error.ts';
import { describeEvent } from '../find-event.ts';

/** Kinds whose input `trajectory` is the production of one run. */
const RUN_ANALYSES: ReadonlySet<string> = new Set(
  ['diffusion', 'jumps', 'rdf', 'displacements'].map((name) => `analysis.${name}`),
);

export interface RecordedRun {
  /** `md.run` events of one run, in order. */
  readonly segments: readonly StoredEvent[];
  readonly atoms: number;
  readonly frames: Generator<WrittenFrame>;
}

/**
 * @param event an `md.run`, taken with all segments of its run before it, or an analysis of one run, such as `analysis.diffusion`
 * @throws InputError `no-trajectory` for other events; those of the store for blobs that were purged or are damaged
 */
export function recordedRun(store: Store, event: StoredEvent): RecordedRun {
  const segments = RUN_ANALYSES.has(event.core.task.kind) ? analysedSegments(store, event) : runSegments(store, event);
  const first = segments[0]!;
  const structure = readStructure(blobOf(store, first.core.task.inputs.structure!), 'structure');
  const timeStepFs = first.core.task.params.timeStepFs as number;
  const { state } = first.core.task.inputs;
  const begun = first.core.task.params.start as { readonly meanCell?: boolean };
  const start = state === undefined ? structure : startOf(blobOf(store, state), begun.meanCell === true);
  function* frames(): Generator<WrittenFrame> {
    yield { atoms: structure, cellA: start.cellA, positionsA: start.positionsA, step: 0, timeFs: 0 };
    for (const segment of segments) {
      const piece = readTrajectory(
        blobOf(store, { event: segment.eventId, output: 'trajectory' }),
        describeEvent(segment),
      );
      let k = 0;
      for (const positionsA of framesOf(piece.positionsA, structure.species.length)) {
        const step = piece.steps[k]!;
        const cellA = piece.cellsA?.subarray(9 * k, 9 * k + 9) ?? start.cellA;
        k += 1;
        yield { atoms: structure, cellA, positionsA, step, timeFs: step * timeStepFs };
      }
    }
  }
  return { segments, atoms: structure.species.length, frames: frames() };
}

/** After NPT a run may begin in the mean cell of the segment before it, its atoms strained with that. */
function startOf(bytes: Uint8Array, inMeanCell: boolean): { positionsA: Float64Array; cellA: Float64Array } {
  const { state, meanCellA } = readState(bytes, 'state');
  return inMeanCell && meanCellA !== undefined ? atMeanCell(state, meanCellA) : state;
}

function analysedSegments(store: Store, event: StoredEvent): StoredEvent[] {
  const { trajectory } = event.core.task.inputs;
  const segments = [trajectory ?? []].flat().map((input) => eventOf(store, input as TaskInput));
  if (segments.length > 0) return segments;
  throw new InputError('no-trajectory', 'the event is of labelled configurations, not of a run', {
    where: describeEvent(event),
  });
}

/** From the first segment of the run, whose steps are counted from 0, to this one. */
function runSegments(store: Store, event: StoredEvent): StoredEvent[] {
  if (event.core.task.kind !== 'md.run') {
    throw new InputError('no-trajectory', 'the event has no trajectory', {
      where: describeEvent(event),
      expected: 'an md.run, or the analysis of one, such as analysis.diffusion',
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
