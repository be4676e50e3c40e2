/**
 * The paper's Fig. 3: errors of potentials and D against their level, for each scheme; a point for each fit, so that
 * readers see the scatter.
 */
import type { StoredEvent } from '../../store/event.ts';
import type { TemperaturePoint, Withdrawal } from './campaign-results.ts';
import { type Axis, type Figure, type Panel, type Series, seriesName } from './figure.ts';
import type { Validation } from './scheme-record.ts';

const LEVEL: Axis = { label: 'level', unit: '', scale: 'linear' };

export interface LevelsOfScheme {
  readonly scheme: string;
  readonly levels: readonly { readonly level: number; readonly own: string; readonly refitted: string }[];
  readonly validation: Validation | undefined;
  /** Of the variance study, with their runs. */
  readonly points: readonly TemperaturePoint[];
}

/** Undefined where nothing is learnt. */
export function deriveLevelFigure(schemes: readonly LevelsOfScheme[]): Figure | undefined {
  const panels = schemes.flatMap((of) => [
    errorPanel(of, 'energy', 'energyRmseMevAtom', 'meV/atom'),
    errorPanel(of, 'force', 'forceRmseEvA', 'eV/Å'),
    ...(of.points.length === 0 ? [] : [diffusionPanel(of)]),
  ]);
  if (panels.length === 0) return undefined;
  return {
    name: 'fig3',
    title: 'Errors of potentials on unseen configurations, and D, against their level',
    panels,
    notes: [
      'A point for each fit, or each run. Those of the scheme: one fit for each of its runs, trained on what that run had labelled up to the level. ' +
        'Refitted: random starts on the final training set of its first run.',
    ],
  };
}

interface Point {
  readonly level: number;
  readonly y: number;
  readonly eventId: string;
}

function series(name: string, heading: string, points: readonly Point[], missing: string): Series {
  return {
    name,
    heading,
    source: 'computed',
    shape: 'points',
    x: points.map(({ level }) => level),
    y: points.map(({ y }) => y),
    events: [...new Set(points.map(({ eventId }) => eventId))],
    ...(points.length === 0 ? { missing } : {}),
  };
}

const isEvent = (found: StoredEvent | Withdrawal | undefined): found is StoredEvent =>
  found !== undefined && !('because' in found);

function errorPanel(
  { scheme, levels, validation }: LevelsOfScheme,
  what: 'energy' | 'force',
  result: string,
  unit: string,
): Panel {
  const name = `${what}-${scheme}`;
  const points = (which: 'own' | 'refitted'): Point[] =>
    levels.flatMap((of) =>
      (validation?.errors[of[which]] ?? [])
        .filter(isEvent)
        .map(({ core, eventId }) => ({ level: of.level, y: core.results[result] as number, eventId })),
    );
  const missing = validation === undefined ? 'the spec asks for no validation set' : 'not computed yet';
  const refitted = points('refitted');
  return {
    name,
    title: `${scheme}: error of the ${what === 'energy' ? 'energies' : 'forces'} (root mean square)`,
    x: LEVEL,
    y: { label: `${what} error`, unit, scale: 'log' },
    series: [
      series(seriesName('fig3', name, 'scheme'), 'of the scheme', points('own'), missing),
      ...(refitted.length === 0 ? [] : [series(seriesName('fig3', name, 'refitted'), 'refitted', refitted, missing)]),
    ],
  };
}

function diffusionPanel({ scheme, levels, points }: LevelsOfScheme): Panel {
  const name = `D-${scheme}`;
  const runs = (which: 'own' | 'refitted'): Point[] =>
    levels.flatMap((of) => {
      const events = points
        .filter(({ potential }) => potential === of[which])
        .flatMap(({ members }) => members.flatMap(({ diffusion }) => diffusion ?? []));
      return [...new Map(events.map((event) => [event.eventId, event])).values()].map(({ core, eventId }) => ({
        level: of.level,
        y: core.results.diffusionCm2S as number,
        eventId,
      }));
    });
  const refitted = runs('refitted');
  return {
    name,
    title: `${scheme}: D of ${points[0]!.structure} at ${points[0]!.temperatureK} K`,
    x: LEVEL,
    y: { label: 'D', unit: 'cm²/s', scale: 'linear' },
    series: [
      series(
        seriesName('fig3', name, 'scheme'),
        'runs under potentials of the scheme',
        runs('own'),
        'no run has ended yet',
      ),
      ...(refitted.length === 0
        ? []
        : [
            series(
              seriesName('fig3', name, 'refitted'),
              'runs under refitted potentials',
              refitted,
              'no run has ended yet',
            ),
          ]),
    ],
  };
}
