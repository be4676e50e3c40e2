/**
 * The paper's Table IV: structures at 0 K, each by the methods asked for. Lattice constant, space group, dynamical stability,
 * energy from the structure that kept its symmetry, and the published values beside.
 */
import type { JsonObject } from '../formats/json-document.ts';
import type { GroundState } from './bulk-results.ts';
import { describeWithdrawal } from './campaign-results.ts';
import type { PublishedGroundState, PublishedValues } from './published.ts';
import { type Cell, cellName, type PublishedValue, type Table } from './table.ts';

interface Column {
  readonly key: string;
  readonly heading: string;
  readonly unit: string;
  readonly digits?: number;
  /** The field of the event's results. */
  readonly result: string;
  readonly text?: (results: JsonObject) => string;
  readonly published?: (row: PublishedGroundState) => Omit<PublishedValue, 'what'> | undefined;
}

const plain = (value: number | undefined) => (value === undefined ? undefined : { value });

const columns: readonly Column[] = [
  { key: 'atoms', heading: 'atoms', unit: '', digits: 6, result: 'atoms', published: ({ atoms }) => plain(atoms) },
  {
    key: 'a',
    heading: 'a',
    unit: 'Å',
    digits: 5,
    result: 'effectiveLatticeConstantA',
    published: ({ latticeConstantA }) => plain(latticeConstantA),
  },
  {
    key: 'spaceGroup',
    heading: 'space group',
    unit: '',
    result: 'spaceGroupNumber',
    text: ({ spaceGroupSymbol, spaceGroupNumber }) => `${spaceGroupSymbol} (No. ${spaceGroupNumber})`,
    published: ({ spaceGroup, spaceGroupNumber }) =>
      spaceGroupNumber === undefined
        ? undefined
        : { value: spaceGroupNumber, text: `${spaceGroup} (No. ${spaceGroupNumber})` },
  },
  {
    key: 'stability',
    heading: 'dynamically',
    unit: '',
    result: 'stability',
    text: ({ stability, imaginaryModes, lowestFrequencyThz }) =>
      stability === 'stable'
        ? 'stable'
        : `unstable: ${imaginaryModes} imaginary ${imaginaryModes === 1 ? 'mode' : 'modes'}, the lowest ${Math.abs(lowestFrequencyThz as number).toFixed(2)}i THz`,
    published: ({ stability }) =>
      stability === undefined ? undefined : { value: stability === 'stable' ? 1 : 0, text: stability },
  },
  {
    key: 'dE',
    heading: 'ΔE',
    unit: 'meV/atom',
    result: 'energyDifferenceMevAtom',
    published: ({ energyDifferenceMevAtom }) => plain(energyDifferenceMevAtom),
  },
];

const METHODS: Readonly<Record<GroundState['method'], string>> = {
  symmetric: 'symmetry kept',
  annealed: 'annealed and quenched',
};

/** Undefined where the campaign asks for no structure at 0 K. */
export function deriveGroundStateTable(
  groundStates: readonly GroundState[],
  published: PublishedValues | undefined,
): Table | undefined {
  if (groundStates.length === 0) return undefined;
  const rows = published?.groundStates ?? [];
  return {
    name: 'tableIV',
    title: 'Structures at 0 K (layout of Table IV)',
    columns: columns.map(({ key, heading }) => ({ key, heading })),
    rows: [
      ...groundStates.map((state) => {
        const { name, method, potential, fit } = state;
        const beside = rows.find((row) => row.groundState === name && row.method === method);
        return {
          name: `${name}-${method}`,
          heading: `${name}, ${METHODS[method]} (${potential}, fit ${fit})`,
          cells: columns.map((column) => stateCell(state, column, beside)),
        };
      }),
      ...rows.flatMap((row, k) => {
        if (row.groundState !== undefined) return [];
        const name = `published-${k + 1}`;
        return [{ name, heading: row.heading!, cells: columns.map((column) => publishedCell(name, column, row)) }];
      }),
    ],
  };
}

function stateCell(state: GroundState, column: Column, beside: PublishedGroundState | undefined): Cell {
  const { key, unit, result, text, digits } = column;
  const literature = beside === undefined ? undefined : column.published?.(beside);
  const cell: Cell = {
    name: cellName('tableIV', `${state.name}-${state.method}`, key),
    value: null,
    unit,
    ...(digits === undefined ? {} : { digits }),
    interval95: null,
    status: 'missing',
    notes: [],
    events: eventsOf(state),
    published: literature === undefined ? null : { ...literature, what: 'published' },
  };
  if (state.withdrawn !== undefined) {
    return { ...cell, status: 'withdrawn', notes: [describeWithdrawal(state.withdrawn)] };
  }
  if (state.stopped !== undefined)
    return { ...cell, status: 'withheld', notes: [whyStopped(state.stopped.core.outcome)] };
  if (state.row === undefined) return cell;
  const { results } = state.row.core;
  const found = results[result];
  if (found === undefined || found === null) return { ...cell, status: 'withheld', notes: [whyWithheld(state, key)] };
  return {
    ...cell,
    value: typeof found === 'number' ? found : found === 'stable' ? 1 : 0,
    ...(text === undefined ? {} : { text: text(results as JsonObject) }),
    status: 'computed',
    notes: notesOf(state, key),
  };
}

/** The row's event, or what there is before it. */
function eventsOf({ preparation, phonons, row, withdrawn }: GroundState): string[] {
  if (row !== undefined) return [row.eventId];
  const latest = [preparation.at(-1), phonons, withdrawn?.event].filter((event) => event !== undefined);
  return [...new Set(latest.map(({ eventId }) => eventId))];
}

function whyStopped(outcome: unknown): string {
  const { reason } = outcome as { readonly reason?: { readonly message?: string } };
  return `the structure was not relaxed: ${reason?.message ?? 'its preparation stopped'}`;
}

function whyWithheld({ withPhonons, row }: GroundState, key: string): string {
  const because = row?.core.results.spaceGroupWithheld;
  if (key === 'spaceGroup') return `no name of a space group is certain: ${because}`;
  if (key === 'dE') return 'no structure that kept its symmetry is there to compare with';
  return withPhonons ? 'the phonons say nothing' : 'no phonons were asked for';
}

function notesOf({ row, phonons }: GroundState, key: string): string[] {
  const results = row!.core.results;
  if (key === 'spaceGroup') return [`to ${results.symprecA} Å`];
  if (key !== 'stability' || phonons === undefined) return [];
  const { points, residualForceEvA, toleranceThz } = phonons.core.results as { readonly [name: string]: number };
  return [
    `at ${points} q ${points === 1 ? 'point' : 'points'}; imaginary beyond ${toleranceThz} THz; ` +
      `the largest force left is ${residualForceEvA!.toExponential(1)} eV/Å`,
  ];
}

function publishedCell(row: string, { key, unit, digits, published }: Column, from: PublishedGroundState): Cell {
  const literature = published?.(from);
  return {
    name: cellName('tableIV', row, key),
    value: null,
    unit,
    ...(digits === undefined ? {} : { digits }),
    interval95: null,
    status: 'withheld',
    notes: ['from the literature alone: the campaign computes nothing of this kind'],
    events: [],
    published: literature === undefined ? null : { ...literature, what: 'published' },
  };
}
