/**
 * The paper's Fig. 11: D against 1000/T with 95 % intervals, the Arrhenius line of each structure with its value at the
 * temperature extrapolated to, and the published lines. The points are the cells of the tables `diffusion` and `tableV`.
 */
import { exp } from '../numerics/elementary.ts';
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import { deriveArrheniusTable } from './arrhenius-table.ts';
import type { StateProfile, TemperaturePoint } from './campaign-results.ts';
import { deriveDiffusionTable } from './diffusion-table.ts';
import { type Axis, type Figure, type Series, seriesName } from './figure.ts';
import type { PublishedValues } from './published.ts';
import { type Cell, cellName, cellsOf, type Table } from './table.ts';

const FIGURE = 'fig11';
const PANEL = 'D';

export function deriveArrheniusFigure(
  profiles: readonly StateProfile[],
  extrapolateToK: number,
  published: PublishedValues | undefined,
): Figure {
  const measured = profiles.map((profile) => measuredSeries(profile));
  const temperaturesK = profiles.flatMap(({ points }) => points.map(({ temperatureK }) => temperatureK));
  const range = { from: Math.min(extrapolateToK, ...temperaturesK), to: Math.max(extrapolateToK, ...temperaturesK) };
  const title = 'Arrhenius diagram of the diffusion coefficients';
  return {
    name: FIGURE,
    title,
    panels: [
      {
        name: PANEL,
        title,
        x: inverseTemperature(),
        y: { label: 'D', unit: 'cm²/s', scale: 'log' },
        series: profiles.flatMap((profile, k) => [
          measured[k]!.series,
          ...fittedSeries(profile, extrapolateToK, range),
          // Once a structure, however many rows of runs it has.
          ...(profiles.findIndex(({ structure }) => structure === profile.structure) === k
            ? publishedSeries(profile, range, published)
            : []),
        ]),
      },
    ],
    notes: [
      'Bars are 95 % intervals. Points are at the measured mean temperature of their runs.',
      ...(published === undefined ? [] : [`Published: ${published.source}.`]),
      ...measured.flatMap(({ notes }) => notes),
    ],
  };
}

/** Temperatures that readers look for, the most telling first: where there is no room, later ones give way. */
const MARKED_K = [300, 1000, 600, 400, 800, 500, 200, 700, 900, 1200, 350, 1500, 250, 450, 2000];

const inverseTemperature = (): Axis => ({
  label: '1000/T',
  unit: '1/K',
  scale: 'linear',
  opposite: {
    label: 'T',
    unit: 'K',
    marks: MARKED_K.map((temperatureK) => ({ at: 1000 / temperatureK, text: String(temperatureK) })),
  },
});

/** D as measured: a gap where a cell has no value, with the reason in a note. */
function measuredSeries(profile: StateProfile): { series: Series; notes: string[] } {
  const table = deriveDiffusionTable([profile], undefined);
  const cells = profile.points.map(({ row, temperatureK }) =>
    cellIn(table, cellName(table.name, row, `D-${temperatureK}K`)),
  );
  const named = profile.points.map((point, k) => ({ point, cell: cells[k]! }));
  const known = cells.filter(({ value }) => value !== null);
  const reasons = [...new Set(cells.flatMap(reasonOf))];
  const series: Series = {
    name: seriesName(FIGURE, PANEL, profile.row),
    heading: profile.row,
    source: 'computed',
    shape: 'points',
    x: profile.points.map((point) => 1000 / measuredTemperatureK(point)),
    y: cells.map(({ value }) => value),
    interval95: cells.map(({ interval95 }) => interval95),
    cells: cells.map(({ name }) => name),
    ...(known.length > 0 ? {} : { missing: reasons.join('; ') || 'not computed yet' }),
    events: [...new Set(cells.flatMap(({ events }) => events))],
  };
  const gaps = named.filter(({ cell }) => cell.value === null && known.length > 0);
  return {
    series,
    notes: gaps.map(
      ({ point, cell }) =>
        `${profile.row}, ${point.temperatureK} K: ${cell.status}${reasonOf(cell)
          .map((reason) => `, ${reason}`)
          .join('')}.`,
    ),
  };
}

const cellIn = (table: Table, name: string): Cell => cellsOf([table]).find((cell) => cell.name === name)!;

/** Why a cell has no value, where more is known than that it is missing. */
const reasonOf = ({ value, notes }: Cell): string[] => (value === null ? notes.slice(0, 1) : []);

const measuredTemperatureK = ({ temperatureK, replicas }: TemperaturePoint): number =>
  (replicas?.core.results.meanTemperatureK as number | undefined) ?? temperatureK;

/** The fitted line, and its value at the temperature extrapolated to with the interval there. */
function fittedSeries(profile: StateProfile, extrapolateToK: number, range: TemperatureRange): Series[] {
  const table = deriveArrheniusTable([profile], extrapolateToK, undefined);
  const cell = (quantity: string): Cell => cellIn(table, cellName(table.name, profile.row, quantity));
  const [prefactor, energy, extrapolated] = [cell('D0'), cell('Ea'), cell(`D${extrapolateToK}`)];
  const missing = reasonOf(extrapolated)[0] ?? 'not computed yet';
  const known = prefactor.value !== null && energy.value !== null;
  return [
    {
      name: seriesName(FIGURE, PANEL, `${profile.row}+fit`),
      heading: `${profile.row}, Arrhenius fit`,
      source: 'fit',
      shape: 'line',
      ...(known ? arrheniusLine(prefactor.value, energy.value, range) : { x: [], y: [], missing }),
      events: prefactor.events,
    },
    {
      name: seriesName(FIGURE, PANEL, `${profile.row}+extrapolated`),
      heading: `${profile.row}, fit at ${extrapolateToK} K`,
      source: 'fit',
      shape: 'points',
      x: extrapolated.value === null ? [] : [1000 / extrapolateToK],
      y: extrapolated.value === null ? [] : [extrapolated.value],
      interval95: extrapolated.value === null ? [] : [extrapolated.interval95],
      cells: extrapolated.value === null ? [] : [extrapolated.name],
      ...(extrapolated.value === null ? { missing } : {}),
      events: extrapolated.events,
    },
  ];
}

function publishedSeries(
  { structure }: StateProfile,
  range: TemperatureRange,
  published: PublishedValues | undefined,
): Series[] {
  const line = published?.structures[structure];
  if (line?.prefactorCm2S === undefined || line.activationEnergyMev === undefined) return [];
  return [
    {
      name: seriesName(FIGURE, PANEL, `${structure}+published`),
      heading: `${structure}, published line`,
      source: 'published',
      shape: 'line',
      ...arrheniusLine(line.prefactorCm2S, line.activationEnergyMev, range),
      events: [],
    },
  ];
}

interface TemperatureRange {
  readonly from: number;
  readonly to: number;
}

/** Straight on these axes, so its two ends are all of it. */
function arrheniusLine(
  prefactorCm2S: number,
  activationEnergyMev: number,
  { from, to }: TemperatureRange,
): Pick<Series, 'x' | 'y'> {
  const ends = from === to ? [to] : [to, from];
  return {
    x: ends.map((temperatureK) => 1000 / temperatureK),
    y: ends.map((temperatureK) => prefactorCm2S * exp(-activationEnergyMev / 1000 / (BOLTZMANN_EV_K * temperatureK))),
  };
}
