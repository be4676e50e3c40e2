/** The paper's Fig. 8 e and f: jumps between cages, and what the cages hold, against temperature (R7). */
import type { StoredEvent } from '../../store/event.ts';
import type { RunAnalysis } from './bulk-results.ts';
import { type Axis, type Figure, type Panel, type Series, seriesName } from './figure.ts';
import { deriveJumpTable, endedRuns, type JumpPoint, jumpPoints } from './jump-table.ts';
import { eventIds } from './run-curves.ts';

const temperature: Axis = { label: 'T', unit: 'K', scale: 'linear' };

/** Undefined where the campaign asks for no jumps. */
export function deriveJumpFigure(analyses: readonly RunAnalysis[]): Figure | undefined {
  const points = jumpPoints(analyses);
  if (points.length === 0) return undefined;
  const names = [...new Set(points.map(({ row }) => row))];
  return {
    name: 'fig8',
    title: 'Jumps between cages and occupancy of cages',
    panels: names.flatMap((row) => {
      const own = points.filter((point) => point.row === row);
      return [ratePanel(row, own, analyses), occupancyPanel(row, own)];
    }),
    notes: [
      'Panels e: jumps of an atom to the cage of another centre, back-jumps counted; net jumps are jumps less twice the back-jumps.',
      'Cells are coloured by the part of the atoms (e) or of the cages over all frames (f).',
      'Bars: 95 % interval of the mean over runs.',
    ],
  };
}

function ratePanel(row: string, points: readonly JumpPoint[], analyses: readonly RunAnalysis[]): Panel {
  const panel = `e-${row}`;
  const rows = deriveJumpTable(analyses)!.rows.filter(({ name }) => name === row);
  const rate = (key: string, heading: string): Series => {
    const cells = rows.map((row) => row.cells.find(({ name }) => name.split('/')[2]!.startsWith(`${key}-`))!);
    return {
      name: seriesName('fig8', panel, key),
      heading,
      source: 'computed',
      shape: 'points',
      x: points.map(({ temperatureK }) => temperatureK),
      y: cells.map(({ value }) => value),
      cells: cells.map(({ name }) => name),
      interval95: cells.map(({ interval95 }) => interval95),
      ...(cells.every(({ value }) => value === null) ? { missing: cells[0]!.notes[0] ?? 'not analysed yet' } : {}),
      events: [...new Set(cells.flatMap(({ events }) => events))],
    };
  };
  return {
    name: panel,
    title: `${row}: jumps between cages`,
    x: temperature,
    y: { label: 'jumps per atom and time', unit: '1/(atom ns)', scale: 'linear' },
    series: [
      shares('atoms', 'part of the atoms', panel, points, (events) => atomShares(events)),
      rate('jumps', 'jumps, mean'),
      rate('net', 'net jumps, mean'),
    ],
  };
}

const occupancyPanel = (row: string, points: readonly JumpPoint[]): Panel => ({
  name: `f-${row}`,
  title: `${row}: what the cages hold`,
  x: temperature,
  y: { label: 'atoms in a cage', unit: '', scale: 'linear' },
  series: [shares('cages', 'part of the cages', `f-${row}`, points, (events) => cageShares(events))],
});

/** One number of the y axis, and the part of all that has it. */
type Shares = readonly (readonly [y: number, share: number])[];

function shares(
  name: string,
  heading: string,
  panel: string,
  points: readonly JumpPoint[],
  of: (events: readonly StoredEvent[]) => Shares,
): Series {
  const found = points.flatMap((point) => {
    const events = endedRuns(point) ?? [];
    return events.length === 0 ? [] : of(events).map(([y, share]) => ({ x: point.temperatureK, y, share }));
  });
  return {
    name: seriesName('fig8', panel, name),
    heading,
    source: 'computed',
    shape: 'cells',
    x: found.map(({ x }) => x),
    y: found.map(({ y }) => y),
    share: found.map(({ share }) => share),
    ...(found.length === 0 ? { missing: 'not analysed yet' } : {}),
    events: eventIds(points.flatMap(({ runs }) => runs.map(({ event, stopped }) => event ?? stopped))),
  };
}

/** Of the runs together: which part of the atoms jumped at which rate. */
function atomShares(events: readonly StoredEvent[]): Shares {
  const byRate = new Map<number, number>();
  let atoms = 0;
  for (const { core } of events) {
    const { atomsByJumps, timePs } = core.results as { readonly atomsByJumps: number[]; readonly timePs: number };
    atomsByJumps.forEach((count, jumps) => {
      if (count === 0) return;
      const perNs = (jumps * 1000) / timePs;
      byRate.set(perNs, (byRate.get(perNs) ?? 0) + count);
      atoms += count;
    });
  }
  return [...byRate].sort(([a], [b]) => a - b).map(([perNs, count]) => [perNs, count / atoms]);
}

function cageShares(events: readonly StoredEvent[]): Shares {
  const all = events.map(({ core }) => core.results.occupancy as number[]);
  const most = Math.max(...all.map(({ length }) => length));
  return Array.from({ length: most }, (_, n): readonly [number, number] => [
    n,
    Math.min(1, all.reduce((sum, occupancy) => sum + (occupancy[n] ?? 0), 0) / all.length),
  ]).filter(([, share]) => share > 0);
}
