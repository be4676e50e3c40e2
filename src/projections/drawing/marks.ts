/** The marks of a series: points with their 95 % bars, lines, bars, cells. All lie within the frame they are given. */
import type { Panel } from '../figure.ts';
import type { Drawable } from './domain.ts';
import { spacingOf } from './domain.ts';
import { html, type Markup, nothing } from './markup.ts';
import { INK, type Look, PAPER, type SymbolShape, shareColour } from './palette.ts';
import { canShow, measureOf, type Scale } from './scale.ts';
import { pointText, seriesText } from './values-text.ts';

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly panel: Panel;
}

/** Bars stand side by side: the how-manieth of how many. */
export interface BarPlace {
  readonly index: number;
  readonly count: number;
}

/** Hundredths of a pixel. */
export const px = (value: number): string => String(Number(value.toFixed(2)) + 0);

const part = (value: number): number => Math.min(Math.max(value, 0), 1);
const across = ({ left, width, x }: Frame, value: number): number => left + part(x.place(value)) * width;
const down = ({ top, height, y }: Frame, value: number): number => top + (1 - part(y.place(value))) * height;

/** @param largestShare of all cells of the panel, which has the darkest colour */
export function drawSeries(drawable: Drawable, look: Look, frame: Frame, bars: BarPlace, largestShare: number): Markup {
  const { series } = drawable;
  const shapes = {
    points: () => points(drawable, look, frame),
    line: () => line(drawable, look, frame),
    bars: () => columns(drawable, look, frame, bars),
    cells: () => cells(drawable, frame, largestShare),
  };
  return html`<g data-cell="${series.name}" data-source="${series.source}"><title>${seriesText(series)}</title>
${shapes[series.shape]()}</g>
`;
}

/** A group for one value: what it says when it is pointed at, and its name for `why`. */
const valueGroup = ({ series }: Drawable, { panel }: Frame, k: number, marks: Markup): Markup =>
  html`<g${series.cells?.[k] == null ? nothing : html` data-cell="${series.cells[k]!}"`}><title>${pointText(series, panel, k)}</title>${marks}</g>
`;

const eachValue = (drawable: Drawable, frame: Frame, mark: (k: number) => Markup): Markup[] =>
  drawable.places.flatMap((k) => (k === null ? [] : [valueGroup(drawable, frame, k, mark(k))]));

function points(drawable: Drawable, look: Look, frame: Frame): Markup[] {
  const { series } = drawable;
  return eachValue(drawable, frame, (k) => {
    const [x, y] = [across(frame, series.x[k]!), down(frame, series.y[k]!)];
    return html`${errorBar(drawable, look.colour, frame, k, x)}${symbolAt(look, x, y)}`;
  });
}

/** An end that is unbounded, or too far to be shown, ends in an arrow at the edge. */
function errorBar({ series }: Drawable, colour: string, frame: Frame, k: number, x: number): Markup {
  const interval = series.interval95?.[k];
  if (!interval) return nothing;
  const end = (value: number | null, isLow: boolean): { y: number; cut: boolean } => {
    const edge = isLow ? frame.top + frame.height : frame.top;
    if (value === null || !canShow(value, frame.panel.y.scale)) return { y: edge, cut: true };
    const at = frame.y.place(value);
    return at < 0 || at > 1 ? { y: edge, cut: true } : { y: down(frame, value), cut: false };
  };
  const [low, high] = [end(interval[0], true), end(interval[1], false)];
  const tip = ({ y, cut }: { y: number; cut: boolean }, inward: number): Markup =>
    cut
      ? html`<path d="M${px(x - 3.5)} ${px(y + 5 * inward)}L${px(x)} ${px(y)}L${px(x + 3.5)} ${px(y + 5 * inward)}" fill="none" stroke="${colour}" stroke-width="1.3"/>`
      : html`<path d="M${px(x - 3.5)} ${px(y)}H${px(x + 3.5)}" stroke="${colour}" stroke-width="1.3"/>`;
  return html`<path d="M${px(x)} ${px(low.y)}V${px(high.y)}" stroke="${colour}" stroke-width="1.3"/>${tip(low, -1)}${tip(high, 1)}`;
}

const OUTLINES: { readonly [shape in SymbolShape]: string } = {
  circle: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z',
  square: 'M-3.6 -3.6h7.2v7.2h-7.2z',
  triangle: 'M0 -4.6l4.4 7.8h-8.8z',
  diamond: 'M0 -5l4.6 5l-4.6 5l-4.6 -5z',
  down: 'M0 4.6l4.4 -7.8h-8.8z',
};

export const symbolAt = ({ symbol, colour, open }: Look, x: number, y: number): Markup =>
  html`<path transform="translate(${px(x)} ${px(y)})" d="${OUTLINES[symbol]}" fill="${open ? PAPER : colour}" stroke="${colour}" stroke-width="1.4"/>`;

/** Stretches between gaps; a single value between two gaps is a dot. */
function line(drawable: Drawable, look: Look, frame: Frame): Markup {
  const stretches: number[][] = [[]];
  for (const k of drawable.places) {
    if (k === null) stretches.push([]);
    else stretches.at(-1)!.push(k);
  }
  const { series } = drawable;
  const path: string[] = [];
  const dots: Markup[] = [];
  const bands: Markup[] = [];
  for (const stretch of stretches.filter((found) => found.length > 0)) {
    const at = stretch.map((k) => ({ x: across(frame, series.x[k]!), y: down(frame, series.y[k]!) }));
    if (at.length === 1)
      dots.push(html`<circle cx="${px(at[0]!.x)}" cy="${px(at[0]!.y)}" r="2" fill="${look.colour}"/>`);
    else
      path.push(
        `M${thinned(at)
          .map(({ x, y }) => `${px(x)} ${px(y)}`)
          .join('L')}`,
      );
    bands.push(band(drawable, look, frame, stretch));
  }
  const drawn =
    path.length === 0
      ? nothing
      : html`<path d="${path.join('')}" fill="none" stroke="${look.colour}" stroke-width="1.8" stroke-linejoin="round"${look.dash === '' ? nothing : html` stroke-dasharray="${look.dash}"`}/>`;
  return html`${bands}${drawn}${dots}`;
}

/** The 95 % intervals along a line, as a shade. */
function band({ series }: Drawable, look: Look, frame: Frame, stretch: readonly number[]): Markup {
  const { scale } = frame.panel.y;
  const edge = (end: number | null, otherwise: number): number =>
    end === null || !canShow(end, scale) ? otherwise : down(frame, end);
  const known = stretch.filter((k) => series.interval95?.[k] != null);
  if (known.length < 2 || known.length < stretch.length) return nothing;
  const upper = known.map(
    (k) => `${px(across(frame, series.x[k]!))} ${px(edge(series.interval95![k]![1], frame.top))}`,
  );
  const lower = known.map(
    (k) => `${px(across(frame, series.x[k]!))} ${px(edge(series.interval95![k]![0], frame.top + frame.height))}`,
  );
  return html`<path d="M${[...upper, ...lower.reverse()].join('L')}z" fill="${look.colour}" fill-opacity="0.14"/>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Of many values in one column of pixels the first, the outermost and the last: the line looks the same. */
function thinned(places: readonly Place[]): readonly Place[] {
  if (places.length <= 1000) return places;
  const kept: Place[] = [];
  for (let from = 0; from < places.length; ) {
    const column = Math.floor(places[from]!.x);
    let to = from + 1;
    let [lowest, highest] = [from, from];
    while (to < places.length && Math.floor(places[to]!.x) === column) {
      if (places[to]!.y < places[lowest]!.y) lowest = to;
      if (places[to]!.y > places[highest]!.y) highest = to;
      to += 1;
    }
    const chosen = [...new Set([from, lowest, highest, to - 1])].sort((a, b) => a - b);
    kept.push(...chosen.map((k) => places[k]!));
    from = to;
  }
  return kept;
}

/** Of the room between two neighbours, how much their bars take. */
const BAR_SHARE = 0.8;

function columns(drawable: Drawable, look: Look, frame: Frame, { index, count }: BarPlace): Markup[] {
  const { series } = drawable;
  const slot = slotWidth(drawable, frame);
  const width = (slot * BAR_SHARE) / count;
  const onLog = frame.panel.y.scale === 'log';
  const base = onLog ? frame.top + frame.height : down(frame, 0);
  return eachValue(drawable, frame, (k) => {
    const centre = across(frame, series.x[k]!) + (index + 0.5 - count / 2) * width;
    const [left, right] = [centre - width / 2, centre + width / 2].map((x) =>
      Math.min(Math.max(x, frame.left), frame.left + frame.width),
    ) as [number, number];
    const y = down(frame, series.y[k]!);
    const fill = look.open ? PAPER : look.colour;
    const dash = look.dash === '' || !look.open ? nothing : html` stroke-dasharray="${look.dash}"`;
    return html`<rect x="${px(left)}" y="${px(Math.min(y, base))}" width="${px(right - left)}" height="${px(Math.abs(y - base))}" fill="${fill}" fill-opacity="0.85" stroke="${look.colour}" stroke-width="1"${dash}/>${errorBar(drawable, series.source === 'published' ? look.colour : INK, frame, k, (left + right) / 2)}`;
  });
}

/** Pixels between the nearest two places on the x axis. */
function slotWidth({ series, places }: Drawable, frame: Frame): number {
  const spacing = spacingOf(places.flatMap((k) => (k === null ? [] : [frame.x.place(series.x[k]!)])));
  return Math.max((spacing === 0 ? 0.5 : spacing) * frame.width, 1);
}

function cells(drawable: Drawable, frame: Frame, largestShare: number): Markup[] {
  const { series, places } = drawable;
  const { x: xScale, y: yScale } = frame.panel;
  const shown = places.flatMap((k) => (k === null ? [] : [k]));
  const columnsAt = edgesOf(shown.map((k) => measureOf(series.x[k]!, xScale.scale)));
  const rowsAt = edgesOf(shown.map((k) => measureOf(series.y[k]!, yScale.scale)));
  const toX = (measure: number): number => frame.left + part(frame.x.placeMeasure(measure)) * frame.width;
  const toY = (measure: number): number => frame.top + (1 - part(frame.y.placeMeasure(measure))) * frame.height;
  return eachValue(drawable, frame, (k) => {
    const [x0, x1] = columnsAt.get(measureOf(series.x[k]!, xScale.scale))!.map(toX) as [number, number];
    const [y1, y0] = rowsAt.get(measureOf(series.y[k]!, yScale.scale))!.map(toY) as [number, number];
    const share = largestShare > 0 ? series.share![k]! / largestShare : 0;
    return html`<rect x="${px(x0)}" y="${px(y0)}" width="${px(x1 - x0)}" height="${px(y1 - y0)}" fill="${shareColour(share)}" shape-rendering="crispEdges"/>`;
  });
}

/** Half-way to the neighbours on either side, by the value; at the ends as far as on the other side. */
function edgesOf(measures: readonly number[]): ReadonlyMap<number, readonly [number, number]> {
  const sorted = [...new Set(measures)].sort((a, b) => a - b);
  return new Map(
    sorted.map((value, k) => {
      const [before, after] = [sorted[k - 1], sorted[k + 1]];
      const below = before === undefined ? undefined : (value - before) / 2;
      const above = after === undefined ? undefined : (after - value) / 2;
      return [value, [value - (below ?? above ?? 0.5), value + (above ?? below ?? 0.5)]];
    }),
  );
}
