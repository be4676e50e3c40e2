/**
 * What force constants fulfil whatever the forces: the order of differentiation does not matter, and a translation of all
 * atoms costs nothing (the acoustic sum rule). Finite differences fulfil it up to their errors. Arrays are laid out as
 * `ForceConstants.values`.
 */
import { atomInSupercell, cellOf, type PhononCell } from './phonon-cell.ts';

/** Φ(iα, Jβ) = Φ(Jβ, iα): the mean of both, in place. */
export function imposePermutation(values: Float64Array, cell: PhononCell): void {
  const n = cell.unit.species.length;
  const atoms = cell.supercell.species.length;
  const before = values.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < atoms; j++) {
      const [a, b, c] = cellOf(cell, j);
      const at = 9 * (i * atoms + j);
      const mirrored = 9 * ((j % n) * atoms + atomInSupercell(cell, i, -a, -b, -c));
      for (let k = 0; k < 9; k++) {
        values[at + k] = 0.5 * (before[at + k]! + before[mirrored + 3 * (k % 3) + Math.floor(k / 3)]!);
      }
    }
  }
}

/**
 * Where the rule is to hold, Φ is projected, P Φ P with P = 1 − (1/N) Σ: it stays symmetric, and a translation of all atoms
 * gives no force.
 * @returns the largest component of Σ_J Φ(i, J) before, eV/Å²
 */
export function imposeSumRule(values: Float64Array, cell: PhononCell, enforce: boolean): number {
  const n = cell.unit.species.length;
  const atoms = cell.supercell.species.length;
  const sums = new Float64Array(9 * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < atoms; j++) for (let k = 0; k < 9; k++) sums[9 * i + k]! += values[9 * (i * atoms + j) + k]!;
  }
  const drift = sums.reduce((largest, sum) => Math.max(largest, Math.abs(sum)), 0);
  if (!enforce) return drift;
  const total = new Float64Array(9);
  for (let i = 0; i < n; i++) for (let k = 0; k < 9; k++) total[k]! += sums[9 * i + k]! * cell.cells;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < atoms; j++) {
      for (let k = 0; k < 9; k++) {
        const transposed = sums[9 * (j % n) + 3 * (k % 3) + Math.floor(k / 3)]!;
        values[9 * (i * atoms + j) + k]! -= (sums[9 * i + k]! + transposed - total[k]! / atoms) / atoms;
      }
    }
  }
  return drift;
}
