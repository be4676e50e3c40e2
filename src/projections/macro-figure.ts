/** The paper's Fig. 13: Wiener's bounds against grain size (a) and against the part of the second bulk (b). */
import { type JsonValue, readJsonDocument } from '../formats/json-document.ts';
import type { MacroResults, Place } from './boundary-results.ts';
import { type Figure, type Panel, type Series, seriesName } from './figure.ts';
import type { ReadOutput } from './output-reader.ts';
import { placeSeries } from './place-series.ts';
import type { PublishedValues } from './published.ts';

const FIGURE = 'fig13';
const BOUNDS = ['upper', 'lower'] as const;

/** One grain size or one fraction; without bounds where the model means nothing. */
type BoundPoint = { readonly [name: string]: JsonValue };

export function deriveMacroFigure(
  { grains, mixture }: MacroResults,
  temperatureK: number,
  published: PublishedValues | undefined,
  read: ReadOutput,
): Figure {
  const y = { label: `D(${temperatureK} K)`, unit: 'cm²/s', scale: 'log' } as const;
  const bySize: Panel = {
    name: 'grains',
    title: 'Polycrystals of one bulk and its boundaries',
    x: { label: 'grain size', unit: 'nm', scale: 'log' },
    y,
    series: grains.flatMap(({ bulk, place }) => boundSeries('grains', bulk, place, read, 'sizes', 'sizeNm')),
  };
  const byPart = (of: NonNullable<MacroResults['mixture']>): Panel => ({
    name: 'mixture',
    title: `Mixtures of ${of.bulks.join(' and ')}`,
    x: { label: `part of ${of.bulks[1]}`, unit: '', scale: 'linear' },
    y,
    series: [
      ...boundSeries('mixture', 'mixture', of.place, read, 'points', 'fraction'),
      ...measuredLevels(of.place, published),
    ],
  });
  return {
    name: FIGURE,
    title: `From models to materials at ${temperatureK} K: Wiener’s bounds`,
    panels: [bySize, ...(mixture === undefined ? [] : [byPart(mixture)])],
    notes: [
      'Intervals: all components at the lower, or all at the upper end of their 95 % intervals at once.',
      ...[
        ...grains.map(({ bulk, place }) => ({ of: bulk, place })),
        { of: 'the mixture', place: mixture?.place },
      ].flatMap(({ of, place }) =>
        place?.event?.core.results.lowContrast === false
          ? [`The contrast within ${of} is above 100: the bounds hold, and are too far apart to be an estimate.`]
          : [],
      ),
    ],
  };
}

function boundSeries(
  panel: string,
  of: string,
  place: Place,
  read: ReadOutput,
  list: 'sizes' | 'points',
  abscissa: 'sizeNm' | 'fraction',
): Series[] {
  return BOUNDS.map((bound) =>
    placeSeries(
      place,
      {
        name: seriesName(FIGURE, panel, `${of}-${bound}`),
        heading: `${of}, ${bound} bound`,
        source: 'computed',
        shape: 'line',
      },
      (event) => {
        const bytes = read(event, 'bounds');
        if (bytes === undefined) return undefined;
        const points = (readJsonDocument(bytes, 'bounds') as { [list: string]: JsonValue })[list] as BoundPoint[];
        return {
          x: points.map((point) => point[abscissa] as number),
          y: points.map((point) => (point[`${bound}Cm2S`] as number | undefined) ?? null),
          interval95: points.map(
            (point) => (point[`${bound}RangeCm2S`] as [number | null, number | null] | undefined) ?? null,
          ),
        };
      },
    ),
  );
}

/** Measured D beside the mixture, as levels. */
function measuredLevels(place: Place, published: PublishedValues | undefined): Series[] {
  const named = (place.event?.core.results.measured ?? []) as { name: string; diffusionCm2S: number }[];
  return published === undefined
    ? []
    : named.map(({ name, diffusionCm2S }) => ({
        name: seriesName(FIGURE, 'mixture', `${name}+published`),
        heading: `${name}, measured`,
        source: 'published',
        shape: 'line',
        x: [0, 1],
        y: [diffusionCm2S, diffusionCm2S],
        events: [],
      }));
}
