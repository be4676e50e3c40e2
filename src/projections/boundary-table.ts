/**
 * Diffusion of boundaries: their rows of the paper's Table V, and what Hart's equation makes of each temperature, D of the
 * bicrystal and of its bulk beside what follows for the boundary.
 */
import type { StoredEvent } from '../../store/event.ts';
import { quantile95 } from '../numerics/student-t.ts';
import { arrheniusQuantities, publishedBeside } from './arrhenius-table.ts';
import {
  BOUNDARY_DIRECTIONS,
  type BoundaryDirection,
  type BoundaryResults,
  DIRECTION_SIGNS,
} from './boundary-results.ts';
import { pointEvents, pointVerdict, pointWithdrawals, type TemperaturePoint } from './campaign-results.ts';
import { placeCell } from './place-cell.ts';
import type { PublishedValues } from './published.ts';
import { type Cell, cellName, type Table } from './table.ts';

type Row = Table['rows'][number];

/** Rows of Table V, two of each boundary. */
export function boundaryArrheniusRows(
  boundaries: readonly BoundaryResults[],
  extrapolateToK: number,
  published: PublishedValues | undefined,
): Row[] {
  return eachDirection(boundaries, (boundary, direction, row) => [
    {
      name: row,
      heading: `${boundary.name} ${DIRECTION_SIGNS[direction]}`,
      cells: arrheniusQuantities(extrapolateToK).map((quantity) =>
        placeCell(boundary.diffusion[direction], {
          name: cellName('tableV', row, quantity.key),
          unit: quantity.unit,
          published: publishedBeside(published?.boundaries?.[boundary.name]?.[direction], quantity, extrapolateToK),
          value: (results) => (results[quantity.result] as number | undefined) ?? null,
          interval95: quantity.interval,
          without: 'the errors of D(T) are too large to extrapolate',
          notes: (results) => lineNotes(boundary, direction, results, ['D0', 'Ea'].includes(quantity.key)),
        }),
      ),
    },
  ]);
}

function lineNotes(
  { effective, reference }: BoundaryResults,
  direction: BoundaryDirection,
  results: StoredEvent['core']['results'],
  ofFit: boolean,
): string[] {
  const { widthA, isWidthGiven, boundaryFraction, temperatures, withoutBoundaryK, bulkTemperatures } = results;
  const without = withoutBoundaryK as number[];
  const bulkPoints = reference[direction].length;
  return [
    `Hart’s equation at each temperature with δ = ${(widthA as number).toFixed(1)} Å` +
      `${isWidthGiven === true ? ' (given by the spec)' : ''}, τ = ${(boundaryFraction as number).toFixed(2)}, then an Arrhenius line`,
    `D of the bulk is that of its Arrhenius line at every temperature, from ${bulkTemperatures} of ${bulkPoints} temperatures: ` +
      'below these it does not diffuse normally',
    ...(temperatures === effective[direction].length
      ? []
      : [`from ${temperatures} of ${effective[direction].length} temperatures`]),
    ...(without.length === 0
      ? []
      : [
          `no D of the boundary at ${without.map((t) => `${t.toFixed(0)} K`).join(', ')}, where D of the bicrystal is below what ` +
            'its bulk alone contributes: leaving these out raises the others’ mean',
        ]),
    ...(ofFit ? ['the interval is that of the errors of the bicrystal’s D alone'] : []),
  ];
}

const QUANTITIES = [
  { key: 'Deff', heading: 'D, bicrystal' },
  { key: 'Dbulk', heading: 'D, bulk (its line)' },
  { key: 'DGB', heading: 'D, boundary' },
  { key: 'contrast', heading: 'bicrystal over bulk' },
] as const;

export function deriveBoundaryTable(boundaries: readonly BoundaryResults[]): Table {
  return {
    name: 'boundaries',
    title: 'Hart’s equation at each temperature',
    columns: QUANTITIES.map(({ key, heading }) => ({ key, heading })),
    rows: eachDirection(boundaries, (boundary, direction, row) => {
      let used = 0;
      return boundary.effective[direction].map((point) => {
        const usable = point.replicas !== undefined && pointVerdict(point) !== 'fail';
        // The event lists the temperatures that it took, in this order.
        const at = usable ? used++ : undefined;
        return {
          name: row,
          heading: `${boundary.name} ${DIRECTION_SIGNS[direction]}, ${point.temperatureK} K`,
          cells: QUANTITIES.map(({ key }) => hartCell(boundary, direction, point, at, key, row)),
        };
      });
    }),
  };
}

interface HartPoint {
  readonly bulkCm2S: number;
  readonly bulkStandardErrorCm2S: number;
  readonly boundaryCm2S: number;
  readonly boundaryStandardErrorCm2S: number;
  readonly contrast: number;
  readonly isResolved: boolean;
}

const around = (value: number, standardError: number): [number, number] => {
  const half = quantile95(Number.POSITIVE_INFINITY) * standardError;
  return [value - half, value + half];
};

function hartCell(
  { diffusion }: BoundaryResults,
  direction: BoundaryDirection,
  point: TemperaturePoint,
  at: number | undefined,
  key: (typeof QUANTITIES)[number]['key'],
  row: string,
): Cell {
  const name = cellName('boundaries', row, `${key}-${point.temperatureK}K`);
  if (key === 'Deff') return effectiveCell(name, point);
  const place = diffusion[direction];
  const points = place.event?.core.results.points as unknown as readonly HartPoint[] | undefined;
  const found = at === undefined ? undefined : points?.[at];
  const unit = key === 'contrast' ? '' : 'cm²/s';
  const without = 'this temperature is not used: the bicrystal shows no normal diffusion there';
  if (key === 'Dbulk') {
    return placeCell(place, {
      name,
      unit,
      value: () => found?.bulkCm2S ?? null,
      interval95: () => around(found!.bulkCm2S, found!.bulkStandardErrorCm2S),
      without,
      always: true,
    });
  }
  const unresolved = 'D of the bicrystal and of its bulk differ by less than the 95 % error of the two';
  if (key === 'contrast') {
    const notes = found?.isResolved === false ? [unresolved] : [];
    return placeCell(place, {
      name,
      unit,
      value: () => found?.contrast ?? null,
      notes: () => notes,
      without,
      always: true,
    });
  }
  return placeCell(place, {
    name,
    unit,
    value: () => (found === undefined || whyNoBoundary(found) !== undefined ? null : found.boundaryCm2S),
    interval95: () => around(found!.boundaryCm2S, found!.boundaryStandardErrorCm2S),
    notes: () => (found!.isResolved ? [] : [unresolved]),
    without: found === undefined ? without : (whyNoBoundary(found) ?? without),
  });
}

/** Hart's equation amplifies errors: a number that its error drowns is none. */
function whyNoBoundary({ boundaryCm2S, boundaryStandardErrorCm2S }: HartPoint): string | undefined {
  if (!(boundaryCm2S > 0)) return 'D of the bicrystal is below what its bulk alone contributes';
  return boundaryStandardErrorCm2S < boundaryCm2S ? undefined : 'its error is larger than itself';
}

function effectiveCell(name: string, point: TemperaturePoint): Cell {
  const stopped = point.members.flatMap((member) => member.stopped ?? []);
  const cell = placeCell(
    {
      event: point.replicas,
      withheld: pointVerdict(point) === 'stopped' ? 'all runs stopped early' : undefined,
      withdrawn: pointWithdrawals(point),
      grounds: stopped,
    },
    {
      name,
      unit: 'cm²/s',
      value: ({ diffusionCm2S }) => diffusionCm2S as number,
      interval95: ({ diffusionCm2S, halfWidth95Cm2S }) => {
        const [value, half] = [diffusionCm2S as number, halfWidth95Cm2S as number | null];
        return half === null ? null : [value - half, value + half];
      },
    },
  );
  return { ...cell, events: pointEvents(point) };
}

function eachDirection(
  boundaries: readonly BoundaryResults[],
  rows: (boundary: BoundaryResults, direction: BoundaryDirection, row: string) => Row[],
): Row[] {
  return boundaries.flatMap((boundary) =>
    BOUNDARY_DIRECTIONS.flatMap((direction) => rows(boundary, direction, `${boundary.name}-${direction}`)),
  );
}
