/** D and α at each temperature, with the published Arrhenius line's value at that temperature beside D. */
import { exp } from '../numerics/elementary.ts';
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import {
  describeWithdrawal,
  pointEvents,
  pointVerdict,
  pointWithdrawals,
  type StateProfile,
  stopMessage,
  type TemperaturePoint,
} from './campaign-results.ts';
import type { PublishedValues } from './published.ts';
import { type Cell, cellName, type PublishedValue, type Table } from './table.ts';

export function deriveDiffusionTable(profiles: readonly StateProfile[], published: PublishedValues | undefined): Table {
  return {
    name: 'diffusion',
    title: 'Diffusion coefficients',
    columns: [
      { key: 'T', heading: 'mean T' },
      { key: 'D', heading: 'D' },
      { key: 'Dsingle', heading: 'D, one origin' },
      { key: 'alpha', heading: 'α, verdict' },
    ],
    rows: profiles.flatMap((profile) =>
      profile.points.map((point) => ({
        name: profile.row,
        heading: `${profile.row}, ${point.temperatureK} K`,
        cells: [
          temperatureCell(point),
          diffusionCell(point, publishedAt(point, published)),
          singleOriginCell(point),
          alphaCell(point),
        ],
      })),
    ),
  };
}

function publishedAt(point: TemperaturePoint, published: PublishedValues | undefined): PublishedValue | null {
  const line = published?.structures[point.structure];
  if (line?.prefactorCm2S === undefined || line.activationEnergyMev === undefined) return null;
  const { temperatureK } = point;
  return {
    value: line.prefactorCm2S * exp(-line.activationEnergyMev / 1000 / (BOLTZMANN_EV_K * temperatureK)),
    what: `published Arrhenius line at ${temperatureK} K`,
  };
}

const column = (point: TemperaturePoint, quantity: string): string =>
  cellName('diffusion', point.row, `${quantity}-${point.temperatureK}K`);

function temperatureCell(point: TemperaturePoint): Cell {
  const value = point.replicas?.core.results.meanTemperatureK as number | undefined;
  return {
    ...base(point, 'T', 'K'),
    value: value ?? null,
    status: value === undefined ? openStatus(point) : 'computed',
  };
}

function diffusionCell(point: TemperaturePoint, published: PublishedValue | null): Cell {
  const cell = { ...base(point, 'D', 'cm²/s'), published };
  const results = point.replicas?.core.results;
  if (results === undefined) return { ...cell, status: openStatus(point) };
  if (results.verdict === 'fail') {
    return { ...cell, status: 'withheld', notes: [`D withheld: ${results.withheld}`, ...cell.notes] };
  }
  const value = results.diffusionCm2S as number;
  const half = results.halfWidth95Cm2S as number | null;
  return {
    ...cell,
    value,
    interval95: half === null ? null : [value - half, value + half],
    status: 'computed',
    notes: [
      ...(results.replicas === 1 ? ['a single run: its error cannot show the scatter between runs'] : []),
      ...cell.notes,
    ],
  };
}

/** The paper's own way, from the first frame alone: noisier, and beside D so that the two can be compared. */
function singleOriginCell(point: TemperaturePoint): Cell {
  const cell = base(point, 'Dsingle', 'cm²/s');
  const results = point.replicas?.core.results;
  if (results === undefined) return { ...cell, status: openStatus(point) };
  if (results.verdict === 'fail') return { ...cell, status: 'withheld' };
  return { ...cell, value: results.singleOriginDiffusionCm2S as number, status: 'computed' };
}

function alphaCell(point: TemperaturePoint): Cell {
  const cell = base(point, 'alpha', '');
  const results = point.replicas?.core.results;
  if (results === undefined) return { ...cell, status: openStatus(point) };
  return {
    ...cell,
    value: results.alpha as number | null,
    interval95: results.alphaInterval as [number, number] | null,
    status: results.alpha === null ? 'withheld' : 'computed',
    verdict: String(results.verdict),
    notes: results.alpha === null ? [String(results.withheld)] : [],
  };
}

function base(point: TemperaturePoint, quantity: string, unit: string): Cell {
  const stopped = point.members.filter((member) => member.stopped !== undefined);
  const melted = point.members.flatMap(movedFramework);
  return {
    name: column(point, quantity),
    value: null,
    unit,
    interval95: null,
    status: 'missing',
    notes: [
      ...stopped.map(
        ({ member, stopped: event }) => `member ${member + 1} of ${memberCount(point)} stopped: ${stopMessage(event!)}`,
      ),
      ...withdrawalNotes(point),
      ...melted,
    ],
    events: pointEvents(point),
    published: null,
  };
}

/** Those that are left out aside, all that there are: members are named by their number among them. */
const memberCount = ({ members }: TemperaturePoint): number =>
  members.reduce((most, { member }) => Math.max(most, member + 1), members.length);

/** Which members lack what: a mean over the others would be another result, so the cell is withdrawn as a whole. */
const withdrawalNotes = (point: TemperaturePoint): string[] =>
  pointWithdrawals(point).map((withdrawal) => {
    const lacking = point.members.filter((member) => member.withdrawn?.event.eventId === withdrawal.event.eventId);
    const said = describeWithdrawal(withdrawal);
    if (lacking.length === 0) return said;
    const members = `${lacking.length === 1 ? 'member' : 'members'} ${lacking.map(({ member }) => member + 1).join(', ')}`;
    return `${members} of ${memberCount(point)} withdrawn: ${said}`;
  });

/** An atom of a framework that holds stays within about this distance of its site, Å. */
const SITE_RADIUS_A = 1.5;

/** Species that diffuse though they should not: a framework that moves makes D mean something else. */
function movedFramework({ member, diffusion }: TemperaturePoint['members'][number]): string[] {
  if (diffusion === undefined) return [];
  const { params, results } = diffusion.summary;
  const mobile = params.mobileSpecies;
  return Object.entries(results.finalMsdA2 as { [element: string]: number }).flatMap(([element, msdA2]) =>
    element !== mobile && msdA2 > SITE_RADIUS_A * SITE_RADIUS_A
      ? [
          `member ${member + 1}: ${element} moved too, by ${Math.sqrt(msdA2).toFixed(1)} Å (root mean square) at the end`,
        ]
      : [],
  );
}

function openStatus(point: TemperaturePoint): Cell['status'] {
  if (pointWithdrawals(point).length > 0) return 'withdrawn';
  return pointVerdict(point) === 'stopped' ? 'withheld' : 'missing';
}
