/** What a segment of molecular dynamics is asked to do, checked, and the propagator that does it. */
import { InputError } from '../numerics/input-error.ts';
import { atomCount, type Structure } from '../structure/structure.ts';
import {
  type BarostatRequest,
  barostatChain,
  barostatSettings,
  DEFAULT_BAROSTAT_STEPS,
  requireCell,
  requireResolved,
} from './barostat.ts';
import type { ForceField } from './force-field.ts';
import { type GradeWatch, requireGradeWatch } from './grade-watch.ts';
import { Integrator } from './integrator.ts';
import { degreesOfFreedom } from './kinetic-energy.ts';
import { chainSettings } from './nose-hoover-chain.ts';
import { NptIntegrator } from './npt-integrator.ts';
import type { Propagator } from './propagator.ts';
import { DEFAULT_CHAIN_LENGTH, type MdState, restingBarostat } from './state.ts';
import { rampTemperatureK, requireRamp, type TemperatureRamp } from './temperature-ramp.ts';
import { requireTemperature } from './velocities.ts';
import { DEFAULT_SKIN_A } from './verlet-list.ts';
import { requireWatch, type Watch } from './watch.ts';

export type Ensemble = 'nve' | 'nvt' | 'npt';

export interface SegmentRequest {
  /** Elements, species and periodicity; cell and positions are the state's. */
  readonly structure: Structure;
  /** Not changed. NPT from a state without a barostat starts with one at rest; NVE and NVT leave one out. */
  readonly state: MdState;
  readonly forceField: ForceField;
  readonly ensemble: Ensemble;
  readonly timeStepFs: number;
  /** Of the thermostat, or to rescale to; needed for NVT, NPT and rescaling. */
  readonly temperatureK?: number;
  /** From `temperatureK` to another temperature, counted from the start of the run. */
  readonly ramp?: TemperatureRamp;
  /** Of the thermostat; DEFAULT_DAMPING_STEPS time steps where left out. */
  readonly dampingFs?: number;
  /** Needed for NPT. */
  readonly barostat?: BarostatRequest;
  /** Velocities are scaled to the temperature at the multiples of this step, in any ensemble. */
  readonly rescaleEverySteps?: number;
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

/**
 * @param state a copy that the propagator may advance
 * @throws InputError as `runSegment` says
 */
export function propagatorOf(request: SegmentRequest, state: MdState, massesAmu: Float64Array): Propagator {
  const { structure, forceField, timeStepFs, ensemble } = request;
  requireRequest(request);
  const common = { structure, forceField, massesAmu, timeStepFs, skinA: request.skinA ?? DEFAULT_SKIN_A };
  if (ensemble !== 'npt') delete state.barostat;
  if (ensemble === 'nve') return new Integrator({ ...common, state, thermostat: null });
  const startK = requireThermostat(request);
  const dampingFs = request.dampingFs ?? DEFAULT_DAMPING_STEPS * timeStepFs;
  const freedom = degreesOfFreedom(atomCount(structure));
  const atomsChain = (temperatureK: number) =>
    chainSettings(state.thermostat.positions.length, freedom, temperatureK, dampingFs);
  const { ramp } = request;
  if (ensemble === 'nvt') {
    const thermostat =
      ramp === undefined ? atomsChain(startK) : (step: number) => atomsChain(rampTemperatureK(startK, ramp, step));
    return new Integrator({ ...common, state, thermostat });
  }
  const atStart = atomsChain(startK);
  const { barostat } = request;
  if (barostat === undefined) {
    throw new InputError('no-barostat', 'NPT needs a barostat', { expected: 'which parts of the cell may change' });
  }
  requireResolved(dampingFs, timeStepFs, 'thermostat');
  const settings = barostatSettings(barostat, freedom, atStart.thermalEnergyEv, timeStepFs);
  requireCell(structure, state.cellA);
  state.barostat ??= restingBarostat(state.thermostat.positions.length || DEFAULT_CHAIN_LENGTH);
  const links = state.barostat.chain.positions.length;
  const cellDampingFs = barostat.dampingFs ?? DEFAULT_BAROSTAT_STEPS * timeStepFs;
  const chainsAt = (temperatureK: number) => ({
    atoms: atomsChain(temperatureK),
    barostat: barostatChain(barostat.cell, links, temperatureK, cellDampingFs),
  });
  return new NptIntegrator({
    ...common,
    state: Object.assign(state, { barostat: state.barostat }),
    barostat: settings,
    chains: ramp === undefined ? chainsAt(startK) : (step) => chainsAt(rampTemperatureK(startK, ramp, step)),
  });
}

/** The temperature to rescale to at a step; null where the request rescales nothing then. */
export function rescalingAt({ rescaleEverySteps, temperatureK, ramp }: SegmentRequest, step: number): number | null {
  if (rescaleEverySteps === undefined || step % rescaleEverySteps !== 0) return null;
  return ramp === undefined ? temperatureK! : rampTemperatureK(temperatureK!, ramp, step);
}

function requireRequest(request: SegmentRequest): void {
  const { structure, state, forceField, timeStepFs } = request;
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
  if (request.ramp !== undefined) requireRamp(request.ramp);
  if (request.rescaleEverySteps === undefined) return;
  requirePositiveInteger('rescaleEverySteps', request.rescaleEverySteps);
  requireThermostat(request);
}

function requireThermostat({ temperatureK, ensemble }: SegmentRequest): number {
  if (temperatureK === undefined) {
    const what = ensemble === 'nve' ? 'rescaling' : ensemble.toUpperCase();
    throw new InputError('bad-temperature', `${what} needs a temperature`, { expected: 'a number of K above 0' });
  }
  requireTemperature(temperatureK);
  return temperatureK;
}

function requirePositiveInteger(name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new InputError('bad-steps', `${name} must be a positive integer`, { found: String(value) });
}
