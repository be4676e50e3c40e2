/** The paper's Table II: atoms and dimensions of the models, formation energies and widths of their boundaries. */
import type { StoredEvent } from '../../store/event.ts';
import { mean, standardDeviation } from '../numerics/statistics.ts';
import { quantile95 } from '../numerics/student-t.ts';
import {
  type BoundaryResults,
  type Place,
  placeEvents,
  placesLack,
  whyWithheld,
  widthPlace,
} from './boundary-results.ts';
import { describeWithdrawal, type StateProfile } from './campaign-results.ts';
import { noCell, placeCell } from './place-cell.ts';
import type { PublishedBoundary, PublishedModel, PublishedValues } from './published.ts';
import { type Cell, cellName, type PublishedValue, type Table } from './table.ts';

const COLUMNS = [
  { key: 'atoms', heading: 'atoms' },
  { key: 'x', heading: 'x' },
  { key: 'y', heading: 'y' },
  { key: 'z', heading: 'z' },
  { key: 'misorientation', heading: 'misorientation' },
  { key: 'gamma', heading: 'γ' },
  { key: 'gammaUnshifted', heading: 'γ from the start without a shift' },
  { key: 'excessVolume', heading: 'excess volume per area' },
  { key: 'delta', heading: 'δ' },
  { key: 'concentration', heading: 'concentration within δ over the mean' },
] as const;
type Column = (typeof COLUMNS)[number]['key'];

/** meV/atom: by how much repeated relaxations of one model were seen to scatter. */
const SCATTER_MEV_ATOM = 0.1;

interface Model {
  readonly row: string;
  readonly heading: string;
  readonly profile: StateProfile | undefined;
  /** As the recipe made it. */
  readonly made: StoredEvent | undefined;
  readonly published: PublishedModel & Partial<PublishedBoundary>;
}

/** @param made by structure and realisation, as the recipes made them */
export function deriveModelTable(
  profiles: readonly StateProfile[],
  boundaries: readonly BoundaryResults[],
  made: { readonly [structure: string]: readonly (StoredEvent | undefined)[] },
  published: PublishedValues | undefined,
): Table {
  const profileOf = (name: string) => profiles.find(({ structure }) => structure === name);
  const bicrystals = new Set(boundaries.map(({ boundary }) => boundary));
  const bulks = profiles.filter(({ structure }) => !bicrystals.has(structure));
  return {
    name: 'tableII',
    title: 'Models of bulk and boundaries (layout of Table II; the first realisation of each, at its minimum)',
    columns: COLUMNS.map(({ key, heading }) => ({ key, heading })),
    rows: [
      ...bulks.map((profile) => {
        const { row, structure } = profile;
        const model = {
          row,
          heading: row,
          profile,
          made: made[structure]?.[0],
          published: published?.structures[structure] ?? {},
        };
        return rowOf(model, undefined);
      }),
      ...boundaries.map((boundary) =>
        rowOf(
          {
            row: boundary.name,
            heading: boundary.name,
            profile: profileOf(boundary.boundary),
            made: made[boundary.boundary]?.[0],
            published: published?.boundaries?.[boundary.name] ?? {},
          },
          boundary,
        ),
      ),
    ],
  };
}

function rowOf(model: Model, boundary: BoundaryResults | undefined): Table['rows'][number] {
  const { row, heading } = model;
  return { name: row, heading, cells: COLUMNS.map(({ key }) => modelCell(model, boundary, key)) };
}

function modelCell(model: Model, boundary: BoundaryResults | undefined, key: Column): Cell {
  const name = cellName('tableII', model.row, key);
  const { published } = model;
  switch (key) {
    case 'atoms':
      return placeCell(modelPlace(model), {
        name,
        unit: '',
        published: beside(published.atoms),
        value: ({ atoms }) => atoms as number,
      });
    case 'x':
    case 'y':
    case 'z': {
      const axis = { x: 0, y: 1, z: 2 }[key];
      return placeCell(modelPlace(model), {
        name,
        unit: 'Å',
        published: beside(published.dimensionsA?.[axis]),
        value: ({ cellLengthsA }) => (cellLengthsA as number[] | undefined)?.[axis] ?? null,
        without: 'the structure is not relaxed: give it `relax` in the spec',
      });
    }
    default:
      return boundary === undefined ? bulkCell(model, name, key) : boundaryCell(model, boundary, name, key);
  }
}

const UNITS: { readonly [column in Column]?: string } = {
  misorientation: '°',
  gamma: 'meV/Å²',
  gammaUnshifted: 'meV/Å²',
  excessVolume: 'Å',
  delta: 'Å',
};

const bulkCell = (model: Model, name: string, key: Column): Cell => ({
  ...noCell(name, UNITS[key] ?? '', 'a bulk crystal has no boundary'),
  events: placeEvents(modelPlace(model)),
});

function boundaryCell(model: Model, boundary: BoundaryResults, name: string, key: Column): Cell {
  const unit = UNITS[key] ?? '';
  const { published } = model;
  const width = widthPlace(boundary);
  switch (key) {
    case 'misorientation':
      return placeCell(eventPlace(model.made), {
        name,
        unit,
        published: beside(published.misorientationDegrees),
        value: ({ boundary: made }) => {
          const angle = (made as { misorientationDegrees?: number } | undefined)?.misorientationDegrees;
          return angle === undefined ? null : Math.abs(angle);
        },
        without: 'a structure from a file does not tell how its grains are turned',
      });
    case 'gamma':
      return energyCell(boundary.energies, 'formationEnergyMevA2', {
        name,
        unit,
        published: beside(published.formationEnergyMevA2),
      });
    case 'gammaUnshifted':
      return boundary.unshifted.length === 0
        ? {
            ...noCell(name, unit, 'no γ-surface is searched: γ is that of the start without a shift'),
            events: placeEvents(modelPlace(model)),
          }
        : energyCell(boundary.unshifted, 'formationEnergyMevA2', { name, unit });
    case 'excessVolume':
      return energyCell(boundary.energies, 'excessVolumeA', { name, unit });
    case 'delta':
      return placeCell(width, {
        name,
        unit,
        published: beside(published.widthA),
        value: ({ widthA }) => widthA as number | null,
        interval95: ({ widthA, widthStandardErrorA }) => {
          const half = quantile95(Number.POSITIVE_INFINITY) * (widthStandardErrorA as number);
          return [(widthA as number) - half, (widthA as number) + half];
        },
        notes: (results) => [
          `from the profile of energies at ${boundary.widthFromK} K, and used at all temperatures; atoms of one potential share its energy in a way of their own`,
          spreadOf(results),
          ...(boundary.givenWidthA === undefined
            ? []
            : [`D of the boundary is computed with the width that the spec gives: ${boundary.givenWidthA.value} Å`]),
        ],
      });
    default:
      return placeCell(width, {
        name,
        unit,
        value: ({ boundaryConcentration }) => (boundaryConcentration as number | undefined) ?? null,
        notes: () => ['1 where nothing segregates, as Hart’s equation demands'],
      });
  }
}

function spreadOf({ memberWidthsA, widthScatterA }: StoredEvent['core']['results']): string {
  const found = (memberWidthsA as (number | null)[]).filter((width) => width !== null);
  return typeof widthScatterA === 'number'
    ? `over ${found.length} runs, each by itself, δ scatters by ${widthScatterA.toFixed(1)} Å (standard deviation)`
    : 'a single run has a width of its own: its scatter over fits is not known';
}

/** The mean over realisations and fits, with the scatter between them. */
function energyCell(
  places: readonly Place[],
  result: 'formationEnergyMevA2' | 'excessVolumeA',
  { name, unit, published = null }: { name: string; unit: string; published?: PublishedValue | null },
): Cell {
  const { withdrawn, isOpen } = placesLack(places);
  const done = places.flatMap(({ event }) => event ?? []);
  const reasons = [...new Set(places.flatMap((place) => whyWithheld(place) ?? []))];
  const cell: Cell = {
    name,
    value: null,
    unit,
    interval95: null,
    status: 'missing',
    notes: reasons,
    events: [...new Set(places.flatMap(placeEvents))],
    published,
  };
  if (withdrawn.length > 0) return { ...cell, status: 'withdrawn', notes: withdrawn.map(describeWithdrawal) };
  if (isOpen) return { ...cell, notes: [...reasons, `${done.length} of ${places.length} are done`] };
  if (done.length === 0) return { ...cell, status: 'withheld' };
  const values = done.map(({ core }) => core.results[result] as number);
  const value = mean(values);
  const half =
    values.length < 2 ? null : (quantile95(values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
  const perMev = done[0]!.core.results.mevA2PerMevPerAtom as number;
  const scatter = `repeated relaxations scatter by some ${SCATTER_MEV_ATOM} meV/atom, here ${(SCATTER_MEV_ATOM * perMev).toFixed(2)} meV/Å²`;
  return {
    ...cell,
    value,
    interval95: half === null ? null : [value - half, value + half],
    ...(values.length < 2 ? {} : { range: [Math.min(...values), Math.max(...values)] as const }),
    status: 'computed',
    notes: [...reasons, ...(result === 'formationEnergyMevA2' ? [scatter] : [])],
  };
}

const beside = (value: number | undefined): PublishedValue | null =>
  value === undefined ? null : { value, what: 'published' };

const eventPlace = (event: StoredEvent | undefined): Place => ({
  event,
  withheld: undefined,
  withdrawn: [],
  grounds: [],
});

/** The model as its runs start from it. */
function modelPlace({ profile, made }: Model): Place {
  const member = profile?.points[0]?.members[0];
  if (member === undefined) return eventPlace(made);
  const { structure, stopped, withdrawn } = member;
  if (structure !== undefined) return eventPlace(structure);
  return {
    event: undefined,
    withheld: stopped === undefined ? undefined : 'its preparation stopped before it came to a minimum',
    withdrawn: withdrawn === undefined ? [] : [withdrawn],
    grounds: stopped === undefined ? [] : [stopped],
  };
}
