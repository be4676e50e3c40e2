/**
 * A figure as comma-separated values (RFC 4180: CRLF, quotes doubled), a line for each value. The first line names the
 * columns; there are no lines of comment, which few readers take. Axes differ between panels, so quantity and unit stand
 * in columns of their own; numbers have all their digits. A series without values has one line, with the reason.
 */
import { checkedFigure, type Figure, type Panel, type Series, seriesOf } from './figure.ts';

const COLUMNS = [
  'figure',
  'panel',
  'series',
  'heading',
  'source',
  'x_quantity',
  'x',
  'x_unit',
  'y_quantity',
  'y',
  'y_unit',
  'y_low95',
  'y_high95',
  'share',
  'cell',
  'missing',
] as const;
type Column = (typeof COLUMNS)[number];

/** The bytes that every such file begins with, and by which one is known. */
export const CSV_BEGINNING = `${COLUMNS.join(',')}\r\n`;

/** @throws Error where the figure breaks the rules of `checkedFigure` */
export const figureCsv = (figure: Figure): string =>
  CSV_BEGINNING +
  seriesOf(checkedFigure(figure))
    .flatMap(({ panel, series }) => seriesRows(figure, panel, series))
    .map((row) => `${COLUMNS.map((column) => quoted(row[column] ?? '')).join(',')}\r\n`)
    .join('');

type Row = { readonly [column in Column]?: string };

function seriesRows({ name }: Figure, panel: Panel, series: Series): Row[] {
  const shared: Row = {
    figure: name,
    panel: panel.name,
    series: series.name,
    heading: series.heading,
    source: series.source,
    x_quantity: panel.x.label,
    x_unit: panel.x.unit,
    y_quantity: panel.y.label,
    y_unit: panel.y.unit,
    missing: series.missing ?? '',
  };
  if (series.x.length === 0) return [shared];
  return series.x.map((x, k) => ({
    ...shared,
    x: String(x),
    y: numberText(series.y[k]),
    y_low95: numberText(series.interval95?.[k]?.[0]),
    y_high95: numberText(series.interval95?.[k]?.[1]),
    share: numberText(series.share?.[k]),
    cell: series.cells?.[k] ?? '',
  }));
}

const numberText = (value: number | null | undefined): string => (value == null ? '' : String(value));

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
