/** Errors of the fits on their training and validation sets (P4): the mean over the fits, and their range. */
import type { StoredEvent } from '../../store/event.ts';
import { type CampaignResults, describeWithdrawal, type Withdrawal } from './campaign-results.ts';
import { type Cell, cellName, type Table } from './table.ts';

const quantities = [
  { key: 'trainingEnergy', heading: 'E, training', unit: 'meV/atom', result: 'trainingEnergyRmseMevAtom' },
  { key: 'trainingForce', heading: 'F, training', unit: 'eV/Å', result: 'trainingForceRmseEvA' },
  { key: 'validationEnergy', heading: 'E, validation', unit: 'meV/atom', result: 'validationEnergyRmseMevAtom' },
  { key: 'validationForce', heading: 'F, validation', unit: 'eV/Å', result: 'validationForceRmseEvA' },
] as const;

export function deriveFitTable({
  potentials,
  withdrawnFits,
}: Pick<CampaignResults, 'potentials' | 'withdrawnFits'>): Table {
  return {
    name: 'fits',
    title: 'Root-mean-square errors of the potentials (mean over the fits; in parentheses their range)',
    columns: quantities.map(({ key, heading }) => ({ key, heading })),
    rows: Object.entries(potentials).map(([name, fits]) => ({
      name,
      heading: `${name} (${fits.length} ${fits.length === 1 ? 'fit' : 'fits'})`,
      cells: quantities.map((quantity) => fitCell(name, fits, withdrawnFits[name]!, quantity)),
    })),
  };
}

function fitCell(
  potential: string,
  fits: readonly (StoredEvent | undefined)[],
  withdrawn: readonly Withdrawal[],
  { key, unit, result }: (typeof quantities)[number],
): Cell {
  const done = fits.filter((fit) => fit !== undefined);
  const cell: Cell = {
    name: cellName('fits', potential, key),
    value: null,
    unit,
    interval95: null,
    status: 'missing',
    notes: done.length === fits.length ? [] : [`${done.length} of ${fits.length} fits are done`],
    events: done.map((fit) => fit.eventId),
    published: null,
  };
  if (withdrawn.length > 0) {
    return {
      ...cell,
      status: 'withdrawn',
      notes: [...cell.notes, ...withdrawn.map(describeWithdrawal)],
      events: [...cell.events, ...withdrawn.map(({ event }) => event.eventId)],
    };
  }
  const values = done.map((fit) => fit.core.results[result]).filter((value) => typeof value === 'number');
  if (done.length < fits.length) return cell;
  if (values.length === 0) return { ...cell, notes: ['no configuration is kept for validation'] };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    ...cell,
    value: mean,
    status: 'computed',
    ...(values.length === 1 ? {} : { range: [Math.min(...values), Math.max(...values)] as const }),
  };
}
