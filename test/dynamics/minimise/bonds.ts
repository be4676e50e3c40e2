/** Harmonic bonds between atoms nearer than the cutoff: a crystal whose minimum is known. */
import type { ForceField } from '../../../src/dynamics/force-field.ts';

/** E = Σ ½ k (r − r0)² over pairs. */
export const bonds = (lengthA: number, stiffnessEvA2: number, cutoffA: number): ForceField => ({
  cutoffA,
  evaluate({ positionsA: x, species }, { start, atom, image, imageShiftA }) {
    const forcesEvA = new Float64Array(x.length);
    const virialEv = new Float64Array(9);
    let energyEv = 0;
    for (let i = 0; i < species.length; i++) {
      for (let entry = start[i]; entry < start[i + 1]; entry++) {
        const j = atom[entry];
        const d = [0, 1, 2].map((a) => x[3 * j + a] + imageShiftA[3 * image[entry] + a] - x[3 * i + a]);
        const r = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        if (r >= cutoffA) continue;
        const stretch = r - lengthA;
        energyEv += 0.25 * stiffnessEvA2 * stretch * stretch;
        for (let a = 0; a < 3; a++) {
          forcesEvA[3 * i + a] += (stiffnessEvA2 * stretch * d[a]) / r;
          for (let b = 0; b < 3; b++) virialEv[3 * a + b] -= (0.5 * stiffnessEvA2 * stretch * d[a] * d[b]) / r;
        }
      }
    }
    return { energyEv, forcesEvA, virialEv };
  },
});
