/**
 * The paper's Table III: the final potential of each scheme, how many configurations it was trained on, and its errors;
 * the errors are the cells of the table of fits, means over the scheme's runs.
 */
import type { StoredEvent } from '../../store/event.ts';
import { describeWithdrawal } from './campaign-results.ts';
import type { PublishedTraining, PublishedValues } from './published.ts';
import type { SchemeRun } from './scheme-record.ts';
import { type Cell, cellName, type Table } from './table.ts';

interface Column {
  readonly key: keyof PublishedTraining;
  readonly heading: string;
  readonly unit: string;
  /** Column of the table of fits. */
  readonly ofFits?: string;
}

const columns: readonly Column[] = [
  { key: 'atoms', heading: 'atoms', unit: '' },
  { key: 'configurations', heading: 'configurations', unit: '' },
  { key: 'trainingEnergyMevAtom', heading: 'E, training', unit: 'meV/atom', ofFits: 'trainingEnergy' },
  { key: 'trainingForceEvA', heading: 'F, training', unit: 'eV/Å', ofFits: 'trainingForce' },
  { key: 'validationEnergyMevAtom', heading: 'E, validation', unit: 'meV/atom', ofFits: 'validationEnergy' },
  { key: 'validationForceEvA', heading: 'F, validation', unit: 'eV/Å', ofFits: 'validationForce' },
];

/** A scheme with what its targets were made of. */
export interface TrainedScheme {
  readonly name: string;
  readonly runs: readonly SchemeRun[];
  /** What the potential of its highest level is called. */
  readonly potential: string;
  /** `structure.create` events of its targets. */
  readonly targets: readonly (StoredEvent | undefined)[];
}

/** @param fits the table of fits. @returns undefined where nothing is learnt */
export function deriveTrainingTable(
  schemes: readonly TrainedScheme[],
  fits: Table,
  published: PublishedValues | undefined,
): Table | undefined {
  if (schemes.length === 0) return undefined;
  return {
    name: 'tableIII',
    title: 'Final potentials of active learning (layout of Table III; errors: means over the runs of a scheme)',
    columns: columns.map(({ key, heading }) => ({ key, heading })),
    rows: schemes.map((scheme) => ({
      name: scheme.name,
      heading: `${scheme.name} (${scheme.potential})`,
      cells: columns.map((column) => cellOf(scheme, column, fits, published?.trainings?.[scheme.name])),
    })),
  };
}

function cellOf(
  scheme: TrainedScheme,
  { key, unit, ofFits }: Column,
  fits: Table,
  published: PublishedTraining | undefined,
): Cell {
  const literature = published?.[key];
  const head = {
    name: cellName('tableIII', scheme.name, key),
    unit,
    interval95: null,
    published: literature === undefined ? null : { value: literature, what: 'published' },
  };
  const open: Cell = { ...head, value: null, status: 'missing', notes: [], events: [] };
  if (ofFits !== undefined) {
    const row = fits.rows.find(({ name }) => name === scheme.potential)!;
    const cell = row.cells.find(({ name }) => name === cellName('fits', scheme.potential, ofFits))!;
    return { ...cell, ...head };
  }
  const counted = key === 'atoms' ? scheme.targets.map(atomsIn) : scheme.runs.map(configurationsIn);
  const found = counted.filter((count) => count !== undefined);
  const lacking = scheme.runs.flatMap(({ withdrawn }) => (withdrawn === undefined ? [] : [withdrawn]));
  if (lacking.length > 0 && found.length < counted.length) {
    return {
      ...open,
      status: 'withdrawn',
      notes: lacking.map(describeWithdrawal),
      events: lacking.map(({ event }) => event.eventId),
    };
  }
  if (found.length < counted.length || found.length === 0) {
    return { ...open, notes: [`${found.length} of ${counted.length} are there`] };
  }
  const counts = found.map(({ count }) => count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return {
    ...head,
    value: counts.reduce((sum, count) => sum + count, 0) / counts.length,
    ...(least === most ? {} : { range: [least, most] as const }),
    digits: 5,
    status: 'computed',
    notes: [],
    events: [...new Set(found.map(({ eventId }) => eventId))],
  };
}

const atomsIn = (event: StoredEvent | undefined) =>
  event === undefined ? undefined : { count: event.core.results.atoms as number, eventId: event.eventId };

/** Of the training set of the highest level, once that is fitted for good. */
function configurationsIn({ levels }: SchemeRun): { count: number; eventId: string } | undefined {
  const potential = levels.at(-1)?.potential;
  if (potential === undefined) return undefined;
  return { count: potential.core.results.trainingConfigurations as number, eventId: potential.eventId };
}
