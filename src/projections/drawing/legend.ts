/** What stands below the axes of a panel: which mark is which series, what is missing and why, what cannot be shown. */
import type { Panel, Series } from '../figure.ts';
import { formatNumber } from '../number-text.ts';
import type { Drawable } from './domain.ts';
import { px, symbolAt } from './marks.ts';
import { html, type Markup, nothing } from './markup.ts';
import { INK, type Look, PAPER, SOFT, shareColour } from './palette.ts';
import { shortened, textWidth, wrapText } from './text-width.ts';
import { seriesHeading } from './values-text.ts';

const TEXT_SIZE = 12;
const ROW = 19;
const SWATCH = 34;
const GAP = 20;
const FEW_ENTRIES = 4;

/** Something of a known height that is drawn with its upper left corner where it is told. */
export interface Block {
  readonly height: number;
  draw(left: number, top: number): Markup;
}

export const emptyBlock: Block = { height: 0, draw: () => nothing };

export function stacked(blocks: readonly Block[]): Block {
  return {
    height: blocks.reduce((sum, { height }) => sum + height, 0),
    draw(left, top) {
      let y = top;
      return html`${blocks.map((block) => {
        const drawn = block.draw(left, y);
        y += block.height;
        return drawn;
      })}`;
    },
  };
}

/** Paragraphs of text. */
export function textBlock(texts: readonly string[], widthPx: number): Block {
  return linesBlock(texts, widthPx, TEXT_SIZE, SOFT, 'normal');
}

export const titleBlock = (title: string, widthPx: number, sizePx: number): Block =>
  linesBlock([title], widthPx, sizePx, INK, '600');

function linesBlock(texts: readonly string[], widthPx: number, sizePx: number, colour: string, weight: string): Block {
  const lines = texts.flatMap((text) => wrapText(text, widthPx, sizePx));
  const lineHeight = Math.round(sizePx * 1.4);
  return {
    height: lines.length === 0 ? 0 : lines.length * lineHeight + 4,
    draw: (left, top) =>
      html`${lines.map(
        (line, k) =>
          html`<text x="${px(left)}" y="${px(top + (k + 1) * lineHeight - 3)}" font-size="${sizePx}" fill="${colour}"${weight === 'normal' ? nothing : html` font-weight="${weight}"`}>${line}</text>
`,
      )}`,
  };
}

/** Entries in columns of one width, row by row. */
export function legendBlock(drawables: readonly Drawable[], looks: readonly Look[], widthPx: number): Block {
  const entries = drawables.flatMap(({ series, places }, k) => {
    if (series.shape === 'cells' || places.every((place) => place === null)) return [];
    return [{ series, look: looks[k]! }];
  });
  // One long heading among many does not cost the others their columns.
  const most = entries.length > FEW_ENTRIES ? (widthPx - GAP) / 2 : widthPx;
  const texts = entries.map(({ series }) => shortened(seriesHeading(series), most - SWATCH, TEXT_SIZE));
  const widest = Math.max(0, ...texts.map((text) => SWATCH + textWidth(text, TEXT_SIZE)));
  const columns = Math.min(entries.length, Math.max(1, Math.floor((widthPx + GAP) / (widest + GAP))));
  return {
    height: entries.length === 0 ? 0 : Math.ceil(entries.length / columns) * ROW + 4,
    draw: (left, top) =>
      html`${entries.map(({ series, look }, k) => {
        const x = left + (k % columns) * (widest + GAP);
        const y = top + Math.floor(k / columns) * ROW + ROW / 2;
        return html`<g>${swatch(series, look, x, y)}<text x="${px(x + SWATCH)}" y="${px(y + 4)}" font-size="${TEXT_SIZE}" fill="${INK}">${texts[k]!}</text></g>
`;
      })}`,
  };
}

function swatch({ shape, interval95 }: Series, look: Look, left: number, y: number): Markup {
  const middle = left + 13;
  const dash = look.dash === '' ? nothing : html` stroke-dasharray="${look.dash}"`;
  if (shape === 'bars') {
    return html`<rect x="${px(left + 6)}" y="${px(y - 6)}" width="14" height="12" fill="${look.open ? PAPER : look.colour}" fill-opacity="0.85" stroke="${look.colour}"${look.open ? dash : nothing}/>`;
  }
  if (shape === 'line') {
    return html`<path d="M${px(left)} ${px(y)}h26" stroke="${look.colour}" stroke-width="1.8"${dash}/>`;
  }
  const bar =
    interval95 === undefined
      ? nothing
      : html`<path d="M${px(middle)} ${px(y - 8)}v16" stroke="${look.colour}" stroke-width="1.3"/>`;
  return html`${bar}${symbolAt(look, middle, y)}`;
}

const SHARE_STEPS = 24;

/** From the colour of no share to that of the largest. */
export function shareBlock(drawables: readonly Drawable[], largestShare: number, widthPx: number): Block {
  const headings = drawables.flatMap(({ series, places }) =>
    series.shape === 'cells' && places.some((place) => place !== null) ? [seriesHeading(series)] : [],
  );
  if (headings.length === 0) return emptyBlock;
  const step = 6;
  const textLeft = 24 + SHARE_STEPS * step;
  const text = shortened(
    `${formatNumber(largestShare)}   share: ${headings.join(', ')}`,
    widthPx - textLeft,
    TEXT_SIZE,
  );
  return {
    height: 24,
    draw: (left, top) =>
      html`<text x="${px(left)}" y="${px(top + 15)}" font-size="${TEXT_SIZE}" fill="${INK}">0</text>${Array.from(
        { length: SHARE_STEPS },
        (_, k) =>
          html`<rect x="${px(left + 14 + k * step)}" y="${px(top + 4)}" width="${step + 0.5}" height="13" fill="${shareColour(k / (SHARE_STEPS - 1))}"/>`,
      )}<text x="${px(left + textLeft)}" y="${px(top + 15)}" font-size="${TEXT_SIZE}" fill="${INK}">${text}</text>
`,
  };
}

/** A sentence for each reason, with all series that lack their values for it. */
export function missingTexts({ series }: Panel): string[] {
  const byReason = new Map<string, string[]>();
  for (const one of series) {
    if (one.missing === undefined) continue;
    byReason.set(one.missing, [...(byReason.get(one.missing) ?? []), seriesHeading(one)]);
  }
  return [...byReason].map(([reason, headings]) => `Missing: ${headings.join('; ')}: ${reason}`);
}

/** Values that are there and cannot be drawn are said to be. */
export const unshownTexts = (drawables: readonly Drawable[], { x, y }: Panel): string[] => {
  const unshown = drawables.reduce((sum, drawable) => sum + drawable.unshown, 0);
  if (unshown === 0) return [];
  const log = x.scale === 'log' || y.scale === 'log';
  const values = unshown === 1 ? '1 value is' : `${unshown} values are`;
  return [`${values} not drawn: ${log ? 'not positive, on a logarithmic axis' : 'beyond 10³⁰⁰'}`];
};
