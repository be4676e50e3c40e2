/** From configurations to the rows that are weighed against each other by D-optimality. */
import { InputError } from '../numerics/input-error.ts';
import { buildNeighbourList, type NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { type ParameterRows, siteRows } from './parameter-rows.ts';
import type { Weighting } from './training-set.ts';

/**
 * `configuration`: one row ∂E/∂θ a configuration, over N but for the weighting `molecules`. `neighbourhood`: a row
 * ∂V_i/∂θ of each atom.
 */
export type GradeMode = 'configuration' | 'neighbourhood';

export interface RowKind {
  readonly mode: GradeMode;
  /** Of the fit; of no consequence for neighbourhoods. With energies alone, `structures` is as `vibrations`. */
  readonly weighting: Weighting;
}

/** Configurations and what they are called in errors, such as the file that they are from. */
export interface NamedConfigurations {
  readonly name: string;
  readonly structures: readonly Structure[];
}

/**
 * The rows of one configuration: 1 × m or N × m.
 * @throws InputError `non-finite-result` for rows that are not finite, and what `ParameterRows.visit` throws
 */
export function candidateRows(
  source: ParameterRows,
  { mode, weighting }: RowKind,
  structure: Structure,
  list: NeighbourList,
): Float64Array {
  requireAtoms(structure);
  if (mode === 'neighbourhood') return finite(siteRows(source, structure, list), source.length, mode);
  const row = source.energyRow(structure, list);
  if (weighting !== 'molecules') for (let k = 0; k < row.length; k++) row[k] = row[k]! / structure.species.length;
  return finite(row, source.length, mode);
}

/** @throws InputError `no-atoms` */
export function requireAtoms(structure: Structure): void {
  if (structure.species.length > 0) return;
  throw new InputError('no-atoms', 'the configuration has no atoms', { expected: 'at least one' });
}

/** Calls `use` for each configuration in turn; errors say which one they are of. @throws InputError */
export function visitCandidates(
  source: ParameterRows,
  kind: RowKind,
  { name, structures }: NamedConfigurations,
  cutoffA: number,
  use: (rows: Float64Array, configuration: number) => void,
): void {
  for (const [k, structure] of structures.entries()) {
    atConfiguration(name, k, () => {
      use(candidateRows(source, kind, structure, buildNeighbourList(structure, cutoffA)), k);
    });
  }
}

/** Runs `work`; an error of the user's gets the name of the file and the number of the configuration, from 1. */
export function atConfiguration<T>(name: string, configuration: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const place = `${name}, configuration ${configuration + 1}`;
    const where = error.details.where === undefined ? place : `${place}, ${error.details.where}`;
    throw new InputError(error.code, error.what, { ...error.details, where });
  }
}

function finite(rows: Float64Array, length: number, mode: GradeMode): Float64Array {
  const at = rows.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return rows;
  throw new InputError('non-finite-result', 'the potential gives no finite derivative by its parameters', {
    ...(mode === 'neighbourhood' ? { where: `atom ${Math.floor(at / length) + 1} (counted from 1)` } : {}),
    found: `${rows[at]} for parameter ${at % length}`,
    remedy: 'atoms that are much too near, or a potential far outside its training set, give such numbers',
  });
}
