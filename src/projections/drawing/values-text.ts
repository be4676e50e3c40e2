/** What a series or a point says of itself when it is pointed at, and what its axis is called. */
import type { Axis, Panel, Series } from '../figure.ts';
import { formatNumber } from '../number-text.ts';

export const axisText = ({ label, unit }: Pick<Axis, 'label' | 'unit'>, factor = ''): string => {
  const measure = [factor, unit].filter((part) => part !== '').join(' ');
  return measure === '' ? label : `${label} (${measure})`;
};

const SOURCES = {
  computed: 'computed here',
  fit: 'fit to values computed here',
  published: 'published, not computed here',
} as const;

/** What kind of numbers these are, in words that never leave out that they are published. */
export const sourceText = ({ source }: Series): string => SOURCES[source];

/** The heading, and what it is where it is not varve's own value. */
export function seriesHeading({ heading, source }: Series): string {
  if (source === 'computed') return heading;
  return new RegExp(`\\b${source}\\b`, 'i').test(heading) ? heading : `${heading}, ${source}`;
}

export const seriesText = (series: Series): string =>
  `${series.heading}: ${sourceText(series)}${series.missing === undefined ? '' : `; missing: ${series.missing}`}; varve why ${series.name}`;

const quantity = ({ label, unit }: Axis, text: string): string => `${label} = ${text}${unit === '' ? '' : ` ${unit}`}`;

/** Of the k-th value of a series, which is there. */
export function pointText(series: Series, { x, y }: Panel, k: number): string {
  const interval = series.interval95?.[k];
  const bound = (end: number | null): string => (end === null ? 'unbounded' : formatNumber(end, 4));
  const bracket = interval ? ` [${interval.map(bound).join(', ')}]` : '';
  const share = series.share === undefined ? '' : `, share ${formatNumber(series.share[k]!, 4)}`;
  return (
    `${series.heading} (${sourceText(series)}): ${quantity(x, formatNumber(series.x[k]!, 5))}, ` +
    `${quantity(y, formatNumber(series.y[k]!, 4) + bracket)}${share}; varve why ${series.cells?.[k] ?? series.name}`
  );
}
