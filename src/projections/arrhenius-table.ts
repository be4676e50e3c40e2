/** The paper's Table V: D0, E_a, D(300 K) and σ(300 K) of each structure, with intervals and the published values. */
import type { JsonValue } from '../formats/json-document.ts';
import { describeWithdrawal, pointEvents, type StateProfile } from './campaign-results.ts';
import type { PublishedLine, PublishedValues } from './published.ts';
import { type Cell, cellName, type PublishedValue, type Table } from './table.ts';

export interface ArrheniusQuantity {
  readonly key: string;
  readonly heading: string;
  readonly unit: string;
  readonly result: string;
  readonly interval: (results: { readonly [name: string]: JsonValue }) => Cell['interval95'];
  readonly published: keyof PublishedLine;
  /** Published at 300 K: not to be compared with a value at another temperature. */
  readonly at300K: boolean;
}

export function deriveArrheniusTable(
  profiles: readonly StateProfile[],
  extrapolateToK: number,
  published: PublishedValues | undefined,
): Table {
  const columns = arrheniusQuantities(extrapolateToK);
  return {
    name: 'tableV',
    title: `Arrhenius parameters and extrapolation to ${extrapolateToK} K (layout of Table V)`,
    columns: columns.map(({ key, heading }) => ({ key, heading })),
    rows: profiles.map((profile) => ({
      name: profile.row,
      heading: profile.row,
      cells: columns.map((quantity) => arrheniusCell(profile, quantity, extrapolateToK, published)),
    })),
  };
}

/** The columns of Table V. */
export function arrheniusQuantities(temperatureK: number): ArrheniusQuantity[] {
  const pair = (name: string) => (results: { readonly [name: string]: JsonValue }) =>
    results[name] as Cell['interval95'];
  return [
    {
      key: 'D0',
      heading: 'D0',
      unit: 'cm²/s',
      result: 'prefactorCm2S',
      interval: pair('prefactorInterval95Cm2S'),
      published: 'prefactorCm2S',
      at300K: false,
    },
    {
      key: 'Ea',
      heading: 'E_a',
      unit: 'meV',
      result: 'activationEnergyMev',
      interval: ({ activationEnergyMev, activationEnergyHalfWidth95Mev }) => {
        const [value, half] = [activationEnergyMev as number, activationEnergyHalfWidth95Mev as number];
        return [value - half, value + half];
      },
      published: 'activationEnergyMev',
      at300K: false,
    },
    {
      key: `D${temperatureK}`,
      heading: `D(${temperatureK} K)`,
      unit: 'cm²/s',
      result: 'diffusionCm2S',
      interval: pair('diffusionInterval95Cm2S'),
      published: 'diffusion300KCm2S',
      at300K: true,
    },
    {
      key: `sigma${temperatureK}`,
      heading: `σ(${temperatureK} K)`,
      unit: 'mS/cm',
      result: 'conductivityMsCm',
      interval: pair('conductivityInterval95MsCm'),
      published: 'conductivity300KMsCm',
      at300K: true,
    },
  ];
}

/** What literature has for the same quantity at the same temperature. */
export function publishedBeside(
  line: PublishedLine | undefined,
  quantity: ArrheniusQuantity,
  extrapolateToK: number,
): PublishedValue | null {
  const value = line?.[quantity.published];
  return value === undefined || (quantity.at300K && extrapolateToK !== 300) ? null : { value, what: 'published' };
}

/** A cell without a value still answers why: by what the temperatures gave, and by what was taken back. */
function eventsOf({ arrhenius, points, withdrawn }: StateProfile): string[] {
  if (arrhenius !== undefined) return [arrhenius.eventId];
  return [...new Set([...points.flatMap(pointEvents), ...withdrawn.map(({ event }) => event.eventId)])];
}

function arrheniusCell(
  profile: StateProfile,
  quantity: ArrheniusQuantity,
  extrapolateToK: number,
  published: PublishedValues | undefined,
): Cell {
  const cell: Cell = {
    name: cellName('tableV', profile.row, quantity.key),
    value: null,
    unit: quantity.unit,
    interval95: null,
    status: profile.withdrawn.length > 0 ? 'withdrawn' : profile.withheld === undefined ? 'missing' : 'withheld',
    notes: [
      ...profile.withdrawn.map(describeWithdrawal),
      ...(profile.withheld === undefined ? [] : [profile.withheld]),
    ],
    events: eventsOf(profile),
    published: publishedBeside(published?.structures[profile.structure], quantity, extrapolateToK),
  };
  if (profile.arrhenius === undefined) return cell;
  const { results } = profile.arrhenius.core;
  const value = results[quantity.result] as number | null;
  if (value === null) {
    return { ...cell, status: 'withheld', notes: ['the errors of D(T) are too large to extrapolate'] };
  }
  const used = results.temperatures as number;
  return {
    ...cell,
    value,
    interval95: quantity.interval(results),
    status: 'computed',
    notes:
      used === profile.points.length
        ? []
        : [`from ${used} of ${profile.points.length} temperatures: the others showed no normal diffusion`],
  };
}
