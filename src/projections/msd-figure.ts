/** The paper's Fig. 10: mean square displacements by temperature, and the exponent against temperature (R1, R2). */
import { doubles, readBundle } from '../formats/array-bundle.ts';
import type { StateProfile, TemperaturePoint } from './campaign-results.ts';
import { pointEvents, pointVerdict } from './campaign-results.ts';
import { type Figure, type Panel, type Series, seriesName } from './figure.ts';
import type { ReadOutput } from './output-reader.ts';
import { eventIds, logSpaced, meanCurve, type PointRuns, whyMissing } from './run-curves.ts';
import { cellName } from './table.ts';

export function deriveMsdFigure(
  profiles: readonly StateProfile[],
  alphaRange: readonly [number, number],
  read: ReadOutput,
): Figure {
  return {
    name: 'fig10',
    title: 'Mean square displacements and the exponent of their growth',
    panels: [...profiles.map((profile) => msdPanel(profile, read)), alphaPanel(profiles)],
    notes: [
      'Panels a: averaged over all time origins and over runs; the published curves have one origin.',
      `Panel b: α of MSD ∝ t^α in the fit window, with its 95 % interval; diffusion counts as normal from ${alphaRange[0]} to ${alphaRange[1]}.`,
    ],
  };
}

function msdPanel({ row, points }: StateProfile, read: ReadOutput): Panel {
  const panel = `a-${row}`;
  return {
    name: panel,
    title: row,
    x: { label: 't', unit: 'ps', scale: 'log' },
    y: { label: 'MSD', unit: 'Å²', scale: 'log' },
    series: points.map((point): Series => {
      const { temperatureK, members } = point;
      const runs: PointRuns = {
        row,
        temperatureK,
        runs: members.map(({ diffusion, stopped, withdrawn }) => ({ event: diffusion, stopped, withdrawn })),
      };
      const curves = members.flatMap(({ diffusion }) => {
        const bytes = diffusion === undefined ? undefined : read(diffusion, 'msd');
        return bytes === undefined ? [] : [curveIn(bytes, `event ${diffusion!.eventId.slice(0, 12)}`)];
      });
      const missing = whyMissing(runs) ?? (curves.length === 0 ? 'the curves were dropped from the store' : undefined);
      return {
        name: seriesName('fig10', panel, `${temperatureK}K`),
        heading: `${temperatureK} K`,
        family: { quantity: 'T', value: temperatureK, unit: 'K' },
        source: 'computed',
        shape: 'line',
        ...(missing === undefined ? drawn(curves) : { x: [], y: [], missing }),
        events: eventIds(members.map(({ diffusion, stopped }) => diffusion ?? stopped)),
      };
    }),
  };
}

interface Curve {
  readonly timesPs: readonly number[];
  readonly msdA2: readonly number[];
}

/** Without the lag of 0, which a logarithmic axis has no place for. */
function curveIn(bytes: Uint8Array, where: string): Curve {
  const bundle = readBundle(bytes, where);
  return {
    timesPs: Array.from(doubles(bundle, 'timesFs', where).subarray(1), (timeFs) => timeFs / 1000),
    msdA2: [...doubles(bundle, 'msdA2', where).subarray(1)],
  };
}

function drawn(curves: readonly Curve[]): Pick<Series, 'x' | 'y' | 'interval95'> {
  const shortest = curves.reduce((least, curve) => (curve.timesPs.length < least.timesPs.length ? curve : least));
  const chosen = logSpaced(shortest.timesPs.length);
  const thinned = curves.map(({ msdA2 }) => chosen.map((at) => msdA2[at]!));
  return { x: chosen.map((at) => shortest.timesPs[at]!), ...meanCurve(thinned) };
}

const alphaPanel = (profiles: readonly StateProfile[]): Panel => ({
  name: 'b',
  title: 'exponent',
  x: { label: 'T', unit: 'K', scale: 'linear' },
  y: { label: 'α', unit: '', scale: 'linear' },
  series: profiles.map(({ row, points }): Series => {
    const results = points.map(({ replicas }) => replicas?.core.results);
    return {
      name: seriesName('fig10', 'b', row),
      heading: row,
      source: 'computed',
      shape: 'points',
      x: points.map(({ temperatureK }) => temperatureK),
      cells: points.map(({ temperatureK }) => cellName('diffusion', row, `alpha-${temperatureK}K`)),
      y: results.map((found) => (found?.alpha as number | null | undefined) ?? null),
      interval95: results.map((found) => (found?.alphaInterval as [number, number] | null | undefined) ?? null),
      ...(points.every(({ replicas }) => replicas === undefined) ? { missing: whyNoExponent(points) } : {}),
      events: [...new Set(points.flatMap(pointEvents))],
    };
  }),
});

const whyNoExponent = (points: readonly TemperaturePoint[]): string =>
  points.every((point) => pointVerdict(point) === 'stopped') ? 'all runs stopped early' : 'no run is analysed yet';
