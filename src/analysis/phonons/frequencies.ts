/** Frequencies from eigenvalues of the dynamical matrix. Imaginary ones are given as negative numbers, and called so. */
import { ATOMIC_MASS_KG, ELEMENTARY_CHARGE_C } from '../../numerics/physical-constants.ts';
import type { DynamicalMatrix } from './dynamical-matrix.ts';
import type { Triple } from './phonon-cell.ts';

/** √(1 eV/(Å² amu)) / 2π in THz, 15.633…: eV/(Å² kg) is 10²⁰ e s⁻². */
export const THZ_PER_ROOT_EV_A2_AMU = Math.sqrt(ELEMENTARY_CHARGE_C / (ATOMIC_MASS_KG * 1e-20)) / (2 * Math.PI * 1e12);

/** Speed of light, exact: 1 cm⁻¹ is 0.0299792458 THz. */
export const THZ_PER_INVERSE_CM = 0.0299792458;

/** @param eigenvalue eV/(Å² amu) @returns THz, below 0 for an imaginary frequency */
export const frequencyThz = (eigenvalue: number): number =>
  eigenvalue < 0 ? -Math.sqrt(-eigenvalue) * THZ_PER_ROOT_EV_A2_AMU : Math.sqrt(eigenvalue) * THZ_PER_ROOT_EV_A2_AMU;

export const inverseCm = (thz: number): number => thz / THZ_PER_INVERSE_CM;

export interface PhononsAt {
  /** In reciprocal lattice vectors of the unit cell. */
  readonly q: Triple;
  /** Ascending, THz, below 0 for imaginary frequencies. */
  readonly frequenciesThz: readonly number[];
}

export const phononsAt = (matrix: DynamicalMatrix, q: Triple): PhononsAt => ({
  q,
  frequenciesThz: Array.from(matrix.eigenvalues(q), frequencyThz),
});

/** The q that fit a supercell, where nothing is interpolated; of q and −q, which have the same frequencies, one. */
export const commensuratePoints = (repeats: Triple): { q: Triple; weight: number }[] => meshPoints(repeats);

/**
 * A mesh of q around 0, with 0 among them; of q and −q one, with the weight of both. Weights add up to 1.
 */
export function meshPoints([na, nb, nc]: Triple): { q: Triple; weight: number }[] {
  const points: { q: Triple; weight: number }[] = [];
  for (let a = 0; a < na; a++) {
    for (let b = 0; b < nb; b++) {
      for (let c = 0; c < nc; c++) {
        const [a2, b2, c2] = [(na - a) % na, (nb - b) % nb, (nc - c) % nc];
        const order = (a - a2) * nb * nc + (b - b2) * nc + (c - c2);
        if (order > 0) continue;
        points.push({ q: [a / na, b / nb, c / nc], weight: (order === 0 ? 1 : 2) / (na * nb * nc) });
      }
    }
  }
  return points;
}

/**
 * Points along a path from one q to the next.
 * @param corners at least one, in reciprocal lattice vectors
 * @param pointsPerSegment from each corner on, the next excluded; the last corner ends the path
 */
export function pathPoints(corners: readonly Triple[], pointsPerSegment: number): Triple[] {
  const points: Triple[] = [];
  for (let s = 0; s + 1 < corners.length; s++) {
    for (let k = 0; k < pointsPerSegment; k++) {
      points.push(
        [0, 1, 2].map(
          (i) => corners[s]![i as 0]! + ((corners[s + 1]![i as 0]! - corners[s]![i as 0]!) * k) / pointsPerSegment,
        ) as unknown as Triple,
      );
    }
  }
  return [...points, corners.at(-1)!];
}
