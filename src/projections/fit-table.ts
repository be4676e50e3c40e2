/**
 * Errors of the potentials (P4): means over the members of a potential, with their range, on the training set and on a
 * validation set: what the training set keeps out, or the scheme's own.
 */
import type { StoredEvent } from '../../store/event.ts';
import { type CampaignResults, describeWithdrawal, stopMessage, type Withdrawal } from './campaign-results.ts';
import { STUCK, type Validation } from './scheme-record.ts';
import { type Cell, cellName, type Table } from './table.ts';

interface Quantity {
  readonly key: string;
  readonly heading: string;
  readonly unit: string;
  readonly result: string;
  /** Of `potential.errors`, for errors on a scheme's validation set. */
  readonly onValidation?: string;
}

const quantities: readonly Quantity[] = [
  { key: 'trainingEnergy', heading: 'E, training', unit: 'meV/atom', result: 'trainingEnergyRmseMevAtom' },
  { key: 'trainingForce', heading: 'F, training', unit: 'eV/Å', result: 'trainingForceRmseEvA' },
  {
    key: 'validationEnergy',
    heading: 'E, validation',
    unit: 'meV/atom',
    result: 'validationEnergyRmseMevAtom',
    onValidation: 'energyRmseMevAtom',
  },
  {
    key: 'validationForce',
    heading: 'F, validation',
    unit: 'eV/Å',
    result: 'validationForceRmseEvA',
    onValidation: 'forceRmseEvA',
  },
];

type Fits = Pick<CampaignResults, 'potentials' | 'withdrawnFits' | 'stuckFits'> & {
  readonly validations: { readonly [scheme: string]: Validation };
};

export const deriveFitTable = (fits: Fits): Table => ({
  name: 'fits',
  title: 'Root-mean-square errors of the potentials (mean over the fits; in parentheses their range)',
  columns: quantities.map(({ key, heading }) => ({ key, heading })),
  rows: Object.entries(fits.potentials).map(([name, events]) => ({
    name,
    heading: `${name} (${events.length} ${events.length === 1 ? 'fit' : 'fits'})`,
    cells: quantities.map((quantity) => fitCell(name, fits, quantity)),
  })),
});

/** Errors on a scheme's validation set where the potential is one of the scheme's. */
function errorsOf({ validations }: Fits, potential: string): Validation | undefined {
  return Object.values(validations).find(({ errors }) => Object.hasOwn(errors, potential));
}

function fitCell(potential: string, fits: Fits, quantity: Quantity): Cell {
  const { key, unit, result, onValidation } = quantity;
  const events = fits.potentials[potential]!;
  const validation = onValidation === undefined ? undefined : errorsOf(fits, potential);
  const sources: readonly (StoredEvent | Withdrawal | undefined)[] = validation?.errors[potential] ?? events;
  const done = sources.filter((source) => source !== undefined && !('because' in source)) as StoredEvent[];
  const withdrawn = [
    ...fits.withdrawnFits[potential]!,
    ...(sources.filter((source) => source !== undefined && 'because' in source) as Withdrawal[]),
  ];
  const what = validation === undefined ? 'fits are done' : 'fits have errors on the validation set';
  const cell: Cell = {
    name: cellName('fits', potential, key),
    value: null,
    unit,
    interval95: null,
    status: 'missing',
    notes: done.length === sources.length ? [] : [`${done.length} of ${sources.length} ${what}`],
    events: done.map(({ eventId }) => eventId),
    published: null,
  };
  if (withdrawn.length > 0) {
    const distinct = [...new Map(withdrawn.map((found) => [found.event.eventId, found])).values()];
    return {
      ...cell,
      status: 'withdrawn',
      notes: [...cell.notes, ...distinct.map(describeWithdrawal)],
      events: [...cell.events, ...distinct.map(({ event }) => event.eventId)],
    };
  }
  const withheld = (why: string, stopped: readonly StoredEvent[]): Cell => ({
    ...cell,
    status: 'withheld',
    notes: [...cell.notes, ...stopped.map((event) => `${why}: ${stopMessage(event)}`)],
    events: [...cell.events, ...stopped.map(({ eventId }) => eventId)],
  });
  const stuck = fits.stuckFits[potential]!;
  if (stuck.length > 0) return withheld(`its scheme ended before, ${STUCK}`, stuck);
  if (validation?.stopped !== undefined) {
    return withheld('the run that was to give the validation set stopped', [validation.stopped]);
  }
  if (done.length < sources.length) return cell;
  const name = validation === undefined ? result : onValidation!;
  const values = done.map(({ core }) => core.results[name]).filter((value) => typeof value === 'number');
  if (values.length === 0) return { ...cell, notes: ['no configuration is kept for validation'] };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    ...cell,
    value: mean,
    status: 'computed',
    ...(values.length === 1 ? {} : { range: [Math.min(...values), Math.max(...values)] as const }),
  };
}
