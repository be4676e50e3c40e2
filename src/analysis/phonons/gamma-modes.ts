/** The modes at q = 0 by groups of equal frequency: acoustic (all atoms move together), optical, imaginary. */
import type { DynamicalMatrix } from './dynamical-matrix.ts';
import { frequencyThz } from './frequencies.ts';

export interface ModeGroup {
  /** Mean of the group, below 0 where imaginary. */
  readonly frequencyThz: number;
  readonly degeneracy: number;
  readonly kind: 'acoustic' | 'optical' | 'imaginary';
  /** Part of the group's motion in which all atoms move together, 0 to 1. */
  readonly translation: number;
  /** Mean square displacement of each element's atoms in the group, relative to all, by index of the element. */
  readonly elementShares: readonly number[];
}

/** Frequencies nearer than this are one group, THz. */
const EQUAL_THZ = 0.005;

/**
 * @param massesAmu of each atom of the unit cell
 * @param toleranceThz below minus this a frequency counts as imaginary
 */
export function gammaModes(
  matrix: DynamicalMatrix,
  massesAmu: ArrayLike<number>,
  { species, elements }: { readonly species: ArrayLike<number>; readonly elements: readonly string[] },
  toleranceThz: number,
): ModeGroup[] {
  const { values, vectors } = matrix.atGamma();
  const size = matrix.size;
  const modes = Array.from(values, (value, k) => ({
    thz: frequencyThz(value),
    vector: vectors.subarray(size * k, size * (k + 1)),
  }));
  const groups: (typeof modes)[] = [];
  for (const mode of modes) {
    const group = groups.at(-1);
    if (group !== undefined && mode.thz - group.at(-1)!.thz < EQUAL_THZ) group.push(mode);
    else groups.push([mode]);
  }
  return groups.map((group) => {
    const mean = group.reduce((sum, { thz }) => sum + thz, 0) / group.length;
    const translation = group.reduce((sum, { vector }) => sum + translationPart(vector, massesAmu), 0) / group.length;
    const kind = translation > 0.5 ? 'acoustic' : mean < -toleranceThz ? 'imaginary' : 'optical';
    const elementShares = sharesOf(
      group.map(({ vector }) => vector),
      massesAmu,
      species,
      elements.length,
    );
    return { frequencyThz: mean, degeneracy: group.length, kind, translation, elementShares };
  });
}

/** |projection of a mass-weighted unit vector onto the three translations|². */
function translationPart(vector: Float64Array, massesAmu: ArrayLike<number>): number {
  let part = 0;
  let total = 0;
  for (let i = 0; i < massesAmu.length; i++) total += massesAmu[i]!;
  for (let axis = 0; axis < 3; axis++) {
    let sum = 0;
    for (let i = 0; i < massesAmu.length; i++) sum += Math.sqrt(massesAmu[i]!) * vector[3 * i + axis]!;
    part += (sum * sum) / total;
  }
  return part;
}

function sharesOf(
  vectors: readonly Float64Array[],
  massesAmu: ArrayLike<number>,
  species: ArrayLike<number>,
  elements: number,
): number[] {
  const shares = new Array<number>(elements).fill(0);
  let total = 0;
  for (const vector of vectors) {
    for (let i = 0; i < massesAmu.length; i++) {
      for (let axis = 0; axis < 3; axis++) {
        const square = (vector[3 * i + axis]! * vector[3 * i + axis]!) / massesAmu[i]!;
        shares[species[i]!]! += square;
        total += square;
      }
    }
  }
  return shares.map((share) => share / total);
}
