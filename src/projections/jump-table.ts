/** Jumps between cages and what the cages hold, at each temperature (R7): the mean over the runs, and the scatter. */
import type { StoredEvent } from '../../store/event.ts';
import { poolErrors } from '../analysis/replicas.ts';
import { mean } from '../numerics/statistics.ts';
import type { RunAnalysis } from './bulk-results.ts';
import { describeWithdrawal, distinctWithdrawals } from './campaign-results.ts';
import { type Cell, cellName, type Table } from './table.ts';

/** The runs of one structure at one temperature. */
export interface JumpPoint {
  readonly row: string;
  readonly temperatureK: number;
  readonly runs: readonly RunAnalysis[];
}

export function jumpPoints(analyses: readonly RunAnalysis[]): JumpPoint[] {
  const points = new Map<string, RunAnalysis[]>();
  for (const analysis of analyses) {
    if (analysis.name !== 'jumps') continue;
    const key = `${analysis.row} ${analysis.temperatureK}`;
    points.set(key, [...(points.get(key) ?? []), analysis]);
  }
  return [...points.values()].map((runs) => {
    const { row, temperatureK } = runs[0]!;
    return { row, temperatureK, runs };
  });
}

interface Column {
  readonly key: string;
  readonly heading: string;
  readonly unit: string;
  readonly value: (results: { readonly [name: string]: unknown }) => number;
  /** Of a rate: what is counted, and its standard error in one run from the scatter between atoms. */
  readonly rate?: { readonly count: string; readonly error: string };
  /** Largest value there can be. */
  readonly most?: number;
  /** Settled by how many atoms and cages there are: the runs cannot differ. */
  readonly settled?: boolean;
}

const rate = (key: string, heading: string, result: string, error: string, count: string): Column => ({
  key,
  heading,
  unit: '1/(atom ns)',
  value: (results) => results[result] as number,
  rate: { count, error },
});

const columns: readonly Column[] = [
  rate('jumps', 'jumps', 'jumpsPerAtomNs', 'jumpsStandardErrorPerAtomNs', 'jumps'),
  rate('backJumps', 'back-jumps', 'backJumpsPerAtomNs', 'backJumpsStandardErrorPerAtomNs', 'backJumps'),
  rate('net', 'net jumps', 'netJumpsPerAtomNs', 'netJumpsStandardErrorPerAtomNs', 'jumps'),
  {
    key: 'occupancy',
    heading: 'atoms a cage',
    unit: '',
    value: ({ meanOccupancy }) => meanOccupancy as number,
    settled: true,
  },
  {
    key: 'imbalance',
    heading: 'cages with more or fewer than most have',
    unit: '%',
    value: ({ occupancy }) => 100 * (1 - Math.max(...(occupancy as number[]))),
    most: 100,
  },
];

/** Undefined where the campaign asks for no jumps. */
export function deriveJumpTable(analyses: readonly RunAnalysis[]): Table | undefined {
  const points = jumpPoints(analyses);
  if (points.length === 0) return undefined;
  return {
    name: 'jumps',
    title: 'Jumps between cages, and what the cages hold (mean over the runs)',
    columns: columns.map(({ key, heading }) => ({ key, heading })),
    rows: points.map((point) => ({
      name: point.row,
      heading: `${point.row}, ${point.temperatureK} K`,
      cells: columns.map((column) => jumpCell(point, column)),
    })),
  };
}

/** Analyses of the runs that ended; undefined until all that can come are there. */
export function endedRuns({ runs }: JumpPoint): StoredEvent[] | undefined {
  const ended = runs.filter(({ stopped }) => stopped === undefined);
  const events = ended.flatMap(({ event }) => (event === undefined ? [] : [event]));
  return events.length === ended.length ? events : undefined;
}

function jumpCell(point: JumpPoint, { key, unit, value, rate, most, settled }: Column): Cell {
  const { runs } = point;
  const withdrawn = distinctWithdrawals(runs.map((run) => run.withdrawn));
  const known = runs.flatMap(({ event, stopped }) => [event, stopped]).filter((event) => event !== undefined);
  const cell: Cell = {
    name: cellName('jumps', point.row, `${key}-${point.temperatureK}K`),
    value: null,
    unit,
    interval95: null,
    status: withdrawn.length > 0 ? 'withdrawn' : 'missing',
    notes: withdrawn.map(describeWithdrawal),
    events: [...new Set([...known, ...withdrawn.map(({ event }) => event)].map(({ eventId }) => eventId))],
    published: null,
  };
  const events = endedRuns(point);
  if (withdrawn.length > 0 || events === undefined) return cell;
  const stopped = runs.length - events.length;
  const stoppedNote =
    stopped === 0
      ? []
      : [`${stopped} of ${runs.length} runs stopped early and ${stopped === 1 ? 'is' : 'are'} left out`];
  if (events.length === 0) return { ...cell, status: 'withheld', notes: stoppedNote };
  const values = events.map(({ core }) => value(core.results));
  const computed = { ...cell, value: mean(values), status: 'computed' as const, notes: stoppedNote };
  if (settled) return computed;
  if (rate !== undefined && events.every(({ core }) => core.results[rate.count] === 0)) {
    return { ...computed, interval95: [0, highestUnseen(events)] };
  }
  const errors = events.map(({ core }) => (rate === undefined ? null : (core.results[rate.error] as number | null)));
  const freedom = events.map(({ core }) => (core.results.atoms as number) - 1);
  const { halfWidth95 } = poolErrors(values, errors, freedom);
  if (halfWidth95 === null) return computed;
  const high = computed.value + halfWidth95;
  const interval95 = [Math.max(0, computed.value - halfWidth95), Math.min(most ?? high, high)] as const;
  return { ...computed, interval95 };
}

/** −ln 0.025: with so many events expected, none is seen in 2.5 % of all cases. */
const UNSEEN = 3.6888794541139363;

/** Upper end of the 95 % interval of a rate where no event was seen, per atom and ns. */
function highestUnseen(events: readonly StoredEvent[]): number {
  const exposures = events.map(({ core }) => ((core.results.atoms as number) * (core.results.timePs as number)) / 1000);
  return UNSEEN / exposures.reduce((sum, exposure) => sum + exposure, 0);
}
