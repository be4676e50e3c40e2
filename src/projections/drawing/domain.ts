/** What the axes of a panel run over: all values, and of their intervals as much as leaves the values to be seen. */
import type { Axis, Panel, Series } from '../figure.ts';
import { canShow, measureOf, type Span } from './scale.ts';

/** A series as far as it can be drawn: values that an axis cannot show are gaps. */
export interface Drawable {
  readonly series: Series;
  /** Places of the series' own arrays, in their order; null is a gap in a line. */
  readonly places: readonly (number | null)[];
  /** Values that are there and that an axis cannot show. */
  readonly unshown: number;
}

export function drawableOf(series: Series, { x: xAxis, y: yAxis }: Panel): Drawable {
  const places: (number | null)[] = [];
  let unshown = 0;
  series.y.forEach((y, k) => {
    const shown = y !== null && canShow(series.x[k]!, xAxis.scale) && canShow(y, yAxis.scale);
    if (y !== null && !shown) unshown += 1;
    places.push(shown ? k : null);
  });
  return { series, places, unshown };
}

/** Room beside the outermost values, as a part of the range. */
const MARGIN = 0.05;
/** An interval may widen the range of the values by this many times itself on either side; beyond it is cut. */
const MOST_INTERVAL = 1;

export function horizontalSpan(drawables: readonly Drawable[], axis: Axis): Span | undefined {
  const values = drawables.flatMap(({ series, places }) =>
    places.flatMap((k) => (k === null ? [] : [measureOf(series.x[k]!, axis.scale)])),
  );
  const wide = drawables.some(({ series: { shape } }) => shape === 'bars' || shape === 'cells');
  return spanOf(values, [], axis, wide ? spacingOf(values) / 2 : 0, areAllCells(drawables) ? 0 : MARGIN);
}

export function verticalSpan(drawables: readonly Drawable[], axis: Axis): Span | undefined {
  const values: number[] = [];
  const ends: number[] = [];
  let cellHeight = 0;
  for (const { series, places } of drawables) {
    const own = places.flatMap((k) => (k === null ? [] : [measureOf(series.y[k]!, axis.scale)]));
    if (series.shape === 'cells') cellHeight = Math.max(cellHeight, spacingOf(own) / 2);
    for (const value of own) values.push(value);
    for (const k of places) {
      for (const end of (k === null ? null : series.interval95?.[k]) ?? []) {
        if (end !== null && canShow(end, axis.scale)) ends.push(measureOf(end, axis.scale));
      }
    }
    if (series.shape === 'bars' && axis.scale === 'linear' && own.length > 0) values.push(0);
  }
  return spanOf(values, ends, axis, cellHeight, areAllCells(drawables) ? 0 : MARGIN);
}

/** Cells reach to the frame. */
const areAllCells = (drawables: readonly Drawable[]): boolean =>
  drawables.every(({ series, places }) => series.shape === 'cells' || places.every((place) => place === null));

/** Smallest distance between two that differ; 0 where none do. */
export function spacingOf(values: readonly number[]): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  let smallest = Number.POSITIVE_INFINITY;
  for (let k = 1; k < sorted.length; k += 1) smallest = Math.min(smallest, sorted[k]! - sorted[k - 1]!);
  return Number.isFinite(smallest) ? smallest : 0;
}

function spanOf(
  values: readonly number[],
  ends: readonly number[],
  axis: Axis,
  around: number,
  margin: number,
): Span | undefined {
  if (values.length === 0) return undefined;
  const span = spreadOf(values, ends, axis, around, margin);
  if (axis.scale === 'linear') return span;
  return { low: Math.max(span.low, -LARGEST_LOG), high: Math.min(span.high, LARGEST_LOG) };
}

/** Beyond what an axis shows, and still the logarithm of a number. */
const LARGEST_LOG = 700;

function spreadOf(
  values: readonly number[],
  ends: readonly number[],
  axis: Axis,
  around: number,
  margin: number,
): Span {
  const [least, most] = extremes(values);
  const size = Math.max(Math.abs(least), Math.abs(most));
  const reach = Math.max(MOST_INTERVAL * (most - least), axis.scale === 'log' ? 1 : size * 0.1);
  const [lowEnd, highEnd] = ends.length === 0 ? [least, most] : extremes(ends);
  const low = Math.max(Math.min(least, lowEnd), least - reach) - around;
  const high = Math.min(Math.max(most, highEnd), most + reach) + around;
  // Closer than this, ticks would need more digits than a double has.
  const narrowest = axis.scale === 'log' ? 0.2 : Math.max(size * 1e-9, 1e-290);
  if (high - low < narrowest) {
    const room = axis.scale === 'log' ? 1 : size < 1e-290 ? 1 : Math.max(size * 0.1, narrowest);
    return { low: low - room, high: high + room };
  }
  const room = margin * (high - low);
  const standsOnZero = axis.scale === 'linear' && low === 0;
  return { low: standsOnZero ? 0 : low - room, high: high + room };
}

function extremes(values: readonly number[]): [number, number] {
  let [least, most] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
