/**
 * The barostat of Martyna, Tobias and Klein (J. Chem. Phys. 101, 4177 (1994)): the cell h (lattice vectors in columns)
 * moves as dh/dt = v_g h, the atoms as dr/dt = v + v_g r, dv/dt = F/m − v_g v − c v. What v_g may be:
 *
 * - `isotropic`: v_ε·1, driven by the pressure, mass W = (N_f + 3) kB T τ²;
 * - `z`: v_z in the zz element alone, driven by P_zz alone, W = (N_f/3 + 1) kB T τ². Neither the x and y components of
 *   the lattice vectors nor the map from fractional to Cartesian x and y change by a bit;
 * - `full`: any symmetric matrix, so that the cell does not rotate; W_g = (N_f + 3) kB T τ²/3.
 *
 * With N_f = 3N − 3 and a = 1 + 3/N_f, forces on v_g, of masses W, are (Π the pressure tensor, P the target):
 *   isotropic  a·Σmv² + Tr(virial) − 3PV,       atoms feel a·v_ε;
 *   z          a·Σmv_z² + virial_zz − PV,       atoms feel a·v_z in z only: the N_f/3 velocities along z alone;
 *   full       V(Π − P·1) + (1/N_f) Σmv²·1,     atoms feel v_g + (Tr v_g/N_f)·1.
 * Conserved: H' = K + U + PV + ½ W v_ε², ½ W v_z² or ½ W_g Tr(v_g²) + the chains' energies. The barostat has its own, whose links weigh
 * kB T τ², the first as often as v_g has degrees of freedom: 1, 1 or 6.
 */
import { InputError } from '../numerics/input-error.ts';
import { GPA_PER_EV_A3 } from '../numerics/physical-constants.ts';
import { cellVolumeA3, type Structure } from '../structure/structure.ts';
import { type ChainSettings, chainSettings } from './nose-hoover-chain.ts';

export type CellFreedom = 'isotropic' | 'z' | 'full';

export interface BarostatRequest {
  readonly cell: CellFreedom;
  /** Target, GPa; 0 where left out. In `z` of the zz component, otherwise hydrostatic. */
  readonly pressureGpa?: number | undefined;
  /** τ, fs; DEFAULT_BAROSTAT_STEPS time steps where left out. */
  readonly dampingFs?: number | undefined;
}

/** As is customary: ten times the thermostat's. */
export const DEFAULT_BAROSTAT_STEPS = 1000;

/** A time step longer than this part of a damping time does not resolve what is damped. */
const LONGEST_STEP = 0.1;

export interface BarostatSettings {
  readonly cell: CellFreedom;
  readonly targetEvA3: number;
  /** W or W_g, eV·fs². */
  readonly massEvFs2: number;
  /** N_f of the atoms. */
  readonly degreesOfFreedom: number;
}

/**
 * @param temperatureK sets the mass: in a ramp that at its start, so that the mass stays
 * @throws InputError `bad-pressure`, `bad-damping`, `bad-time-step` where the time step is more than a tenth of τ
 */
export function barostatSettings(
  request: BarostatRequest,
  degreesOfFreedom: number,
  thermalEnergyEv: number,
  timeStepFs: number,
): BarostatSettings {
  const { cell, pressureGpa = 0 } = request;
  const dampingFs = request.dampingFs ?? DEFAULT_BAROSTAT_STEPS * timeStepFs;
  if (!Number.isFinite(pressureGpa)) {
    throw new InputError('bad-pressure', 'a target pressure must be a finite number of GPa', {
      found: String(pressureGpa),
    });
  }
  requireResolved(dampingFs, timeStepFs, 'barostat');
  const perComponent = thermalEnergyEv * dampingFs * dampingFs;
  const weight = cell === 'isotropic' ? degreesOfFreedom + 3 : degreesOfFreedom / 3 + 1;
  return { cell, targetEvA3: pressureGpa / GPA_PER_EV_A3, massEvFs2: weight * perComponent, degreesOfFreedom };
}

/** The chain of the barostat's own degrees of freedom. */
export const barostatChain = (
  cell: CellFreedom,
  links: number,
  temperatureK: number,
  dampingFs: number,
): ChainSettings => chainSettings(links, cell === 'full' ? 6 : 1, temperatureK, dampingFs);

/** @throws InputError `bad-damping` where τ is not positive, `bad-time-step` where the step is more than a tenth of it */
export function requireResolved(dampingFs: number, timeStepFs: number, of: 'thermostat' | 'barostat'): void {
  if (!(dampingFs > 0 && Number.isFinite(dampingFs))) {
    throw new InputError('bad-damping', `the damping time of a ${of} must be positive`, {
      expected: 'a number of fs above 0',
      found: String(dampingFs),
    });
  }
  if (timeStepFs <= LONGEST_STEP * dampingFs) return;
  throw new InputError('bad-time-step', `the time step is too large for the damping time of the ${of}`, {
    expected: `at most ${LONGEST_STEP * dampingFs} fs, a tenth of it`,
    found: `${timeStepFs} fs`,
    remedy: 'damp more slowly, or take shorter steps',
  });
}

/** @throws InputError `bad-cell` for a cell that is not periodic in all directions, left-handed, or spans no volume */
export function requireCell({ periodic }: Pick<Structure, 'periodic'>, cellA: Float64Array): void {
  const fail = (expected: string, found: string): never => {
    throw new InputError('bad-cell', 'this cell cannot change its shape', { expected, found });
  };
  if (!periodic.every((repeats) => repeats)) fail('periodicity in all three directions', periodic.join(', '));
  const volumeA3 = cellVolumeA3(cellA);
  if (!(Number.isFinite(volumeA3) && volumeA3 !== 0)) fail('three independent lattice vectors', `${volumeA3} Å³`);
  if (volumeA3 < 0) fail('a right-handed cell', `a left-handed one, of ${volumeA3} Å³`);
}

/** ½ W Tr(v_g²), eV. */
export function barostatKineticEv({ cell, massEvFs2 }: BarostatSettings, v: Float64Array): number {
  if (cell === 'isotropic') return 0.5 * massEvFs2 * v[0] * v[0];
  let squares = 0;
  for (let k = 0; k < 9; k++) squares += v[k] * v[k];
  return 0.5 * massEvFs2 * squares;
}

/**
 * Accelerates v_g for a time, in place.
 * @param kineticEv Σ m v vᵀ (twice the kinetic energy), 3×3, eV
 * @param virialEv 3×3, eV
 */
export function kickBarostat(
  { cell, targetEvA3, massEvFs2, degreesOfFreedom }: BarostatSettings,
  v: Float64Array,
  kineticEv: Float64Array,
  virialEv: Float64Array,
  volumeA3: number,
  timeFs: number,
): void {
  const k = kineticEv;
  const w = virialEv;
  const factor = timeFs / massEvFs2;
  const weight = 1 + 3 / degreesOfFreedom;
  const work = targetEvA3 * volumeA3;
  if (cell === 'isotropic') {
    v[0] += factor * (weight * (k[0] + k[4] + k[8]) + (w[0] + w[4] + w[8]) - 3 * work);
    v[4] = v[0];
    v[8] = v[0];
  } else if (cell === 'z') {
    v[8] += factor * (weight * k[8] + w[8] - work);
  } else {
    const shared = (k[0] + k[4] + k[8]) / degreesOfFreedom - work;
    for (let a = 0; a < 3; a++) {
      v[4 * a] += factor * (k[4 * a] + w[4 * a] + shared);
      for (let b = 0; b < a; b++) {
        v[3 * a + b] += factor * (k[3 * a + b] + 0.5 * (w[3 * a + b] + w[3 * b + a]));
        v[3 * b + a] = v[3 * a + b];
      }
    }
  }
}

/** What the atoms' velocities feel, 3×3: v_g and the term that keeps the measure of phase space. Overwrites `drag`. */
export function dragOf({ cell, degreesOfFreedom }: BarostatSettings, v: Float64Array, drag: Float64Array): void {
  if (cell === 'full') {
    const shared = (v[0] + v[4] + v[8]) / degreesOfFreedom;
    for (let k = 0; k < 9; k++) drag[k] = v[k];
    for (let k = 0; k < 9; k += 4) drag[k] += shared;
    return;
  }
  const weight = 1 + 3 / degreesOfFreedom;
  for (let k = 0; k < 9; k += 4) drag[k] = weight * v[k];
}
