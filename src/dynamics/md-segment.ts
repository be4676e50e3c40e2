/**
 * A segment of molecular dynamics: from one exact state to the next. Chaining segments gives the bits of one long run,
 * frames, energies and final state alike; only statistics are by segment.
 */
import { InputError } from '../numerics/input-error.ts';
import { atomCount, type Structure } from '../structure/structure.ts';
import type { ForceField } from './force-field.ts';
import {
  GradeGuard,
  type GradeWatch,
  type LargestGrade,
  requireGradeWatch,
  type SelectedState,
} from './grade-watch.ts';
import { Integrator } from './integrator.ts';
import { degreesOfFreedom } from './kinetic-energy.ts';
import { atomMassesAmu } from './masses.ts';
import { type ChainSettings, chainSettings } from './nose-hoover-chain.ts';
import { type SampledEnergies, SegmentRecord, type SegmentStatistics } from './segment-record.ts';
import { copyState, type MdState, overwriteState } from './state.ts';
import { requireTemperature } from './velocities.ts';
import { DEFAULT_SKIN_A } from './verlet-list.ts';
import { type ClosestApproach, Guard, nonFiniteReason, type Outcome, requireWatch, type Watch } from './watch.ts';

export interface SegmentRequest {
  /** Elements, species and periodicity; cell and positions are the state's. */
  readonly structure: Structure;
  /** Not changed. */
  readonly state: MdState;
  readonly forceField: ForceField;
  readonly ensemble: 'nve' | 'nvt';
  readonly timeStepFs: number;
  /** Of the thermostat; needed for NVT. */
  readonly temperatureK?: number;
  /** Of the thermostat; DEFAULT_DAMPING_STEPS time steps where left out. */
  readonly dampingFs?: number;
  readonly steps: number;
  /** Frames and energies are kept at the multiples of this step. */
  readonly sampleEverySteps: number;
  readonly watch: Watch;
  /** Grades states as the run goes; changes no bit of it, but where it stops. */
  readonly gradeWatch?: GradeWatch;
  /** Costs or saves time, and never changes a result. */
  readonly skinA?: number;
  /** Called with the steps of this segment done so far, whenever a frame is kept. */
  readonly onProgress?: (stepsDone: number) => void;
}

/** What "temperature rescaling every 100 time-steps" of a Nosé–Hoover thermostat most likely means. */
export const DEFAULT_DAMPING_STEPS = 100;

export interface Segment {
  /** Where the segment ended: at its last step, at the step that exceeded a limit, or at the last finite one. */
  readonly finalState: MdState;
  /** F×N×3, Å, unwrapped, at the multiples of sampleEverySteps after the segment's first state up to its last. */
  readonly frames: Float64Array;
  /** Step of each frame, counted from the start of the run. */
  readonly frameSteps: Int32Array;
  /** At the frames. */
  readonly energies: SampledEnergies;
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
 * @throws InputError `bad-steps`, `bad-time-step`, `bad-temperature`, `bad-damping`, `no-thermostat`, `bad-watch`,
 * `bad-shape` or `unknown-element`. A trajectory that leaves its limits is no error: the outcome says so.
 */
export function runSegment(request: SegmentRequest): Segment {
  const massesAmu = atomMassesAmu(request.structure);
  const thermostat = requireRequest(request);
  const { structure, steps, sampleEverySteps, timeStepFs } = request;
  const state = copyState(request.state);
  const lastFinite = copyState(state);
  const skinA = request.skinA ?? DEFAULT_SKIN_A;
  const { forceField } = request;
  const run = new Integrator({ structure, state, forceField, massesAmu, timeStepFs, thermostat, skinA });
  const record = new SegmentRecord(atomCount(structure), state.step, steps, sampleEverySteps, timeStepFs);
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

/** The thermostat of a sound request, null for NVE. */
function requireRequest(request: SegmentRequest): ChainSettings | null {
  const { structure, state, forceField, timeStepFs, temperatureK } = request;
  const atoms = atomCount(structure);
  if (state.positionsA.length !== 3 * atoms || state.velocitiesAFs.length !== 3 * atoms) {
    throw new InputError('bad-shape', 'the state is of another structure', {
      expected: `${atoms} atoms`,
      found: `${state.positionsA.length / 3} positions and ${state.velocitiesAFs.length / 3} velocities`,
    });
  }
  requirePositiveInteger('steps', request.steps);
  requirePositiveInteger('sampleEverySteps', request.sampleEverySteps);
  if (!(timeStepFs > 0 && Number.isFinite(timeStepFs))) {
    throw new InputError('bad-time-step', 'a time step must be positive', {
      expected: 'a number of fs above 0',
      found: String(timeStepFs),
    });
  }
  requireWatch(request.watch, structure.elements.length, forceField.cutoffA);
  if (request.gradeWatch !== undefined) requireGradeWatch(request.gradeWatch);
  if (request.ensemble === 'nve') return null;
  if (temperatureK === undefined) {
    throw new InputError('bad-temperature', 'NVT needs a temperature', { expected: 'a number of K above 0' });
  }
  requireTemperature(temperatureK);
  const dampingFs = request.dampingFs ?? DEFAULT_DAMPING_STEPS * timeStepFs;
  return chainSettings(state.thermostat.positions.length, degreesOfFreedom(atoms), temperatureK, dampingFs);
}

function requirePositiveInteger(name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new InputError('bad-steps', `${name} must be a positive integer`, { found: String(value) });
}
