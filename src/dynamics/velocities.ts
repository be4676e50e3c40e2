/** Starting velocities. */
import { InputError } from '../numerics/input-error.ts';
import { RandomStream } from '../numerics/philox.ts';
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import { kineticEnergyEv, temperatureK as temperatureOf } from './kinetic-energy.ts';
import { EV_PER_AMU_A2_FS2 } from './units.ts';

/**
 * Maxwell–Boltzmann velocities, N×3 in Å/fs, drawn by atom, then x, y, z, from one stream of the seed; the momentum of
 * the centre of mass is removed, then all are scaled so that the kinetic energy is ½ (3N − 3) kB T.
 * @throws InputError `bad-temperature` unless T > 0; `too-few-atoms` below two atoms; `bad-seed`
 */
export function drawVelocities(
  massesAmu: Float64Array,
  temperatureK: number,
  seedHex: string,
  stream = 0,
): Float64Array {
  requireTemperature(temperatureK);
  const atoms = massesAmu.length;
  if (atoms < 2) {
    throw new InputError('too-few-atoms', 'molecular dynamics needs at least two atoms', { found: String(atoms) });
  }
  const random = new RandomStream(seedHex, stream);
  const velocitiesAFs = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    const width = Math.sqrt((BOLTZMANN_EV_K * temperatureK) / (massesAmu[i] * EV_PER_AMU_A2_FS2));
    for (let axis = 0; axis < 3; axis++) velocitiesAFs[3 * i + axis] = width * random.normal();
  }
  removeMomentum(velocitiesAFs, massesAmu);
  const drawnK = temperatureOf(kineticEnergyEv(velocitiesAFs, massesAmu), atoms);
  scaleVelocities(velocitiesAFs, Math.sqrt(temperatureK / drawnK));
  return velocitiesAFs;
}

/** @throws InputError `bad-temperature` unless the temperature is a positive, finite number of K */
export function requireTemperature(temperatureK: number): void {
  if (!(temperatureK > 0 && Number.isFinite(temperatureK))) {
    throw new InputError('bad-temperature', 'a temperature must be positive', {
      expected: 'a number of K above 0',
      found: String(temperatureK),
    });
  }
}

export function scaleVelocities(velocitiesAFs: Float64Array, factor: number): void {
  for (let k = 0; k < velocitiesAFs.length; k++) velocitiesAFs[k] *= factor;
}

function removeMomentum(velocitiesAFs: Float64Array, massesAmu: Float64Array): void {
  let totalAmu = 0;
  for (const massAmu of massesAmu) totalAmu += massAmu;
  for (let axis = 0; axis < 3; axis++) {
    let momentum = 0;
    for (let i = 0; i < massesAmu.length; i++) momentum += massesAmu[i] * velocitiesAFs[3 * i + axis];
    for (let i = 0; i < massesAmu.length; i++) velocitiesAFs[3 * i + axis] -= momentum / totalAmu;
  }
}
