/**
 * Mean square displacement of every species since the first frame, drift of the framework removed: does the framework
 * stay, or does the crystal melt or its polyhedra turn? Frames are taken one by one; only the first is kept.
 */
import { FrameworkDrift, type PathAtoms, requireFrame } from './paths.ts';

/**
 * @param frames N×3 positions each, Å, unwrapped
 * @returns one array a frame: the MSD of each species index up to the largest that occurs, Å²; 0 for one without atoms
 * @throws InputError `bad-shape` or `non-finite`
 */
export function speciesMsd(system: PathAtoms, frames: Iterable<Float64Array>): Float64Array[] {
  const drift = new FrameworkDrift(system);
  const counts = new Float64Array(system.species.reduce((most, species) => Math.max(most, species + 1), 0));
  for (const species of system.species) counts[species] += 1;
  const curves: Float64Array[] = [];
  let firstA: Float64Array | null = null;
  for (const positionsA of frames) {
    requireFrame(positionsA, system.species.length, curves.length);
    firstA ??= positionsA.slice();
    const driftA = drift.at(positionsA);
    const sumsA2 = new Float64Array(counts.length);
    for (let i = 0; i < system.species.length; i++) {
      for (let axis = 0; axis < 3; axis++) {
        const movedA = positionsA[3 * i + axis] - driftA[axis] - firstA[3 * i + axis];
        sumsA2[system.species[i]] += movedA * movedA;
      }
    }
    curves.push(sumsA2.map((sumA2, species) => (counts[species] === 0 ? 0 : sumA2 / counts[species])));
  }
  return curves;
}
