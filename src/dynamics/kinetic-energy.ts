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

/** Σ m v vᵀ, eV, summed by atom into `tensor`, 3×3; its trace is twice the kinetic energy. */
export function kineticTensorEv(velocitiesAFs: Float64Array, massesAmu: Float64Array, tensor: Float64Array): void {
  let [xx, yy, zz, yz, xz, xy] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < massesAmu.length; i++) {
    const m = massesAmu[i];
    const vx = velocitiesAFs[3 * i];
    const vy = velocitiesAFs[3 * i + 1];
    const vz = velocitiesAFs[3 * i + 2];
    xx += m * vx * vx;
    yy += m * vy * vy;
    zz += m * vz * vz;
    yz += m * vy * vz;
    xz += m * vx * vz;
    xy += m * vx * vy;
  }
  const u = EV_PER_AMU_A2_FS2;
  tensor[0] = u * xx;
  tensor[4] = u * yy;
  tensor[8] = u * zz;
  tensor[5] = u * yz;
  tensor[7] = tensor[5];
  tensor[2] = u * xz;
  tensor[6] = tensor[2];
  tensor[1] = u * xy;
  tensor[3] = tensor[1];
}

/** T = 2 K / ((3N − 3) kB), in K. */
export const temperatureK = (kineticEv: number, atoms: number): number =>
  (2 * kineticEv) / (degreesOfFreedom(atoms) * BOLTZMANN_EV_K);
