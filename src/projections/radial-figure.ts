/** The paper's Fig. 5: radial distribution functions of runs, and of labelled configurations beside them (R8). */
import type { StoredEvent } from '../../store/event.ts';
import { doubles, readBundle } from '../formats/array-bundle.ts';
import type { LabelledDistribution, RunAnalysis } from './bulk-results.ts';
import { type Figure, type Panel, type Series, seriesName } from './figure.ts';
import type { ReadOutput } from './output-reader.ts';
import { eventIds, meanCurve, pointsOf, whyMissing } from './run-curves.ts';

interface Curves {
  readonly radiiA: readonly number[];
  /** g by pair. */
  readonly g: readonly (readonly number[])[];
}

/** Undefined where the campaign asks for none. */
export function deriveRadialFigure(
  analyses: readonly RunAnalysis[],
  labelled: readonly LabelledDistribution[],
  pairs: readonly (readonly [string, string])[],
  read: ReadOutput,
): Figure | undefined {
  const points = pointsOf(analyses.filter(({ name }) => name === 'rdf'));
  if (points.length + labelled.length === 0) return undefined;
  const panels = pairs.map((pair, at): Panel => {
    const panel = pair.join('-');
    const curveOf = (event: StoredEvent | undefined): Curves | undefined => curvesIn(event, read);
    return {
      name: panel,
      title: `${pair[1]} around ${pair[0]}`,
      x: { label: 'r', unit: 'Å', scale: 'linear' },
      y: { label: 'g(r)', unit: '', scale: 'linear' },
      series: [
        ...points.map((point): Series => {
          const { row, temperatureK, runs } = point;
          const curves = runs.flatMap(({ event }) => curveOf(event) ?? []);
          const missing =
            whyMissing(point) ?? (curves.length === 0 ? 'the distributions were dropped from the store' : undefined);
          return {
            name: seriesName('fig5', panel, `${row}-${temperatureK}K`),
            heading: `${row}, ${temperatureK} K, potential`,
            ...common(curves, at, missing),
            events: eventIds(runs.map(({ event, stopped }) => event ?? stopped)),
          };
        }),
        ...labelled.map(({ labels, event, withdrawn }): Series => {
          const curves = [curveOf(event)].flatMap((found) => found ?? []);
          const missing = withdrawn?.because ?? (curves.length === 0 ? 'not analysed yet' : undefined);
          return {
            name: seriesName('fig5', panel, `labels-${labels}`),
            heading: `labels ${labels}: ${event?.core.results.frames ?? 'no'} configurations`,
            ...common(curves, at, missing),
            events: eventIds([event ?? withdrawn?.event]),
          };
        }),
      ],
    };
  });
  return {
    name: 'fig5',
    title: 'Radial distribution functions',
    panels,
    notes: [
      'Configurations of labels are of whatever temperatures and cells they were made at: compare like with like.',
      'Shaded or barred: 95 % interval of the mean over runs, from their scatter.',
    ],
  };
}

function common(
  curves: readonly Curves[],
  pair: number,
  missing: string | undefined,
): Pick<Series, 'source' | 'shape' | 'x' | 'y' | 'interval95' | 'missing'> {
  const style = { source: 'computed', shape: 'line' } as const;
  if (missing !== undefined) return { ...style, x: [], y: [], missing };
  return { ...style, x: curves[0]!.radiiA, ...meanCurve(curves.map(({ g }) => g[pair]!)) };
}

function curvesIn(event: StoredEvent | undefined, read: ReadOutput): Curves | undefined {
  const bytes = event === undefined ? undefined : read(event, 'distributions');
  if (bytes === undefined) return undefined;
  const where = `event ${event!.eventId.slice(0, 12)}`;
  const bundle = readBundle(bytes, where);
  const radiiA = [...doubles(bundle, 'radiiA', where)];
  const g = doubles(bundle, 'g', where);
  const pairs = g.length / radiiA.length;
  return {
    radiiA,
    g: Array.from({ length: pairs }, (_, k) => [...g.subarray(k * radiiA.length, (k + 1) * radiiA.length)]),
  };
}
