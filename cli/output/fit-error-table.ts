/** Errors of a potential as a table: a row each, a column for each set of configurations. */
import type { FitErrors } from '../../src/potential/fit-errors.ts';
import { formatNumber } from './numbers.ts';
import { renderColumns } from './text-table.ts';

const number = (value: number): string => formatNumber(value, 5);

const ROWS: readonly [string, (found: FitErrors) => string][] = [
  ['configurations', (found) => String(found.configurations)],
  ['atoms', (found) => String(found.atoms)],
  ['energy, root-mean-square error', (found) => `${number(found.energyRmseMevAtom)} meV/atom`],
  ['energy, mean absolute error', (found) => `${number(found.energyMaeMevAtom)} meV/atom`],
  ['energy, largest error', (found) => `${number(found.energyMaxMevAtom)} meV/atom`],
  ['force on an atom, root-mean-square error', (found) => `${number(found.forceRmseEvA)} eV/Å`],
  ['force component, root-mean-square error', (found) => `${number(found.forceComponentRmseEvA)} eV/Å`],
  ['force component, mean absolute error', (found) => `${number(found.forceComponentMaeEvA)} eV/Å`],
  ['force on an atom, largest error', (found) => `${number(found.forceMaxEvA)} eV/Å`],
  [
    'stress, root-mean-square error',
    (found) => (found.stressRmseGpa === null ? 'none' : `${number(found.stressRmseGpa)} GPa`),
  ],
];

export const renderFitErrors = (sets: readonly FitErrors[], headings?: readonly string[]): string =>
  renderColumns(
    [...(headings === undefined ? [] : [['', ...headings]]), ...ROWS.map(([name, of]) => [name, ...sets.map(of)])],
    sets.map((_, k) => k + 1),
  );
