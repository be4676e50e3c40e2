/**
 * Time steps of NPT: the barostat of Martyna, Tobias and Klein with Nosé–Hoover chains on atoms and barostat, split as
 * Tuckerman, Alejandre, López-Rendón, Jochim and Martyna do (J. Phys. A 39, 5629 (2006), eqs. 20–33):
 *   chains · barostat's kick · atoms' kick | cell and drift | atoms' kick · barostat's kick · chains,
 * the outer ones for half a step each. Each part is solved exactly, so a step can be taken back, and what one step hands
 * to the next besides the state is a function of the state: cutting a run changes no bit.
 */
import { cellVolumeA3, type Structure } from '../structure/structure.ts';
import { type BarostatSettings, barostatKineticEv, dragOf, kickBarostat } from './barostat.ts';
import { flowOf, isSmall, moveCell, moveVectors } from './cell-motion.ts';
import type { ForceEvaluation, ForceField } from './force-field.ts';
import { kineticTensorEv, temperatureK as temperatureOf } from './kinetic-energy.ts';
import { type ChainSettings, chainEnergyEv, propagateChain } from './nose-hoover-chain.ts';
import { forceFault, type NonFinite, nonFiniteVector, type Propagator } from './propagator.ts';
import { addWork, type BarostatState, type MdState, structureAt } from './state.ts';
import { EV_PER_AMU_A2_FS2 } from './units.ts';
import { scaleVelocities } from './velocities.ts';
import { VerletList } from './verlet-list.ts';

/** The chains of the step that ends at that step. */
export interface NptChains {
  readonly atoms: ChainSettings;
  readonly barostat: ChainSettings;
}

export interface NptSettings {
  readonly structure: Structure;
  readonly state: MdState & { barostat: BarostatState };
  readonly forceField: ForceField;
  readonly massesAmu: Float64Array;
  readonly timeStepFs: number;
  readonly barostat: BarostatSettings;
  readonly chains: NptChains | ((step: number) => NptChains);
  readonly skinA: number;
}

export class NptIntegrator implements Propagator {
  readonly state: MdState & { barostat: BarostatState };
  readonly structure: Structure;
  readonly list: VerletList;
  readonly pressureEvA3 = new Float64Array(9);
  readonly #settings: NptSettings;
  readonly #halfKick: Float64Array;
  /** Σ m v vᵀ, eV. */
  readonly #twiceKineticEv = new Float64Array(9);
  readonly #drag = new Float64Array(9);
  readonly #rate = new Float64Array(9);
  #chains: NptChains;
  evaluation: ForceEvaluation;
  kineticEv = 0;
  conservedEv = 0;
  readonly fault: NonFinite | null;

  constructor(settings: NptSettings) {
    this.#settings = settings;
    this.state = settings.state;
    this.structure = structureAt(settings.structure, settings.state);
    this.list = new VerletList(settings.forceField.cutoffA, settings.skinA);
    this.#halfKick = settings.massesAmu.map((massAmu) => settings.timeStepFs / (2 * massAmu * EV_PER_AMU_A2_FS2));
    this.#chains = this.#chainsAt(settings.state.step);
    this.evaluation = this.#evaluate();
    this.fault = forceFault(this.evaluation) ?? this.#measure();
  }

  step(): NonFinite | null {
    const { state } = this;
    this.#followSchedule();
    this.#barostatChainHalfStep();
    this.#atomsChainHalfStep();
    this.#kickBarostat();
    this.#kick();
    const moved = this.#drift();
    if (moved !== null) return moved;
    this.evaluation = this.#evaluate();
    const forced = forceFault(this.evaluation);
    if (forced !== null) return forced;
    this.#kick();
    kineticTensorEv(state.velocitiesAFs, this.#settings.massesAmu, this.#twiceKineticEv);
    this.#kickBarostat();
    this.#atomsChainHalfStep();
    this.#barostatChainHalfStep();
    state.step += 1;
    return this.#measure();
  }

  rescaleTo(temperatureK: number): NonFinite | null {
    const before = this.kineticEv;
    if (!(before > 0)) return null;
    const atoms = this.#settings.massesAmu.length;
    scaleVelocities(this.state.velocitiesAFs, Math.sqrt(temperatureK / temperatureOf(before, atoms)));
    kineticTensorEv(this.state.velocitiesAFs, this.#settings.massesAmu, this.#twiceKineticEv);
    addWork(this.state, this.#kinetic() - before);
    return this.#measure();
  }

  #evaluate(): ForceEvaluation {
    return this.#settings.forceField.evaluate(this.structure, this.list.update(this.structure));
  }

  #chainsAt(step: number): NptChains {
    const { chains } = this.#settings;
    return typeof chains === 'function' ? chains(step) : chains;
  }

  /** The step to come may be at another temperature; what that changes in the conserved quantity is work. */
  #followSchedule(): void {
    if (typeof this.#settings.chains !== 'function') return;
    const before = this.#chainsEnergyEv();
    this.#chains = this.#chainsAt(this.state.step + 1);
    addWork(this.state, this.#chainsEnergyEv() - before);
  }

  #chainsEnergyEv(): number {
    const { thermostat, barostat } = this.state;
    return chainEnergyEv(thermostat, this.#chains.atoms) + chainEnergyEv(barostat.chain, this.#chains.barostat);
  }

  #barostatChainHalfStep(): void {
    const { velocitiesPerFs, chain } = this.state.barostat;
    const energyEv = barostatKineticEv(this.#settings.barostat, velocitiesPerFs);
    const factor = propagateChain(chain, this.#chains.barostat, energyEv, this.#settings.timeStepFs);
    for (let k = 0; k < 9; k++) velocitiesPerFs[k] *= factor;
  }

  #atomsChainHalfStep(): void {
    const { thermostat, velocitiesAFs } = this.state;
    const factor = propagateChain(thermostat, this.#chains.atoms, this.#kinetic(), this.#settings.timeStepFs);
    scaleVelocities(velocitiesAFs, factor);
    for (let k = 0; k < 9; k++) this.#twiceKineticEv[k] *= factor * factor;
  }

  #kinetic(): number {
    return 0.5 * (this.#twiceKineticEv[0] + this.#twiceKineticEv[4] + this.#twiceKineticEv[8]);
  }

  #kickBarostat(): void {
    const { barostat, timeStepFs } = this.#settings;
    const { velocitiesPerFs } = this.state.barostat;
    const volumeA3 = cellVolumeA3(this.state.cellA);
    const { virialEv } = this.evaluation;
    kickBarostat(barostat, velocitiesPerFs, this.#twiceKineticEv, virialEv, volumeA3, timeStepFs / 2);
  }

  /** The atoms' velocities for half a step, under forces and the drag of the moving cell. */
  #kick(): void {
    const { barostat, timeStepFs } = this.#settings;
    dragOf(barostat, this.state.barostat.velocitiesPerFs, this.#drag);
    for (let k = 0; k < 9; k++) this.#rate[k] = (-timeStepFs / 2) * this.#drag[k];
    const flow = flowOf(this.#rate, barostat.cell !== 'full');
    moveVectors(flow, this.state.velocitiesAFs, this.evaluation.forcesEvA, this.#halfKick);
  }

  /** Cell and positions for a whole step. */
  #drift(): NonFinite | null {
    const { state } = this;
    const { barostat, timeStepFs } = this.#settings;
    for (let k = 0; k < 9; k++) this.#rate[k] = timeStepFs * state.barostat.velocitiesPerFs[k];
    if (!isSmall(this.#rate)) return { of: 'cell', atom: null };
    const flow = flowOf(this.#rate, barostat.cell !== 'full');
    moveVectors(flow, state.positionsA, state.velocitiesAFs, timeStepFs);
    moveCell(flow, state.cellA);
    return nonFiniteVector('position', state.positionsA);
  }

  #measure(): NonFinite | null {
    const { state } = this;
    const { barostat, massesAmu } = this.#settings;
    kineticTensorEv(state.velocitiesAFs, massesAmu, this.#twiceKineticEv);
    this.kineticEv = this.#kinetic();
    if (!Number.isFinite(this.kineticEv)) {
      return nonFiniteVector('velocity', state.velocitiesAFs) ?? { of: 'velocity', atom: null };
    }
    const volumeA3 = cellVolumeA3(state.cellA);
    const { virialEv, energyEv } = this.evaluation;
    for (let k = 0; k < 9; k++) this.pressureEvA3[k] = (this.#twiceKineticEv[k] + virialEv[k]) / volumeA3;
    this.conservedEv =
      energyEv +
      this.kineticEv +
      barostat.targetEvA3 * volumeA3 +
      barostatKineticEv(barostat, state.barostat.velocitiesPerFs) +
      this.#chainsEnergyEv();
    if (state.externalWorkEv !== undefined) this.conservedEv -= state.externalWorkEv;
    if (!this.pressureEvA3.every(Number.isFinite)) return { of: 'cell', atom: null };
    return Number.isFinite(this.conservedEv) ? null : { of: 'conserved energy', atom: null };
  }
}
