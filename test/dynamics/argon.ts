/** A small argon crystal and a smoothly truncated Lennard-Jones force field, for the tests of the integrators. */
import type { ForceEvaluation, ForceField } from '../../src/dynamics/force-field.ts';
import type { Watch } from '../../src/dynamics/watch.ts';
import type { NeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';

/** fcc, repeats³ conventional cells of 4 atoms. */
export function argonCrystal(repeats: number, latticeA = 5.3): Structure {
  const basis = [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
  const positions: number[] = [];
  for (let a = 0; a < repeats; a++) {
    for (let b = 0; b < repeats; b++) {
      for (let c = 0; c < repeats; c++) {
        for (const [x, y, z] of basis) positions.push((a + x) * latticeA, (b + y) * latticeA, (c + z) * latticeA);
      }
    }
  }
  const edgeA = repeats * latticeA;
  return {
    cellA: Float64Array.of(edgeA, 0, 0, 0, edgeA, 0, 0, 0, edgeA),
    periodic: [true, true, true],
    elements: ['Ar'],
    species: new Int32Array(positions.length / 3),
    positionsA: Float64Array.from(positions),
  };
}

/** Two atoms of the given elements on the x axis, in no cell. */
export function dimer(elements: readonly string[], distanceA: number): Structure {
  return {
    cellA: new Float64Array(9),
    periodic: [false, false, false],
    elements,
    species: Int32Array.of(0, elements.length - 1),
    positionsA: Float64Array.of(0, 0, 0, distanceA, 0, 0),
  };
}

/** Argon: 4ε(σ¹²/r¹² − σ⁶/r⁶)·(1 − r²/r_c²)³, so that force and curvature are continuous at the cutoff. */
export class LennardJones implements ForceField {
  readonly cutoffA: number;
  evaluations = 0;
  readonly #epsilonEv: number;
  readonly #sigmaA: number;

  constructor(cutoffA = 6, epsilonEv = 0.0103, sigmaA = 3.4) {
    this.cutoffA = cutoffA;
    this.#epsilonEv = epsilonEv;
    this.#sigmaA = sigmaA;
  }

  evaluate(structure: Structure, neighbours: NeighbourList): ForceEvaluation {
    this.evaluations += 1;
    const x = structure.positionsA;
    const forcesEvA = new Float64Array(x.length);
    const virialEv = new Float64Array(9);
    const sigma2 = this.#sigmaA * this.#sigmaA;
    const cutoff2 = this.cutoffA * this.cutoffA;
    let energyEv = 0;
    for (let i = 0; i < structure.species.length; i++) {
      for (let k = neighbours.start[i]; k < neighbours.start[i + 1]; k++) {
        const j = neighbours.atom[k];
        const d = [0, 1, 2].map(
          (axis) => x[3 * j + axis] + neighbours.imageShiftA[3 * neighbours.image[k] + axis] - x[3 * i + axis],
        );
        const r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
        if (r2 >= cutoff2) continue;
        const s2 = sigma2 / r2;
        const s6 = s2 * s2 * s2;
        const bare = 4 * this.#epsilonEv * (s6 * s6 - s6);
        const bareSlope = (4 * this.#epsilonEv * (6 * s6 - 12 * s6 * s6)) / (2 * r2);
        const u = 1 - r2 / cutoff2;
        const slope = bareSlope * u * u * u - (bare * 3 * u * u) / cutoff2;
        energyEv += 0.5 * bare * u * u * u;
        for (let axis = 0; axis < 3; axis++) {
          forcesEvA[3 * i + axis] += 2 * slope * d[axis];
          for (let other = 0; other < 3; other++) virialEv[3 * axis + other] -= slope * d[axis] * d[other];
        }
      }
    }
    return { energyEv, forcesEvA, virialEv };
  }
}

/** Every atom on its own spring to where it started; knows no neighbours. */
export function springs(anchorsA: Float64Array, stiffnessEvA2: number): ForceField {
  return {
    cutoffA: 1,
    evaluate: ({ positionsA }) => {
      const displacedA = positionsA.map((x, k) => x - anchorsA[k]);
      return {
        energyEv: displacedA.reduce((sum, x) => sum + 0.5 * stiffnessEvA2 * x * x, 0),
        forcesEvA: displacedA.map((x) => -stiffnessEvA2 * x),
        virialEv: new Float64Array(9),
      };
    },
  };
}

export const watchNothing = (species = 1): Watch => ({
  pairDistanceA: new Float64Array(species * species),
  maxTemperatureK: 1e6,
  maxConservedDriftEvAtom: 1e6,
});
