/** The independent values behind a cell: what a test on two cells may use as its sample. */
import type { StoredEvent } from '../../../store/event.ts';
import { mean } from '../../numerics/statistics.ts';
import { demandEvent, type LineageSource } from '../../projections/lineage.ts';
import type { Cell } from '../../projections/table.ts';
import { deriveVarianceSets } from '../../projections/variance/variance-sets.ts';

export interface CellSample {
  readonly values: readonly number[];
  readonly unit: string;
  /** What one value is: a run, the mean of a fit's runs, the mean of a scheme run's. */
  readonly each: string;
  readonly runs: number;
  readonly events: readonly string[];
}

/** Results that are a number of one run. */
const OF_A_RUN: { readonly [column: string]: string } = {
  D: 'diffusionCm2S',
  T: 'meanTemperatureK',
  alpha: 'alpha',
};

/** Undefined where a cell is not the mean of values that were found independently of one another. */
export function sampleOfCell(cell: Cell, source: LineageSource): CellSample | undefined {
  const [table, , column = ''] = cell.name.split('/');
  const events = cell.events.flatMap((eventId) => membersOf(demandEvent(source, eventId), source));
  if (events.length === 0) return undefined;
  if (table === 'diffusion') {
    const result = OF_A_RUN[column.slice(0, column.lastIndexOf('-'))];
    return result === undefined ? undefined : sampleOfRuns(events, source, result, cell.unit);
  }
  // Of the variance study the runs themselves are compared: their D, whatever is made of them in the cell.
  if (table === 'variance' || table === 'components') return sampleOfRuns(events, source, 'diffusionCm2S', 'cm²/s');
  return table === 'fits' ? sampleOfFits(events, column, cell.unit) : undefined;
}

/** A mean stands for what it is the mean of. */
function membersOf(event: StoredEvent, source: LineageSource): StoredEvent[] {
  const { members } = event.core.task.inputs;
  if (!Array.isArray(members)) return [event];
  return members.flatMap((member) => ('event' in member ? [demandEvent(source, member.event)] : []));
}

/**
 * Runs of one fit share it, and fits of one scheme run their training set: such values are not independent. The values are the
 * means of the outermost of these of which there are two.
 */
export function sampleOfRuns(
  events: readonly StoredEvent[],
  source: LineageSource,
  result: string,
  unit: string,
): CellSample | undefined {
  const runs = events.filter(({ core }) => core.task.kind === 'analysis.diffusion');
  const numberOf = ({ core }: StoredEvent): number => core.results[result] as number;
  if (runs.length === 0 || runs.some((run) => typeof numberOf(run) !== 'number')) return undefined;
  const { alike } = deriveVarianceSets(runs, source);
  const levels = alike.flatMap((group) => group.levels);
  const common = { unit, runs: runs.length, events: runs.map(({ eventId }) => eventId) };
  const nested = levels.length === 1 ? levels[0]!.nested : [];
  const ofRuns = (origins: readonly { readonly diffusion: StoredEvent }[]): number =>
    mean(origins.map(({ diffusion }) => numberOf(diffusion)));
  if (nested.length > 1) {
    return { ...common, values: nested.map((fits) => mean(fits.map(ofRuns))), each: 'mean of a scheme run' };
  }
  const fits = nested[0] ?? [];
  if (fits.length > 1 && fits.some((ofFit) => ofFit.length > 1)) {
    return { ...common, values: fits.map(ofRuns), each: 'mean of the runs of a fit' };
  }
  return { ...common, values: runs.map(numberOf), each: fits.length === 1 ? 'run of one fit' : 'run' };
}

const FIT_RESULTS: { readonly [column: string]: string } = {
  trainingEnergy: 'trainingEnergyRmseMevAtom',
  trainingForce: 'trainingForceRmseEvA',
  validationEnergy: 'validationEnergyRmseMevAtom',
  validationForce: 'validationForceRmseEvA',
};

function sampleOfFits(events: readonly StoredEvent[], column: string, unit: string): CellSample | undefined {
  const values = events.map(({ core }) => core.results[FIT_RESULTS[column] ?? '']);
  if (!values.every((value) => typeof value === 'number')) return undefined;
  return { values, unit, each: 'fit', runs: values.length, events: events.map(({ eventId }) => eventId) };
}
