/** Boundaries in the paper's Fig. 11: D from Hart's equation at each temperature, its Arrhenius line, the published line. */
import { exp } from '../numerics/elementary.ts';
import { BOLTZMANN_EV_K } from '../numerics/physical-constants.ts';
import { quantile95 } from '../numerics/student-t.ts';
import {
  BOUNDARY_DIRECTIONS,
  type BoundaryDirection,
  type BoundaryResults,
  DIRECTION_SIGNS,
} from './boundary-results.ts';
import { type Figure, type Series, seriesName } from './figure.ts';
import { placeSeries } from './place-series.ts';
import type { PublishedLine, PublishedValues } from './published.ts';

/** The Arrhenius diagram with the series of boundaries in its first panel. */
export function withBoundaryLines(
  figure: Figure,
  boundaries: readonly BoundaryResults[],
  extrapolateToK: number,
  published: PublishedValues | undefined,
): Figure {
  const [diagram, ...others] = figure.panels;
  if (diagram === undefined || boundaries.length === 0) return figure;
  const temperaturesK = boundaries.flatMap(({ effective }) => effective.parallel.map((point) => point.temperatureK));
  const range = [Math.max(extrapolateToK, ...temperaturesK), Math.min(extrapolateToK, ...temperaturesK)] as const;
  const lines = boundaries.flatMap((boundary) =>
    BOUNDARY_DIRECTIONS.flatMap((direction) => {
      const name = seriesName(figure.name, diagram.name, `${boundary.name}-${direction}`);
      const literature = published?.boundaries?.[boundary.name]?.[direction];
      return [
        ...ofBoundary(boundary, direction, name, range),
        ...(literature === undefined ? [] : publishedLine(boundary, direction, name, literature, range)),
      ];
    }),
  );
  return {
    ...figure,
    panels: [
      { ...diagram, series: [...diagram.series, ...lines, ...measured(figure, diagram.name, published)] },
      ...others,
    ],
    notes: [...figure.notes, 'D of boundaries: Hart’s equation with D of the bulk from its Arrhenius line.'],
  };
}

interface HartPoint {
  readonly temperatureK: number;
  readonly boundaryCm2S: number;
  readonly boundaryStandardErrorCm2S: number;
}

function ofBoundary(
  { name: boundary, diffusion }: BoundaryResults,
  direction: BoundaryDirection,
  name: string,
  range: readonly [number, number],
): Series[] {
  const heading = `${boundary} ${DIRECTION_SIGNS[direction]}`;
  const place = diffusion[direction];
  return [
    placeSeries(place, { name, heading, source: 'computed', shape: 'points' }, ({ core: { results } }) => {
      const points = (results.points as unknown as readonly HartPoint[]).filter(({ boundaryCm2S }) => boundaryCm2S > 0);
      const half = quantile95(Number.POSITIVE_INFINITY);
      return {
        x: points.map(({ temperatureK }) => 1000 / temperatureK),
        y: points.map(({ boundaryCm2S }) => boundaryCm2S),
        interval95: points.map(({ boundaryCm2S, boundaryStandardErrorCm2S }) => [
          boundaryCm2S - half * boundaryStandardErrorCm2S,
          boundaryCm2S + half * boundaryStandardErrorCm2S,
        ]),
      };
    }),
    placeSeries(
      place,
      { name: `${name}+fit`, heading: `${heading}, Arrhenius fit`, source: 'fit', shape: 'line' },
      ({ core: { results } }) =>
        arrheniusLine(results.prefactorCm2S as number | null, results.activationEnergyMev as number, range),
    ),
  ];
}

function publishedLine(
  { name: boundary }: BoundaryResults,
  direction: BoundaryDirection,
  name: string,
  { prefactorCm2S, activationEnergyMev }: PublishedLine,
  range: readonly [number, number],
): Series[] {
  if (prefactorCm2S === undefined || activationEnergyMev === undefined) return [];
  return [
    {
      name: `${name}+published`,
      heading: `${boundary} ${DIRECTION_SIGNS[direction]}, published Arrhenius line`,
      source: 'published',
      shape: 'line',
      ...arrheniusLine(prefactorCm2S, activationEnergyMev, range),
      events: [],
    },
  ];
}

/** Measured D, at their temperatures. */
const measured = (figure: Figure, panel: string, published: PublishedValues | undefined): Series[] =>
  Object.entries(published?.conductivities ?? {}).map(([name, { temperatureK, diffusionCm2S }]) => ({
    name: seriesName(figure.name, panel, `${name}+published`),
    heading: `${name}, measured`,
    source: 'published',
    shape: 'points',
    x: [1000 / temperatureK],
    y: [diffusionCm2S],
    events: [],
  }));

/** Straight in ln D against 1/T: two ends are all of it. */
const arrheniusLine = (
  prefactorCm2S: number | null,
  activationEnergyMev: number,
  temperaturesK: readonly [number, number],
): Pick<Series, 'x' | 'y'> => ({
  x: temperaturesK.map((temperatureK) => 1000 / temperatureK),
  y: temperaturesK.map((temperatureK) =>
    prefactorCm2S === null ? null : prefactorCm2S * exp(-activationEnergyMev / 1000 / (BOLTZMANN_EV_K * temperatureK)),
  ),
});
