/**
 * Tables of the variance study: `variance`, the scatter of D in the sets A, B and C; `components`, what each source
 * contributes, and the mean that the runs give. A line for each structure, temperature and level.
 */
import type { Source } from '../../analysis/variance/nested-sample.ts';
import { exp } from '../../numerics/elementary.ts';
import { type Cell, cellName, type Table } from '../table.ts';
import type { SetName } from './variance-sets.ts';
import { type LevelStudy, SET_NAMES } from './variance-study.ts';

const NEEDS: { readonly [set in SetName]: string } = {
  A: 'A needs several runs of one potential that start from different velocities',
  B: 'B needs several fits to one training set from different random starts, each with a run',
  C: 'C needs several scheme runs, each with a fit and a run',
};

const UNSEEN: { readonly [source in Source]: string } = {
  sampling: 'no fit has two runs',
  fit: 'no scheme run has two fits',
  training: 'there is one scheme run',
};

const SOURCE_HEADINGS: { readonly [source in Source]: string } = {
  sampling: 'sampling',
  fit: 'fits',
  training: 'training sets',
};

const SOURCE_ORDER: readonly Source[] = ['sampling', 'fit', 'training'];

/** What must be said of a level beside its numbers, such as runs that stopped and have no D. */
export type NotesOf = (level: LevelStudy) => readonly string[];

export const VARIANCE_TABLES: readonly string[] = ['variance', 'components'];

export function deriveVarianceTables(study: readonly LevelStudy[], notesOf: NotesOf = () => []): Table[] {
  return [deriveVarianceTable(study, notesOf), deriveComponentTable(study, notesOf)];
}

function deriveVarianceTable(study: readonly LevelStudy[], notesOf: NotesOf): Table {
  return {
    name: 'variance',
    title:
      'Standard deviation of single D in the sets A (sampling), B (and fits), C (and training sets); in % that of ln D; χ² intervals',
    columns: SET_NAMES.flatMap((set) => [
      { key: set, heading: `${set}, relative` },
      { key: `${set}cm2s`, heading: set },
    ]),
    rows: study.map((level) => ({
      name: level.structure,
      heading: headingOf(level),
      cells: SET_NAMES.flatMap((set) => setCells(level, set, notesOf(level))),
    })),
  };
}

export const headingOf = ({ structure, temperatureK, runs }: LevelStudy): string =>
  `${structure}, ${temperatureK} K, level ${runs.level}`;

function setCells(level: LevelStudy, set: SetName, notes: readonly string[]): Cell[] {
  const found = level.sets[set];
  const relative = emptyCell(level, 'variance', set, '%');
  const plain = emptyCell(level, 'variance', `${set}cm2s`, 'cm²/s');
  if (found === undefined) {
    return [{ ...relative, notes: [NEEDS[set]] }, plain];
  }
  const { values, groups } = found.plain;
  const common = [
    groups === 1 ? `${values} runs` : `${values} runs in ${groups} groups, each about its own mean`,
    ...notes,
  ];
  const said = [...common, ...levelNotes(level)];
  return [
    found.relative === null
      ? {
          ...relative,
          status: 'withheld',
          notes: [...said, 'a D is not above 0, and has no logarithm'],
          events: found.events,
        }
      : {
          ...relative,
          value: 100 * found.relative.deviation,
          interval95: percent(found.relative.chiSquared95),
          status: 'computed',
          notes: said,
          events: found.events,
        },
    {
      ...plain,
      value: found.plain.deviation,
      interval95: found.plain.chiSquared95,
      status: 'computed',
      notes: said,
      events: found.events,
    },
  ];
}

function deriveComponentTable(study: readonly LevelStudy[], notesOf: NotesOf): Table {
  return {
    name: 'components',
    title:
      'What each source contributes to the standard deviation of ln D (nested random effects), and the geometric mean of D',
    columns: [
      ...SOURCE_ORDER.map((source) => ({ key: source, heading: SOURCE_HEADINGS[source] })),
      { key: 'mean', heading: 'mean D' },
    ],
    rows: study.map((level) => ({
      name: level.structure,
      heading: headingOf(level),
      cells: [
        ...SOURCE_ORDER.map((source) => componentCell(level, source, notesOf(level))),
        meanCell(level, notesOf(level)),
      ],
    })),
  };
}

function componentCell(level: LevelStudy, source: Source, notes: readonly string[]): Cell {
  const cell = emptyCell(level, 'components', source, '%');
  const { decomposition } = level;
  if (level.notPositive > 0) {
    return { ...cell, status: 'withheld', notes: [`${level.notPositive} D not above 0, without a logarithm`] };
  }
  const component = decomposition?.components.find(({ sources }) => sources.includes(source));
  if (component === undefined) return { ...cell, notes: [UNSEEN[source]] };
  if (component.level !== source) {
    return { ...cell, notes: [`${UNSEEN[source]}: contained in ${SOURCE_HEADINGS[component.level]}`] };
  }
  const others = component.sources.filter((name) => name !== source).map((name) => SOURCE_HEADINGS[name]);
  return {
    ...cell,
    value: 100 * component.deviation,
    interval95: percent(component.deviation95),
    status: 'computed',
    notes: [
      ...(others.length > 0 ? [`with ${others.join(' and ')}, which these runs cannot tell apart`] : []),
      ...notes,
      ...levelNotes(level),
    ],
  };
}

/** Of a D that is none, since diffusion is not normal, no mean is shown. */
function meanCell(level: LevelStudy, notes: readonly string[]): Cell {
  const cell = emptyCell(level, 'components', 'mean', 'cm²/s');
  const { decomposition } = level;
  if (level.verdict === 'fail') {
    return {
      ...cell,
      status: 'withheld',
      notes: ['not normal diffusion: the mean α lies outside its range', ...notes],
    };
  }
  if (level.notPositive > 0) {
    return { ...cell, status: 'withheld', notes: [`${level.notPositive} D not above 0, without a logarithm`] };
  }
  if (decomposition === undefined) return { ...cell, notes: ['a single run'] };
  return {
    ...cell,
    value: exp(decomposition.mean),
    interval95: [exp(decomposition.mean95[0]), exp(decomposition.mean95[1])],
    status: 'computed',
    notes: [`over ${decomposition.meanOver}`, ...notes, ...levelNotes(level)],
  };
}

function levelNotes({ verdict, structures, trainingSets, minimisations, runs }: LevelStudy): string[] {
  return [
    ...(verdict === 'fail' ? ['the runs show no normal diffusion (α): scatter of an apparent D'] : []),
    ...(structures > 1
      ? [`${structures} structures (drawn, or relaxed under each potential): their scatter counts as sampling`]
      : []),
    ...(trainingSets > runs.nested.length
      ? ['a scheme run has fits to several of its training sets: what these differ by counts as fits']
      : []),
    ...(minimisations > 1
      ? [
          'fits were minimised differently (from other starts, or over other numbers of iterations): that counts as fits',
        ]
      : []),
  ];
}

const percent = ([low, high]: readonly [number, number]): [number, number] => [100 * low, 100 * high];

/** @param column without temperature and level */
export const varianceCellName = ({ structure, key }: LevelStudy, table: string, column: string): string =>
  cellName(table, structure, `${column}-${key}`);

const emptyCell = (level: LevelStudy, table: string, column: string, unit: string): Cell => ({
  name: varianceCellName(level, table, column),
  value: null,
  unit,
  interval95: null,
  status: 'missing',
  notes: [],
  events: level.runs.nested.flat(2).map(({ diffusion }) => diffusion.eventId),
  published: null,
});
