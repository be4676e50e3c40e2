/**
 * Nosé–Hoover chain thermostat (Martyna, Klein, Tuckerman, J. Chem. Phys. 97, 2635 (1992)), propagated as Martyna,
 * Tuckerman, Tobias and Klein do (Mol. Phys. 87, 1117 (1996), eqs. 27–32) with third-order Suzuki–Yoshida weights.
 *
 * With N_f degrees of freedom and damping time τ the links' masses are Q₁ = N_f kB T τ², Q_j = kB T τ² (τ as LAMMPS
 * means it: the thermostat's angular frequency is 1/τ, its period 2πτ). Conserved:
 *   H' = K + U + Σ ½ Q_j (dη_j/dt)² + N_f kB T η₁ + kB T Σ_{j>1} η_j.
 */
import { exp } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import type { MdState } from './state.ts';

export type ChainState = MdState['thermostat'];

export interface ChainSettings {
  /** kB T, eV. */
  readonly thermalEnergyEv: number;
  readonly degreesOfFreedom: number;
  /** Q_j, eV·fs². */
  readonly massesEvFs2: Float64Array;
}

/** The chain of the step that ends at that step, counted from the start of the run. */
export type ChainSchedule = (step: number) => ChainSettings;

/** 1/(2 − 2^⅓) and 1 − 2/(2 − 2^⅓): the third-order weights, w, 1 − 2w, w. */
const OUTER_WEIGHT = 1 / (2 - 1.2599210498948732);
const WEIGHTS = [OUTER_WEIGHT, 1 - 2 * OUTER_WEIGHT, OUTER_WEIGHT];

/** @throws InputError `bad-damping` for a damping time that is not positive, `no-thermostat` for a chain without links */
export function chainSettings(
  links: number,
  degreesOfFreedom: number,
  temperatureK: number,
  dampingFs: number,
): ChainSettings {
  if (!(dampingFs > 0 && Number.isFinite(dampingFs))) {
    throw new InputError('bad-damping', 'the damping time of a thermostat must be positive', {
      expected: 'a number of fs above 0',
      found: String(dampingFs),
    });
  }
  if (links < 1) {
    throw new InputError('no-thermostat', 'NVT needs a state with a thermostat chain', {
      remedy: 'create the state with a chain length of at least 1',
    });
  }
  const thermalEnergyEv = BOLTZMANN_EV_K * temperatureK;
  const massesEvFs2 = new Float64Array(links).fill(thermalEnergyEv * dampingFs * dampingFs);
  massesEvFs2[0] *= degreesOfFreedom;
  return { thermalEnergyEv, degreesOfFreedom, massesEvFs2 };
}

/** The chain's part of the conserved quantity, eV. */
export function chainEnergyEv(chain: ChainState, settings: ChainSettings): number {
  let energyEv = settings.degreesOfFreedom * settings.thermalEnergyEv * chain.positions[0];
  for (let j = 0; j < chain.positions.length; j++) {
    const v = chain.velocitiesPerFs[j];
    energyEv += 0.5 * settings.massesEvFs2[j] * v * v;
    if (j > 0) energyEv += settings.thermalEnergyEv * chain.positions[j];
  }
  return energyEv;
}

/**
 * Advances the chain by half a time step, in place.
 * @param kineticEv of the atoms before
 * @returns the factor by which to scale the atoms' velocities
 */
export function propagateChain(
  chain: ChainState,
  settings: ChainSettings,
  kineticEv: number,
  timeStepFs: number,
): number {
  const v = chain.velocitiesPerFs;
  const last = v.length - 1;
  let scale = 1;
  for (const weight of WEIGHTS) {
    const quarterFs = (weight * timeStepFs) / 4;
    v[last] += quarterFs * linkForce(last, v, settings, kineticEv, scale);
    for (let j = last - 1; j >= 0; j--) advanceLink(j, v, settings, kineticEv, scale, quarterFs);
    scale *= exp(-2 * quarterFs * v[0]);
    for (let j = 0; j <= last; j++) chain.positions[j] += 2 * quarterFs * v[j];
    for (let j = 0; j < last; j++) advanceLink(j, v, settings, kineticEv, scale, quarterFs);
    v[last] += quarterFs * linkForce(last, v, settings, kineticEv, scale);
  }
  return scale;
}

/** Driven by link j − 1 (or the atoms), damped by link j + 1. */
function advanceLink(
  j: number,
  v: Float64Array,
  settings: ChainSettings,
  kineticEv: number,
  scale: number,
  quarterFs: number,
): void {
  const damping = exp(-0.5 * quarterFs * v[j + 1]);
  v[j] = (v[j] * damping + quarterFs * linkForce(j, v, settings, kineticEv, scale)) * damping;
}

/** Acceleration of link j, 1/fs². */
function linkForce(j: number, v: Float64Array, settings: ChainSettings, kineticEv: number, scale: number): number {
  const q = settings.massesEvFs2;
  const drive =
    j === 0
      ? 2 * kineticEv * scale * scale - settings.degreesOfFreedom * settings.thermalEnergyEv
      : q[j - 1] * v[j - 1] * v[j - 1] - settings.thermalEnergyEv;
  return drive / q[j];
}
