/**
 * A segment of molecular dynamics: from one exact state to the next. Chaining segments gives the bits of one long run,
 * frames, energies and final state alike; only statistics are by segment.
 */
import { atomCount } from '../structure/structure.ts';
import { GradeGuard, type LargestGrade, type SelectedState } from './grade-watch.ts';
import { atomMassesAmu } from './masses.ts';
import { type SampledEnergies, SegmentRecord, type SegmentStatistics } from './segment-record.ts';
import { propagatorOf, rescalingAt, type SegmentRequest } from './segment-request.ts';
import { copyState, type MdState, overwriteState } from './state.ts';
import { type ClosestApproach, Guard, nonFiniteReason, type Outcome } from './watch.ts';

export { DEFAULT_DAMPING_STEPS, type Ensemble, type SegmentRequest } from './segment-request.ts';

export interface Segment {
  /** Where the segment ended: at its last step, at the step that exceeded a limit, or at the last finite one. */
  readonly finalState: MdState;
  /** F×N×3, Å, unwrapped, at the multiples of sampleEverySteps after the segment's first state up to its last. */
  readonly frames: Float64Array;
  /** Step of each frame, counted from the start of the run. */
  readonly frameSteps: Int32Array;
  /** At the frames. */
  readonly energies: SampledEnergies;
  /** F×3×3, Å, the cells of the frames; null where no barostat moves them. */
  readonly cellsA: Float64Array | null;
  readonly statistics: SegmentStatistics | null;
  /** The nearest two atoms at the steps watched; null where none were within reach. */
  readonly closestApproach: ClosestApproach | null;
  /** States to label, in order: those of chained segments are those of one long run. */
  readonly selected: readonly SelectedState[];
  /** null where nothing was graded. */
  readonly largestGrade: LargestGrade | null;
  readonly outcome: Outcome;
}

/**
 * @throws InputError `bad-steps`, `bad-time-step`, `bad-temperature`, `bad-damping`, `no-thermostat`, `no-barostat`,
 * `bad-pressure`, `bad-cell`, `bad-watch`, `bad-shape` or `unknown-element`. A trajectory that leaves its limits is no
 * error: the outcome says so.
 */
export function runSegment(request: SegmentRequest): Segment {
  const massesAmu = atomMassesAmu(request.structure);
  const { structure, steps, sampleEverySteps } = request;
  const state = copyState(request.state);
  const run = propagatorOf(request, state, massesAmu);
  const lastFinite = copyState(state);
  const record = new SegmentRecord(atomCount(structure), state, request);
  const guard = new Guard(request.watch, massesAmu);
  const gradeGuard = request.gradeWatch === undefined ? null : new GradeGuard(request.gradeWatch);

  let fault = run.fault;
  let reason = null;
  if (fault === null) {
    state.conservedReferenceEv ??= run.conservedEv;
    record.add(run);
    reason = guard.check(run) ?? gradeGuard?.check(run, true) ?? null;
  }
  for (let done = 1; done <= steps && fault === null && reason === null; done++) {
    overwriteState(lastFinite, state);
    fault = run.step();
    if (fault !== null) break;
    const rescaleK = rescalingAt(request, state.step);
    if (rescaleK !== null) fault = run.rescaleTo(rescaleK);
    if (fault !== null) break;
    record.add(run);
    reason = guard.check(run) ?? gradeGuard?.check(run, false) ?? null;
    if (state.step % sampleEverySteps === 0) request.onProgress?.(done);
  }
  if (fault !== null) reason = nonFiniteReason(structure, fault, lastFinite.step + (run.fault === null ? 1 : 0));
  return {
    finalState: fault === null ? state : lastFinite,
    ...record.sampled(),
    statistics: record.statistics(),
    closestApproach: guard.closestApproach,
    selected: gradeGuard?.selected ?? [],
    largestGrade: gradeGuard?.largest ?? null,
    outcome: reason === null ? { status: 'completed' } : { status: 'stopped', reason },
  };
}
