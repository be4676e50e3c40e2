/** The paper's Fig. 12: D of each boundary at one temperature against the width that it is computed with. */
import { type JsonValue, readJsonDocument } from '../formats/json-document.ts';
import { BOUNDARY_DIRECTIONS, type BoundaryResults, DIRECTION_SIGNS } from './boundary-results.ts';
import type { StateProfile } from './campaign-results.ts';
import { type Figure, type Series, seriesName } from './figure.ts';
import type { ReadOutput } from './output-reader.ts';
import { placeSeries } from './place-series.ts';

const FIGURE = 'fig12';
const PANEL = 'D';

interface WidthPoint {
  readonly widthA: number;
  readonly diffusionCm2S: number | null;
  readonly diffusionInterval95Cm2S?: [number | null, number | null];
  readonly withheld?: string;
}

/**
 * @param bulks whose D stands beside, as a level
 * @param widthsA that were asked for, Å
 */
export function deriveWidthFigure(
  boundaries: readonly BoundaryResults[],
  bulks: readonly StateProfile[],
  widthsA: readonly number[],
  temperatureK: number,
  read: ReadOutput,
): Figure {
  const series = boundaries.flatMap((boundary) =>
    BOUNDARY_DIRECTIONS.map((direction) =>
      placeSeries(
        boundary.diffusion[direction],
        {
          name: seriesName(FIGURE, PANEL, `${boundary.name}-${direction}`),
          heading: `${boundary.name} ${DIRECTION_SIGNS[direction]}`,
          source: 'computed',
          shape: 'line',
        },
        (event) => {
          const bytes = read(event, 'line');
          if (bytes === undefined) return undefined;
          const { byWidth } = readJsonDocument(bytes, 'line') as { byWidth: JsonValue };
          const points = byWidth as unknown as readonly WidthPoint[];
          return {
            x: points.map(({ widthA }) => widthA),
            y: points.map(({ diffusionCm2S }) => diffusionCm2S),
            interval95: points.map(({ diffusionInterval95Cm2S }) => diffusionInterval95Cm2S ?? null),
          };
        },
      ),
    ),
  );
  const ends = widthsA.length === 0 ? [] : [Math.min(...widthsA), Math.max(...widthsA)];
  const title = `D of the boundaries at ${temperatureK} K against the width that Hart’s equation takes`;
  return {
    name: FIGURE,
    title,
    panels: [
      {
        name: PANEL,
        title,
        x: { label: 'δ', unit: 'Å', scale: 'linear' },
        y: { label: `D(${temperatureK} K)`, unit: 'cm²/s', scale: 'log' },
        series: [...series, ...bulks.map((bulk) => bulkLevel(bulk, ends))],
      },
    ],
    notes: ['Widths that leave too little bulk between the boundaries have no value.'],
  };
}

const bulkLevel = ({ row, arrhenius, withheld, withdrawn }: StateProfile, ends: readonly number[]): Series =>
  placeSeries(
    { event: arrhenius, withheld, withdrawn, grounds: [] },
    { name: seriesName(FIGURE, PANEL, row), heading: row, source: 'fit', shape: 'line' },
    ({ core: { results } }) => ({ x: ends, y: ends.map(() => results.diffusionCm2S as number | null) }),
  );
