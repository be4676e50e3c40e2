/**
 * Time steps of NVE and NVT: velocity Verlet (Swope, Andersen, Berens, Wilson, J. Chem. Phys. 76, 637 (1982)), between
 * two half steps of a Nosé–Hoover chain where there is a thermostat.
 *
 * The state is advanced in place. What one step hands to the next besides the state are only forces and energies that
 * are functions of the state, computed in the same order wherever a segment begins: cutting a run changes no bit.
 */
import type { Structure } from '../structure/structure.ts';
import type { ForceEvaluation, ForceField } from './force-field.ts';
import { kineticEnergyEv, temperatureK as temperatureOf } from './kinetic-energy.ts';
import { type ChainSchedule, type ChainSettings, chainEnergyEv, propagateChain } from './nose-hoover-chain.ts';
import { forceFault, type NonFinite, nonFiniteVector, type Propagator } from './propagator.ts';
import { addWork, type MdState, structureAt } from './state.ts';
import { EV_PER_AMU_A2_FS2 } from './units.ts';
import { scaleVelocities } from './velocities.ts';
import { VerletList } from './verlet-list.ts';

export interface IntegratorSettings {
  readonly structure: Structure;
  readonly state: MdState;
  readonly forceField: ForceField;
  readonly massesAmu: Float64Array;
  readonly timeStepFs: number;
  /** null for NVE; a schedule where the temperature changes as the run goes. */
  readonly thermostat: ChainSettings | ChainSchedule | null;
  readonly skinA: number;
}

export class Integrator implements Propagator {
  readonly state: MdState;
  readonly structure: Structure;
  readonly list: VerletList;
  readonly pressureEvA3 = null;
  readonly #settings: IntegratorSettings;
  readonly #halfKick: Float64Array;
  /** Of the step that ended in the current state. */
  #chain: ChainSettings | null;
  /** At the current positions, as are the energies. */
  evaluation: ForceEvaluation;
  kineticEv = 0;
  conservedEv = 0;
  readonly fault: NonFinite | null;

  constructor(settings: IntegratorSettings) {
    this.#settings = settings;
    this.state = settings.state;
    this.structure = structureAt(settings.structure, settings.state);
    this.list = new VerletList(settings.forceField.cutoffA, settings.skinA);
    this.#halfKick = settings.massesAmu.map((massAmu) => settings.timeStepFs / (2 * massAmu * EV_PER_AMU_A2_FS2));
    const { thermostat } = settings;
    this.#chain = typeof thermostat === 'function' ? thermostat(settings.state.step) : thermostat;
    this.evaluation = this.#evaluate();
    this.fault = forceFault(this.evaluation) ?? this.#measure();
  }

  step(): NonFinite | null {
    const { state } = this;
    const { timeStepFs } = this.#settings;
    const { positionsA, velocitiesAFs } = state;
    this.#followSchedule();
    this.#thermostatHalfStep(this.kineticEv);
    this.#kick();
    for (let k = 0; k < positionsA.length; k++) positionsA[k] += timeStepFs * velocitiesAFs[k];
    const moved = nonFiniteVector('position', positionsA);
    if (moved !== null) return moved;
    this.evaluation = this.#evaluate();
    const forced = forceFault(this.evaluation);
    if (forced !== null) return forced;
    this.#kick();
    this.#thermostatHalfStep(null);
    state.step += 1;
    return this.#measure();
  }

  #evaluate(): ForceEvaluation {
    return this.#settings.forceField.evaluate(this.structure, this.list.update(this.structure));
  }

  /** The step to come may be at another temperature; what that changes in the conserved quantity is work. */
  #followSchedule(): void {
    const { thermostat } = this.#settings;
    if (typeof thermostat !== 'function' || this.#chain === null) return;
    const next = thermostat(this.state.step + 1);
    const chain = this.state.thermostat;
    addWork(this.state, chainEnergyEv(chain, next) - chainEnergyEv(chain, this.#chain));
    this.#chain = next;
  }

  #kick(): void {
    const { velocitiesAFs } = this.state;
    const { forcesEvA } = this.evaluation;
    const halfKick = this.#halfKick;
    for (let i = 0; i < halfKick.length; i++) {
      const factor = halfKick[i];
      velocitiesAFs[3 * i] += factor * forcesEvA[3 * i];
      velocitiesAFs[3 * i + 1] += factor * forcesEvA[3 * i + 1];
      velocitiesAFs[3 * i + 2] += factor * forcesEvA[3 * i + 2];
    }
  }

  #thermostatHalfStep(kineticEv: number | null): void {
    const { massesAmu, timeStepFs } = this.#settings;
    if (this.#chain === null) return;
    const { velocitiesAFs } = this.state;
    const before = kineticEv ?? kineticEnergyEv(velocitiesAFs, massesAmu);
    scaleVelocities(velocitiesAFs, propagateChain(this.state.thermostat, this.#chain, before, timeStepFs));
  }

  rescaleTo(temperatureK: number): NonFinite | null {
    const { massesAmu } = this.#settings;
    const before = this.kineticEv;
    if (!(before > 0)) return null;
    scaleVelocities(this.state.velocitiesAFs, Math.sqrt(temperatureK / temperatureOf(before, massesAmu.length)));
    addWork(this.state, kineticEnergyEv(this.state.velocitiesAFs, massesAmu) - before);
    return this.#measure();
  }

  #measure(): NonFinite | null {
    const { state } = this;
    this.kineticEv = kineticEnergyEv(state.velocitiesAFs, this.#settings.massesAmu);
    if (!Number.isFinite(this.kineticEv)) {
      return nonFiniteVector('velocity', state.velocitiesAFs) ?? { of: 'velocity', atom: null };
    }
    this.conservedEv = this.evaluation.energyEv + this.kineticEv;
    if (this.#chain !== null) this.conservedEv += chainEnergyEv(state.thermostat, this.#chain);
    if (state.externalWorkEv !== undefined) this.conservedEv -= state.externalWorkEv;
    return Number.isFinite(this.conservedEv) ? null : { of: 'conserved energy', atom: null };
  }
}
