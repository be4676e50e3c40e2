/**
 * Velocities for an NVE run at a given total energy. An NVE run from a random moment of an NVT run has a random energy:
 * its temperature scatters by T/√(3N), and D with it. At the NVT run's mean total energy it does not.
 */
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import type { ForceField } from './force-field.ts';
import { kineticEnergyEv } from './kinetic-energy.ts';
import { atomMassesAmu } from './masses.ts';
import { type MdState, structureAt } from './state.ts';
import { scaleVelocities } from './velocities.ts';
import { VerletList } from './verlet-list.ts';

/**
 * The state's velocities, N×3 in Å/fs, scaled so that potential + kinetic energy is `totalEnergyEv`.
 * @throws InputError `energy-out-of-reach` where that leaves no kinetic energy, or where all atoms are at rest
 */
export function velocitiesAtTotalEnergy(
  structure: Structure,
  state: MdState,
  forceField: ForceField,
  totalEnergyEv: number,
): Float64Array {
  const here = structureAt(structure, state);
  const neighbours = new VerletList(forceField.cutoffA, 0).update(here);
  const potentialEv = forceField.evaluate(here, neighbours).energyEv;
  const kineticEv = kineticEnergyEv(state.velocitiesAFs, atomMassesAmu(structure));
  const wantedEv = totalEnergyEv - potentialEv;
  if (!(wantedEv > 0 && kineticEv > 0 && Number.isFinite(wantedEv))) {
    throw new InputError('energy-out-of-reach', 'the velocities cannot be scaled to this total energy', {
      expected: `more than the potential energy of ${potentialEv} eV, and atoms that move`,
      found: `${totalEnergyEv} eV, with a kinetic energy of ${kineticEv} eV to scale`,
    });
  }
  const velocitiesAFs = state.velocitiesAFs.slice();
  scaleVelocities(velocitiesAFs, Math.sqrt(wantedEv / kineticEv));
  return velocitiesAFs;
}
