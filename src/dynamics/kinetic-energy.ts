/** Kinetic energy and temperature. The centre of mass is at rest in all our runs: 3N − 3 degrees of freedom. */
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import { EV_PER_AMU_A2_FS2 } from './units.ts';

export const degreesOfFreedom = (atoms: number): number => 3 * atoms - 3;

/** ½ Σ m v², eV, summed by atom. `velocitiesAFs` N×3, `massesAmu` N. */
export function kineticEnergyEv(velocitiesAFs: Float64Array, massesAmu: Float64Array): number {
  let twice = 0;
  for (let i = 0; i < massesAmu.length; i++) {
    const vx = velocitiesAFs[3 * i];
    const vy = velocitiesAFs[3 * i + 1];
    const vz = velocitiesAFs[3 * i + 2];
    twice += massesAmu[i] * (vx * vx + vy * vy + vz * vz);
  }
  return 0.5 * EV_PER_AMU_A2_FS2 * twice;
}

/** T = 2 K / ((3N − 3) kB), in K. */
export const temperatureK = (kineticEv: number, atoms: number): number =>
  (2 * kineticEv) / (degreesOfFreedom(atoms) * BOLTZMANN_EV_K);
