/**
 * Which configurations of a pool are worth a label: those that enter the active set of the training set when all of the
 * pool are candidates (MLIP-2's `select-add`).
 */
import { ActiveRows, type ActiveSet, type ActiveSetOptions } from './active-set.ts';
import type { NamedConfigurations, RowKind } from './candidate-rows.ts';
import type { MtpPotential } from './potential.ts';

/** MLIP-2's. */
export const DEFAULT_SELECT_THRESHOLD = 1.1;

export interface SelectOptions extends ActiveSetOptions {
  /** Nothing is selected unless some configuration has a larger grade than this. */
  readonly selectThreshold?: number;
  /** Most swaps, and so most configurations; those with the largest gain come first. */
  readonly limit?: number | undefined;
}

export interface Selected {
  /** Place in the pool, from 0. */
  readonly index: number;
  /** Against the active set of the training set alone. */
  readonly grade: number;
}

export interface Selection {
  /** In the order of the pool. */
  readonly selected: readonly Selected[];
  /** Of all of the pool, against the active set of the training set alone. */
  readonly grades: readonly number[];
  /** After the selection; configurations count on from the training set into the pool. */
  readonly activeSet: ActiveSet;
  /** WebAssembly kernel that computed the rows. */
  readonly module: Uint8Array<ArrayBuffer>;
}

/** @throws InputError as `buildActiveSet` does */
export function selectAdd(
  potential: MtpPotential,
  training: NamedConfigurations,
  pool: NamedConfigurations,
  options: SelectOptions,
): Selection {
  const rows = new ActiveRows(potential, options);
  rows.queue(training);
  rows.maximise();
  return choose(rows, training.structures.length, pool, options);
}

/**
 * The same from the active set of the training set, made before: the same choice to the last bit. Configurations of the
 * pool count on from the last that has a row in the set.
 * @throws InputError `other-potential`, and as `buildActiveSet` does
 */
export function selectFrom(
  set: ActiveSet,
  potential: MtpPotential,
  pool: NamedConfigurations,
  options: Omit<SelectOptions, keyof RowKind | 'initThreshold'> = {},
): Selection {
  const first = 1 + set.configurations.reduce((a, b) => Math.max(a, b), -1);
  const { mode, weighting, initThreshold } = set;
  return choose(
    new ActiveRows(potential, { ...options, mode, weighting, initThreshold }, set, first),
    first,
    pool,
    options,
  );
}

function choose(
  rows: ActiveRows,
  first: number,
  pool: NamedConfigurations,
  { selectThreshold = DEFAULT_SELECT_THRESHOLD, limit }: Pick<SelectOptions, 'selectThreshold' | 'limit'>,
): Selection {
  const grades = rows.queue(pool);
  if (grades.some((grade) => grade > selectThreshold)) rows.maximise(limit);
  const activeSet = rows.activeSet();
  const taken = new Set(activeSet.configurations.filter((owner) => owner >= first).map((owner) => owner - first));
  const selected = [...taken].sort((a, b) => a - b).map((index) => ({ index, grade: grades[index]! }));
  return { selected, grades, activeSet, module: rows.module };
}
