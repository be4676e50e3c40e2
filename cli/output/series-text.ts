/** A series of a figure as text: what it is, and its values with their intervals. */
import { axisText, sourceText } from '../../src/projections/drawing/values-text.ts';
import type { Figure, Panel, Series } from '../../src/projections/figure.ts';
import { formatNumber } from '../../src/projections/number-text.ts';
import { escapeControl } from '../../store/escape-control.ts';
import { counted } from './numbers.ts';
import { renderColumns } from './text-table.ts';

export interface SeriesPlace {
  readonly figure: Figure;
  readonly panel: Panel;
  readonly series: Series;
}

/** Curves of thousands of values are for `varve figures --format csv`. */
const MOST_VALUES = 40;

export function describeSeries({ figure, panel, series }: SeriesPlace): string {
  const { headings, rows, left } = seriesRows(panel, series, MOST_VALUES);
  const lines = [
    escapeControl(`${series.name}: ${series.heading}; ${sourceText(series)}`),
    escapeControl(`of ${figure.name}, ${figure.title}${panel.title === figure.title ? '' : `; ${panel.title}`}`),
    ...(series.missing === undefined ? [] : [escapeControl(`missing: ${series.missing}`)]),
    ...(rows.length === 0 ? [] : [renderColumns([headings, ...rows])]),
    ...(left === 0 ? [] : [`and ${counted(left, 'value')} more: varve figures ${figure.name} --out DIR --format csv`]),
    ...figure.notes.map((note) => escapeControl(`note: ${note}`)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The values in words, the units in the headings. */
export function seriesRows(
  { x, y }: Panel,
  series: Series,
  most: number,
): { headings: string[]; rows: string[][]; left: number } {
  const shown = series.x.slice(0, most);
  const ends = (k: number): string =>
    series.interval95?.[k]?.map((end) => (end === null ? 'unbounded' : formatNumber(end))).join(' to ') ?? '';
  const optional = [
    { heading: '95 % interval', present: series.interval95 !== undefined, text: ends },
    { heading: 'share', present: series.share !== undefined, text: (k: number) => formatNumber(series.share![k]!) },
    { heading: 'is', present: series.cells !== undefined, text: (k: number) => series.cells![k] ?? '' },
  ].filter(({ present }) => present);
  return {
    headings: [axisText(x), axisText(y), ...optional.map(({ heading }) => heading)],
    rows: shown.map((value, k) => [
      formatNumber(value, 5),
      series.y[k] === null ? 'no value' : formatNumber(series.y[k]!),
      ...optional.map(({ text }) => text(k)),
    ]),
    left: series.x.length - shown.length,
  };
}
