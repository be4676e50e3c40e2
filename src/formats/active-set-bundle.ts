/**
 * A D-optimal active set as a bundle of arrays, m the number of parameters: potentialNumbers [3+m] (scaling, smallest and
 * largest distance in Å, parameters); matrix [m,m], the active rows; configurations [m] and atoms [m] that they are from,
 * −1 for none; logDeterminant [1]; initThreshold [1]. Meta: `mode` and `weighting`. The inverse of the matrix is not kept:
 * it is computed on reading, with the bits that it had.
 */
import { InputError } from '../numerics/input-error.ts';
import { invertMatrix } from '../numerics/matrix-inverse.ts';
import type { ActiveSet } from '../potential/active-set.ts';
import type { GradeMode } from '../potential/candidate-rows.ts';
import { NO_OWNER } from '../potential/max-vol.ts';
import type { Weighting } from '../potential/training-set.ts';
import { doubles, integers, readBundle, writeBundle } from './array-bundle.ts';

export function writeActiveSet(set: ActiveSet): Uint8Array {
  const m = set.configurations.length;
  return writeBundle({
    entries: [
      { name: 'potentialNumbers', shape: [3 + m], unit: '1', data: set.potentialNumbers },
      { name: 'matrix', shape: [m, m], unit: '1', data: set.matrix },
      { name: 'configurations', shape: [m], unit: '1', data: set.configurations },
      { name: 'atoms', shape: [m], unit: '1', data: set.atoms },
      { name: 'logDeterminant', shape: [1], unit: '1', data: Float64Array.of(set.logDeterminant) },
      { name: 'initThreshold', shape: [1], unit: '1', data: Float64Array.of(set.initThreshold) },
    ],
    meta: { mode: set.mode, weighting: set.weighting },
  });
}

/** @throws InputError `bad-bundle` where the bytes are not those of an active set */
export function readActiveSet(bytes: Uint8Array, where: string): ActiveSet {
  const refuse = (what: string): never => {
    throw new InputError('bad-bundle', `not an active set: ${what}`, { where });
  };
  const bundle = readBundle(bytes, where);
  const configurations = integers(bundle, 'configurations', where);
  const m = configurations.length;
  if (m === 0) refuse('it has no rows');
  const matrix = doubles(bundle, 'matrix', where, [m, m]);
  const atoms = integers(bundle, 'atoms', where, [m]);
  const { mode, weighting } = bundle.meta;
  if (!isOneOf(MODES, mode)) return refuse('no known mode');
  if (!isOneOf(WEIGHTINGS, weighting)) return refuse('no known weighting');
  for (let row = 0; row < m; row++) {
    const owned = configurations[row]! !== NO_OWNER;
    if (configurations[row]! < NO_OWNER || atoms[row]! < NO_OWNER) refuse('an index is negative');
    if ((atoms[row]! !== NO_OWNER) !== (owned && mode === 'neighbourhood')) refuse('rows and atoms do not fit');
  }
  const initThreshold = doubles(bundle, 'initThreshold', where, [1])[0]!;
  if (!(initThreshold > 0)) refuse('its initial threshold is not positive');
  return {
    mode,
    weighting,
    potentialNumbers: doubles(bundle, 'potentialNumbers', where, [3 + m]),
    initThreshold,
    matrix,
    inverse: inverseOf(matrix, m, where),
    configurations,
    atoms,
    logDeterminant: doubles(bundle, 'logDeterminant', where, [1])[0]!,
  };
}

function inverseOf(matrix: Float64Array, m: number, where: string): Float64Array {
  try {
    const inverse = invertMatrix(matrix, m);
    if (inverse.every(Number.isFinite)) return inverse;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  throw new InputError('bad-bundle', 'not an active set: its rows are not independent', { where });
}

const MODES: readonly GradeMode[] = ['configuration', 'neighbourhood'];
const WEIGHTINGS: readonly Weighting[] = ['vibrations', 'molecules', 'structures'];

const isOneOf = <T>(choices: readonly T[], value: unknown): value is T => choices.includes(value as T);
