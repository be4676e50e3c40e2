/**
 * A figure as SVG: panels with their axes, legends outside the data, notes below. Pure and the same bytes each time; text
 * is text, of whatever sans-serif font the reader has. It brings its own white ground, holds no id (so that several stand
 * on one page), no style sheet and no script, and loads nothing. Each series and value says in its `title` what it is,
 * with unit, and carries in `data-cell` the name that `varve why` takes.
 */
import { checkedFigure, type Figure } from '../figure.ts';
import { type Block, stacked, textBlock, titleBlock } from './legend.ts';
import { px } from './marks.ts';
import { html, type Markup, renderMarkup, verbatim } from './markup.ts';
import { PAPER } from './palette.ts';
import { panelBlock } from './panel-block.ts';

/** The bytes that every drawing begins with, and by which one is known. */
export const SVG_BEGINNING = '<svg xmlns="http://www.w3.org/2000/svg" data-varve="figure"';

const EDGE = 18;
const ALONE = { width: 680, plotHeight: 380 };
const BESIDE = { width: 520, plotHeight: 300 };
const COLUMNS = 2;
const FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif";

/** @throws Error where the figure breaks the rules of `checkedFigure` */
export const drawFigure = (figure: Figure): string => renderMarkup(figureMarkup(figure));

/** The same to stand in a page. */
export function figureMarkup(figure: Figure): Markup {
  checkedFigure(figure);
  const { title, panels, notes } = figure;
  const size = panels.length > 1 ? BESIDE : ALONE;
  const across = Math.min(Math.max(panels.length, 1), COLUMNS);
  const inner = across * size.width;
  const content = stacked([
    titleBlock(title, inner * 0.93, 17),
    ...rowsOf(panels, across).map((row) =>
      beside(
        row.map((panel) => panelBlock(panel, size.width, size.plotHeight, panels.length > 1 || panel.title !== title)),
        size.width,
      ),
    ),
    textBlock(notes, inner),
  ]);
  const [width, height] = [inner + 2 * EDGE, content.height + 2 * EDGE];
  return html`${verbatim(SVG_BEGINNING)} viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" role="img" aria-label="${title}" font-family="${FONTS}">
<title>${title}</title>
<desc>${descriptionOf(figure)}</desc>
<rect x="0" y="0" width="${px(width)}" height="${px(height)}" fill="${PAPER}"/>
${content.draw(EDGE, EDGE)}</svg>
`;
}

function rowsOf<T>(items: readonly T[], across: number): T[][] {
  const rows: T[][] = [];
  for (let k = 0; k < items.length; k += across) rows.push(items.slice(k, k + across));
  return rows;
}

const beside = (blocks: readonly Block[], widthPx: number): Block => ({
  height: Math.max(0, ...blocks.map(({ height }) => height)),
  draw: (left, top) => html`${blocks.map((block, k) => block.draw(left + k * widthPx, top))}`,
});

/** For those who do not see it: how many series of what against what, and the notes. */
function descriptionOf({ name, panels, notes }: Figure): string {
  const described = panels.map(
    ({ title, x, y, series }) =>
      `${title}: ${y.label} against ${x.label}, ${series.length} series (${series.map(({ heading, source }) => `${heading}: ${source}`).join('; ')})`,
  );
  return [`Figure ${name}.`, ...described, ...notes].join('. ').replaceAll('..', '.');
}
