/**
 * Time steps of NVE and NVT: velocity Verlet (Swope, Andersen, Berens, Wilson, J. Chem. Phys. 76, 637 (1982)), between
 * two half steps of a Nosé–Hoover chain where there is a thermostat.
 *
 * The state is advanced in place. What one step hands to the next besides the state are only forces and energies that
 * are functions of the state, computed in the same order wherever a segment begins: cutting a run changes no bit.
 */
import type { Structure } from '../structure/structure.ts';
import type { ForceEvaluation, ForceField } from './force-field.ts';
import { kineticEnergyEv } from './kinetic-energy.ts';
import { type ChainSettings, chainEnergyEv, propagateChain } from './nose-hoover-chain.ts';
import { type MdState, structureAt } from './state.ts';
import { EV_PER_AMU_A2_FS2 } from './units.ts';
import { scaleVelocities } from './velocities.ts';
import { VerletList } from './verlet-list.ts';

/** The first number found not to be finite in a step. */
export interface NonFinite {
  readonly of: 'position' | 'velocity' | 'force' | 'potential energy' | 'conserved energy';
  /** null where the number belongs to no atom. */
  readonly atom: number | null;
}

export interface IntegratorSettings {
  readonly structure: Structure;
  readonly state: MdState;
  readonly forceField: ForceField;
  readonly massesAmu: Float64Array;
  readonly timeStepFs: number;
  /** null for NVE. */
  readonly thermostat: ChainSettings | null;
  readonly skinA: number;
}

export class Integrator {
  readonly state: MdState;
  readonly structure: Structure;
  readonly list: VerletList;
  readonly #settings: IntegratorSettings;
  readonly #halfKick: Float64Array;
  /** At the current positions, as are the energies. */
  evaluation: ForceEvaluation;
  kineticEv = 0;
  conservedEv = 0;
  /** What was not finite in the state that it began with. */
  readonly fault: NonFinite | null;

  constructor(settings: IntegratorSettings) {
    this.#settings = settings;
    this.state = settings.state;
    this.structure = structureAt(settings.structure, settings.state);
    this.list = new VerletList(settings.forceField.cutoffA, settings.skinA);
    this.#halfKick = settings.massesAmu.map((massAmu) => settings.timeStepFs / (2 * massAmu * EV_PER_AMU_A2_FS2));
    this.evaluation = this.#evaluate();
    this.fault = this.#forceFault() ?? this.#measure();
  }

  /** One time step. Where something was not finite, the state is unusable and the fault is returned. */
  step(): NonFinite | null {
    const { state } = this;
    const { timeStepFs } = this.#settings;
    this.#thermostatHalfStep(this.kineticEv);
    this.#kick();
    for (let k = 0; k < state.positionsA.length; k++) state.positionsA[k] += timeStepFs * state.velocitiesAFs[k];
    const moved = nonFiniteVector('position', state.positionsA);
    if (moved !== null) return moved;
    this.evaluation = this.#evaluate();
    const forced = this.#forceFault();
    if (forced !== null) return forced;
    this.#kick();
    this.#thermostatHalfStep(null);
    state.step += 1;
    return this.#measure();
  }

  #evaluate(): ForceEvaluation {
    return this.#settings.forceField.evaluate(this.structure, this.list.update(this.structure));
  }

  #forceFault(): NonFinite | null {
    const force = nonFiniteVector('force', this.evaluation.forcesEvA);
    if (force !== null || Number.isFinite(this.evaluation.energyEv)) return force;
    return { of: 'potential energy', atom: null };
  }

  #kick(): void {
    const { velocitiesAFs } = this.state;
    const { forcesEvA } = this.evaluation;
    for (let i = 0; i < this.#halfKick.length; i++) {
      const factor = this.#halfKick[i];
      velocitiesAFs[3 * i] += factor * forcesEvA[3 * i];
      velocitiesAFs[3 * i + 1] += factor * forcesEvA[3 * i + 1];
      velocitiesAFs[3 * i + 2] += factor * forcesEvA[3 * i + 2];
    }
  }

  #thermostatHalfStep(kineticEv: number | null): void {
    const { thermostat, massesAmu, timeStepFs } = this.#settings;
    if (thermostat === null) return;
    const { velocitiesAFs } = this.state;
    const before = kineticEv ?? kineticEnergyEv(velocitiesAFs, massesAmu);
    scaleVelocities(velocitiesAFs, propagateChain(this.state.thermostat, thermostat, before, timeStepFs));
  }

  #measure(): NonFinite | null {
    const { thermostat, massesAmu } = this.#settings;
    this.kineticEv = kineticEnergyEv(this.state.velocitiesAFs, massesAmu);
    if (!Number.isFinite(this.kineticEv)) {
      return nonFiniteVector('velocity', this.state.velocitiesAFs) ?? { of: 'velocity', atom: null };
    }
    this.conservedEv = this.evaluation.energyEv + this.kineticEv;
    if (thermostat !== null) this.conservedEv += chainEnergyEv(this.state.thermostat, thermostat);
    return Number.isFinite(this.conservedEv) ? null : { of: 'conserved energy', atom: null };
  }
}

function nonFiniteVector(of: NonFinite['of'], vectors: Float64Array): NonFinite | null {
  for (let k = 0; k < vectors.length; k++) {
    if (!Number.isFinite(vectors[k])) return { of, atom: Math.floor(k / 3) };
  }
  return null;
}
