/**
 * Fig. 4 as data: the standard deviation of D against level for the sets A, B and C, and the time that one D takes against
 * level with an exponential fit. For each structure and temperature of which there is a set.
 */
import { exp, log } from '../../numerics/elementary.ts';
import { fitLine } from '../../numerics/line-fit.ts';
import { mean } from '../../numerics/statistics.ts';
import { type Axis, checkedFigure, type Figure, type Panel, type Series, seriesName } from '../figure.ts';
import type { LineageSource } from '../lineage.ts';
import { runSeconds } from './task-times.ts';
import type { SetName } from './variance-sets.ts';
import { type LevelStudy, SET_NAMES } from './variance-study.ts';
import { varianceCellName } from './variance-table.ts';

const FIGURE = 'fig4';
const LEVEL: Axis = { label: 'level', unit: '', scale: 'linear' };

export function deriveVarianceFigure(study: readonly LevelStudy[], source: LineageSource): Figure {
  const groups = new Map<string, LevelStudy[]>();
  for (const level of study) {
    const key = `${level.structure}-${level.temperatureK}K`;
    groups.set(key, [...(groups.get(key) ?? []), level]);
  }
  const shown = [...groups].filter(([, levels]) => levels.some(({ sets }) => Object.keys(sets).length > 0));
  return checkedFigure({
    name: FIGURE,
    title: 'Scatter of diffusion coefficients by source, and what they cost, against the level of the potential',
    panels: shown.flatMap(([key, levels]) => [
      scatterPanel(key, levels, 'cm²/s'),
      scatterPanel(key, levels, '%'),
      timePanel(key, levels, source),
    ]),
    notes: [
      'A: runs of one potential. B: fits to one training set, a run each. C: scheme runs, a fit and a run each. Bars: 95 %, χ².',
      'Times are those recorded on the machines that ran the tasks, wall clock; they are no results.',
      ...(shown.length === 0 ? ['no structure has a set of two runs at one temperature and level'] : []),
    ],
  });
}

function scatterPanel(key: string, levels: readonly LevelStudy[], unit: 'cm²/s' | '%'): Panel {
  const name = `${unit === '%' ? 'relative' : 'sd'}-${key}`;
  return {
    name,
    title: `${levels[0]!.structure}, ${levels[0]!.temperatureK} K`,
    x: LEVEL,
    y: { label: unit === '%' ? 'standard deviation of ln D' : 'standard deviation of D', unit, scale: 'linear' },
    series: SET_NAMES.map((set) => scatterSeries(name, set, levels, unit)),
  };
}

function scatterSeries(panel: string, set: SetName, levels: readonly LevelStudy[], unit: 'cm²/s' | '%'): Series {
  const scale = unit === '%' ? 100 : 1;
  const found = levels.map(({ sets }) => (unit === '%' ? sets[set]?.relative : sets[set]?.plain) ?? null);
  const none = found.every((scatter) => scatter === null);
  return {
    name: seriesName(FIGURE, panel, set),
    heading: `set ${set}`,
    source: 'computed',
    shape: 'points',
    x: levels.map(({ runs }) => runs.level),
    y: found.map((scatter) => (scatter === null ? null : scale * scatter.deviation)),
    interval95: found.map((scatter) =>
      scatter === null ? null : [scale * scatter.chiSquared95[0], scale * scatter.chiSquared95[1]],
    ),
    cells: levels.map((level, k) =>
      found[k] === null ? null : varianceCellName(level, 'variance', unit === '%' ? set : `${set}cm2s`),
    ),
    ...(none ? { missing: `no level has a set ${set}` } : {}),
    events: [...new Set(levels.flatMap(({ sets }) => sets[set]?.events ?? []))],
  };
}

function timePanel(key: string, levels: readonly LevelStudy[], source: LineageSource): Panel {
  const name = `time-${key}`;
  const points = levels.map(({ runs }) => {
    const seconds = runs.nested.flat(2).map((run) => runSeconds(run, source));
    const known = seconds.filter((value) => value !== null);
    return { level: runs.level, seconds: known.length === 0 ? null : mean(known) };
  });
  const events = levels.flatMap(({ runs }) => runs.nested.flat(2).map(({ diffusion }) => diffusion.eventId));
  const measured: Series = {
    name: seriesName(FIGURE, name, 'runs'),
    heading: 'mean over the runs',
    source: 'computed',
    shape: 'points',
    x: points.map(({ level }) => level),
    y: points.map(({ seconds }) => seconds),
    ...(points.every(({ seconds }) => seconds === null) ? { missing: 'no durations are recorded' } : {}),
    events,
  };
  return {
    name,
    title: `Time for one D: ${levels[0]!.structure}, ${levels[0]!.temperatureK} K`,
    x: LEVEL,
    y: { label: 'time for one run', unit: 's', scale: 'log' },
    series: [measured, exponentialSeries(name, points, events)],
  };
}

/** t = a·exp(b·level), by least squares of ln t. */
function exponentialSeries(
  panel: string,
  points: readonly { level: number; seconds: number | null }[],
  events: readonly string[],
): Series {
  const used = points.flatMap(({ level, seconds }) => (seconds !== null && seconds > 0 ? [{ level, seconds }] : []));
  const line = fitLine(
    used.map(({ level }) => level),
    used.map(({ seconds }) => log(seconds)),
  );
  const levels = [...new Set(used.map(({ level }) => level))];
  const series: Series = {
    name: seriesName(FIGURE, panel, 'runs+fit'),
    heading: 'exponential fit',
    source: 'fit',
    shape: 'line',
    x: [],
    y: [],
    events,
  };
  if (line === null) return { ...series, missing: 'an exponential needs two levels' };
  return {
    ...series,
    heading: `exponential fit, ×${exp(2 * line.slope).toFixed(2)} from one even level to the next`,
    x: levels,
    y: levels.map((level) => exp(line.intercept + line.slope * level)),
  };
}
