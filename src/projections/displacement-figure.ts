/** The paper's Fig. 9 d: how far the mobile atoms have come after a time (R7). */
import { doubles, readBundle } from '../formats/array-bundle.ts';
import type { RunAnalysis } from './bulk-results.ts';
import { type Figure, type Panel, type Series, seriesName } from './figure.ts';
import type { ReadOutput } from './output-reader.ts';
import { eventIds, meanCurve, pointsOf, whyMissing } from './run-curves.ts';

interface Distribution {
  readonly lagFs: number;
  readonly distancesA: readonly number[];
  readonly densityPerA: readonly number[];
}

/** Undefined where the campaign asks for none. */
export function deriveDisplacementFigure(analyses: readonly RunAnalysis[], read: ReadOutput): Figure | undefined {
  const points = pointsOf(analyses.filter(({ name }) => name === 'displacements')).map((point) => ({
    ...point,
    found: point.runs.flatMap((run) => distributionsOf(run, read)),
  }));
  if (points.length === 0) return undefined;
  const lags = [...new Set(points.flatMap(({ found }) => found.map(({ lagFs }) => lagFs)))].sort((a, b) => a - b);
  const panels = (lags.length === 0 ? [undefined] : lags).map((lagFs): Panel => {
    const panel = lagFs === undefined ? 'd' : `d-${lagFs / 1000}ps`;
    return {
      name: panel,
      title: lagFs === undefined ? 'displacements' : `after ${lagFs / 1000} ps`,
      x: { label: 'displacement', unit: 'Å', scale: 'linear' },
      y: { label: 'part of the atoms', unit: '1/Å', scale: 'linear' },
      series: points.flatMap((point): Series[] => {
        const { row, temperatureK, runs } = point;
        const own = point.found.filter((one) => one.lagFs === lagFs);
        const missing = whyMissing(point);
        if (missing === undefined && own.length === 0) return [];
        const longest = own.reduce<readonly number[]>(
          (most, { distancesA }) => (distancesA.length > most.length ? distancesA : most),
          [],
        );
        return [
          {
            name: seriesName('fig9', panel, `${row}-${temperatureK}K`),
            heading: `${row}, ${temperatureK} K`,
            source: 'computed',
            shape: 'bars',
            ...(missing === undefined
              ? { x: longest, ...meanCurve(own.map(({ densityPerA }) => densityPerA)) }
              : { x: [], y: [], missing }),
            events: eventIds(runs.map(({ event, stopped }) => event ?? stopped)),
          },
        ];
      }),
    };
  });
  return {
    name: 'fig9',
    title: 'Displacements of the mobile atoms',
    panels,
    notes: ['The drift of the framework is taken out. Bars: 95 % interval of the mean over runs, from their scatter.'],
  };
}

function distributionsOf({ event }: RunAnalysis, read: ReadOutput): Distribution[] {
  const bytes = event === undefined ? undefined : read(event, 'distributions');
  if (bytes === undefined) return [];
  const where = `event ${event!.eventId.slice(0, 12)}`;
  const bundle = readBundle(bytes, where);
  const distancesA = [...doubles(bundle, 'distancesA', where)];
  const densities = doubles(bundle, 'densityPerA', where);
  return Array.from(doubles(bundle, 'lagsFs', where), (lagFs, k) => ({
    lagFs,
    distancesA,
    densityPerA: [...densities.subarray(k * distancesA.length, (k + 1) * distancesA.length)],
  }));
}
