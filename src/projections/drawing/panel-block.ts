/** One panel: its title, its axes with the series, and below them the legend and what is missing. */
import type { Panel } from '../figure.ts';
import { BELOW, drawAxes, horizontalScale, leftRoom, OPPOSITE_ABOVE } from './axes.ts';
import { type Drawable, drawableOf, horizontalSpan, verticalSpan } from './domain.ts';
import {
  type Block,
  emptyBlock,
  legendBlock,
  missingTexts,
  shareBlock,
  stacked,
  textBlock,
  titleBlock,
  unshownTexts,
} from './legend.ts';
import { drawSeries, type Frame, px } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { type Look, looksOf, SOFT } from './palette.ts';
import { makeScale, type Span } from './scale.ts';
import { wrapText } from './text-width.ts';

const RIGHT_ROOM = 22;
const TITLE_SIZE = 14;

/** Axes without values run over this, unmarked. */
const NO_SPAN: Span = { low: 0, high: 1 };

export function panelBlock(panel: Panel, widthPx: number, plotHeightPx: number, withTitle: boolean): Block {
  const looks = looksOf(panel);
  const drawables = panel.series.map((series) => drawableOf(series, panel));
  const title = withTitle ? titleBlock(panel.title, widthPx * 0.9, TITLE_SIZE) : emptyBlock;
  const missing = missingTexts(panel);
  const isEmpty = drawables.every(({ places }) => places.every((place) => place === null));
  const insideLines = emptyLines(missing, widthPx - 180);
  const fitsInside = isEmpty && insideLines.length * LINE <= plotHeightPx - 30;
  const shares = drawables.flatMap(({ series, places }) =>
    places.flatMap((k) => (k === null || series.share === undefined ? [] : [series.share[k]!])),
  );
  const largestShare = shares.reduce((a, b) => Math.max(a, b), 0);
  const inset = 12;
  const below = stacked([
    shareBlock(drawables, largestShare, widthPx - 2 * inset),
    legendBlock(drawables, looks, widthPx - 2 * inset),
    textBlock([...(fitsInside ? [] : missing), ...unshownTexts(drawables, panel)], widthPx - 2 * inset),
  ]);
  const above = panel.x.opposite === undefined || isEmpty ? 10 : OPPOSITE_ABOVE;
  const plotTop = title.height + above;
  return {
    height: plotTop + plotHeightPx + BELOW + below.height + 10,
    draw(left, top) {
      const frame = isEmpty
        ? emptyFrame(panel, left, top + plotTop, widthPx, plotHeightPx)
        : frameOf(panel, drawables, left, top + plotTop, widthPx, plotHeightPx);
      const reasons = fitsInside ? insideLines : ['no values: see below'];
      return html`<g role="group" aria-label="${panel.title}">
${title.draw(left + inset, top)}${drawAxes(frame)}${isEmpty ? centredLines(reasons, frame) : drawAll(drawables, looks, frame, largestShare)}
${below.draw(left + inset, frame.top + plotHeightPx + BELOW)}</g>
`;
    },
  };
}

function frameOf(
  panel: Panel,
  drawables: readonly Drawable[],
  left: number,
  top: number,
  widthPx: number,
  height: number,
): Frame {
  const y = makeScale(verticalSpan(drawables, panel.y) ?? NO_SPAN, panel.y.scale, 6);
  const room = leftRoom(y, panel.y, height);
  const width = widthPx - room - RIGHT_ROOM;
  const x = horizontalScale(horizontalSpan(drawables, panel.x) ?? NO_SPAN, panel.x, width);
  return { left: left + room, top, width, height, x, y, panel };
}

/** A frame without numbers: there are none that ticks could be of. */
function emptyFrame(panel: Panel, left: number, top: number, widthPx: number, height: number): Frame {
  const scale = { ...makeScale(NO_SPAN, 'linear', 2), ticks: [], factor: '' };
  const { opposite: _, ...x } = panel.x;
  const room = leftRoom(scale, panel.y, height);
  return {
    left: left + room,
    top,
    width: widthPx - room - RIGHT_ROOM,
    height,
    x: scale,
    y: scale,
    panel: { ...panel, x },
  };
}

/** Cells lie under lines, lines under points. */
const LAYERS = ['cells', 'bars', 'line', 'points'] as const;

function drawAll(drawables: readonly Drawable[], looks: readonly Look[], frame: Frame, largestShare: number): Markup[] {
  const bars = drawables.filter(({ series }) => series.shape === 'bars');
  return LAYERS.flatMap((layer) =>
    drawables.flatMap((drawable, k) => {
      if (drawable.series.shape !== layer || drawable.places.every((place) => place === null)) return [];
      const place = { index: Math.max(bars.indexOf(drawable), 0), count: Math.max(bars.length, 1) };
      return [drawSeries(drawable, looks[k]!, frame, place, largestShare)];
    }),
  );
}

const LINE = 18;

const emptyLines = (missing: readonly string[], widthPx: number): string[] =>
  missing.length === 0 ? ['no values'] : missing.flatMap((text) => wrapText(text, widthPx, 12));

const centredLines = (lines: readonly string[], { left, top, width, height }: Frame): Markup[] =>
  lines.map(
    (line, k) =>
      html`<text x="${px(left + width / 2)}" y="${px(top + height / 2 + (k - (lines.length - 1) / 2) * LINE + 4)}" text-anchor="middle" font-size="12" fill="${SOFT}">${line}</text>
`,
  );
