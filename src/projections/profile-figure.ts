/** The paper's Fig. 7: energy and concentration of the mobile atoms across each boundary, at each temperature. */
import { doubles, readBundle } from '../formats/array-bundle.ts';
import type { BoundaryResults, Place } from './boundary-results.ts';
import { type Figure, type Panel, type Series, seriesName } from './figure.ts';
import type { ReadOutput } from './output-reader.ts';
import { placeSeries, type SeriesHead } from './place-series.ts';

const FIGURE = 'fig7';

export function deriveProfileFigure(
  boundaries: readonly BoundaryResults[],
  mobileSpecies: string,
  read: ReadOutput,
): Figure {
  return {
    name: FIGURE,
    title: `Profiles of ${mobileSpecies} across the boundaries`,
    panels: boundaries.flatMap((boundary) => [
      panelOf(boundary, 'energy', `Energy of ${mobileSpecies} from that in bulk`, 'eV', read),
      panelOf(boundary, 'concentration', `Concentration of ${mobileSpecies} over its mean`, '', read),
    ]),
    notes: [
      'Boundaries lie at the bottom and in the middle of the cell. Curves are smoothed with a Gaussian kernel; the width is fitted to slices.',
      'How a potential divides the energy among atoms is its own: profiles of two potentials differ.',
      ...boundaries.flatMap(({ name, widths }) =>
        widths.flatMap(({ temperatureK, place }) => {
          const withheld = place.event?.core.results.withheld;
          return typeof withheld === 'string' ? [`${name}, ${temperatureK} K: no width, ${withheld}.`] : [];
        }),
      ),
    ],
  };
}

function panelOf(
  { name, widths, widthFromK }: BoundaryResults,
  quantity: 'energy' | 'concentration',
  label: string,
  unit: string,
  read: ReadOutput,
): Panel {
  const panel = `${name}-${quantity}`;
  const column = quantity === 'energy' ? 'energyEv' : 'concentration';
  const series = widths.map(({ temperatureK, place }) =>
    curve(place, read, column, {
      name: seriesName(FIGURE, panel, `${temperatureK}K`),
      heading: `${temperatureK} K`,
      source: 'computed',
      shape: 'line',
      family: { quantity: 'T', value: temperatureK, unit: 'K' },
    }),
  );
  const fitted = widths.find(({ temperatureK }) => temperatureK === widthFromK)!.place;
  return {
    name: panel,
    title: name,
    x: { label: 'height', unit: 'Å', scale: 'linear' },
    y: { label, unit, scale: 'linear' },
    series:
      quantity === 'energy'
        ? [
            ...series,
            curve(fitted, read, 'fitEv', {
              name: seriesName(FIGURE, panel, `${widthFromK}K+fit`),
              heading: `${widthFromK} K, Gaussian`,
              source: 'fit',
              shape: 'line',
            }),
          ]
        : series,
  };
}

/** A profile is there where a width was withheld too; its Gaussian is not. */
function curve(place: Place, read: ReadOutput, column: string, of: SeriesHead): Series {
  const withheld = place.event?.core.results.withheld;
  if (column === 'fitEv' && typeof withheld === 'string') return placeSeries(place, of, () => undefined);
  const { event } = place;
  const known: Place =
    event === undefined ? place : { ...place, event: { ...event, core: { ...event.core, results: {} } } };
  return placeSeries(known, of, (found) => {
    const bytes = read(found, 'curve');
    if (bytes === undefined) return undefined;
    const bundle = readBundle(bytes, of.name);
    return { x: [...doubles(bundle, 'heightsA', of.name)], y: [...doubles(bundle, column, of.name)] };
  });
}
