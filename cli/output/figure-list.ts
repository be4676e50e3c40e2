/** Figures as text: what there is, series by series, and what is missing and why. */
import { axisText, sourceText } from '../../src/projections/drawing/values-text.ts';
import { type Figure, type Series, seriesOf } from '../../src/projections/figure.ts';
import { escapeControl } from '../../store/escape-control.ts';
import { counted } from './numbers.ts';
import { renderColumns } from './text-table.ts';

/** @param withNotes where few are listed, so that they stay readable */
export function renderFigureList(figures: readonly Figure[], withNotes: boolean): string {
  const parts = figures.map((figure) => renderFigure(figure, withNotes));
  return `${parts.join('\n\n')}\n\nTo draw them: varve figures --out DIR. To ask one why: varve why FIGURE/PANEL/SERIES.\n`;
}

function renderFigure(figure: Figure, withNotes: boolean): string {
  const { name, title, panels, notes } = figure;
  return [
    escapeControl(`${name}: ${title}`),
    ...panels.map(({ title: panelTitle, x, y }) =>
      escapeControl(`  ${panelTitle}: ${axisText(y)} against ${axisText(x)}`),
    ),
    renderColumns(seriesOf(figure).map(({ series }) => [`  ${series.name}`, sourceText(series), countText(series)])),
    ...(withNotes ? notes.map((note) => escapeControl(`  ${note}`)) : []),
  ].join('\n');
}

function countText({ x, y, missing }: Series): string {
  const values = y.filter((value) => value !== null).length;
  const gaps = x.length - values;
  if (missing !== undefined) return `missing: ${missing}`;
  return `${counted(values, 'value')}${gaps === 0 ? '' : `, ${counted(gaps, 'gap')}`}`;
}
