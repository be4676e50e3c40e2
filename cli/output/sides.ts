/** Two cells, potentials or campaigns beside each other as text: differences and ratios with intervals, and by what test. */
import type { Estimate } from '../../src/analysis/variance/two-samples.ts';
import type { CellDifference, SampleContrast } from '../../src/audit/compare/compare-cells.ts';
import type { SidesCompared } from '../../src/audit/compare/compare-subjects.ts';
import type { Cell } from '../../src/projections/table.ts';
import { escapeControl } from '../../store/escape-control.ts';
import { counted, formatCell, formatNumber } from './numbers.ts';
import { renderColumns } from './text-table.ts';

export function renderSides(compared: SidesCompared): string {
  switch (compared.type) {
    case 'cells':
      return renderCells(compared);
    case 'potentials':
      return renderPotentials(compared);
    case 'campaigns':
      return renderCampaigns(compared);
  }
}

function renderCells({ a, b, difference, contrast }: Extract<SidesCompared, { type: 'cells' }>): string {
  const cells = renderColumns([
    ['A', a.name, formatCell(a)],
    ['B', b.name, formatCell(b)],
  ]);
  const body =
    contrast === undefined
      ? `A − B  ${formatDifference(difference, a.unit)}\nFrom the cells’ own intervals, as if independent: they are not means of independent values of one unit.`
      : renderContrast(contrast);
  return `${cells}\n\n${body}\n`;
}

function renderPotentials({ a, b, points }: Extract<SidesCompared, { type: 'potentials' }>): string {
  if (points.length === 0)
    return `${escapeControl(`No structure has runs of both ${a} and ${b} at one temperature.`)}\n`;
  return points
    .map(
      ({ structure, temperatureK, contrast }) =>
        `${escapeControl(`${structure}, ${temperatureK} K: A ${a}, B ${b}`)}\n${renderContrast(contrast)}\n`,
    )
    .join('\n');
}

function renderContrast({ samples: [first, second], comparison, shared }: SampleContrast): string {
  const { unit } = first;
  const { counts, means, plain, relative } = comparison;
  const size = (count: number, { each, runs }: typeof first): string =>
    `n = ${count} (each the ${each}${runs === count ? '' : `; ${counted(runs, 'run')} in all`})`;
  const rows = [
    ['mean of A', `${formatNumber(means[0])} ${unit}`, size(counts[0], first)],
    ['mean of B', `${formatNumber(means[1])} ${unit}`, size(counts[1], second)],
    ['difference of means, A − B', withUnit(plain.differenceOfMeans, unit), 'Welch’s t'],
    ...(relative === null
      ? []
      : [['ratio of geometric means, A/B', estimate(relative.ratioOfMeans), 'Welch’s t of the logarithms']]),
    ...(plain.ratioOfVariances === null ? [] : [['ratio of variances, A/B', estimate(plain.ratioOfVariances), 'F']]),
    ...(relative?.ratioOfVariances == null
      ? []
      : [['ratio of relative variances, A/B', estimate(relative.ratioOfVariances), 'F of the logarithms']]),
  ];
  const notes = [
    '95 % intervals in brackets; p: chance of such a difference where there is none. All take the values as normal and independent.',
    ...(counts.some((count) => count < 2) ? ['A set of one value has no scatter: no interval.'] : []),
    ...(shared > 0 ? [`${counted(shared, 'run')} are in both: the two are not independent.`] : []),
  ];
  return [renderColumns(rows), ...notes].join('\n');
}

const withUnit = (found: Estimate, unit: string): string => estimate(found, unit === '' ? '' : ` ${unit}`);

function estimate({ value, interval95, pValue }: Estimate, unit = ''): string {
  const interval = interval95 === null ? '' : ` [${interval95.map((end) => formatNumber(end)).join(', ')}]`;
  return `${formatNumber(value)}${interval}${unit}${pValue === null ? '' : `, p = ${formatNumber(pValue, 2)}`}`;
}

function renderCampaigns({ a, b, pairs, onlyInA, onlyInB }: Extract<SidesCompared, { type: 'campaigns' }>): string {
  const rows = pairs.map((pair) => [
    pair.a.name,
    formatCell(pair.a),
    formatCell(pair.b),
    formatDifference(pair.difference, pair.a.unit),
  ]);
  const only = (letter: string, names: readonly string[]): string =>
    names.length === 0 ? '' : `\nOnly in ${letter}: ${escapeControl(names.join(', '))}\n`;
  return (
    `${renderColumns([['', `A: ${a}`, `B: ${b}`, 'A − B'], ...rows])}\n` +
    '95 % intervals in brackets; those of differences from the two cells’, as if independent.\n' +
    only('A', onlyInA) +
    only('B', onlyInB)
  );
}

function formatDifference({ value, interval95, why }: CellDifference, unit: Cell['unit']): string {
  if (value === null) return `none: ${why}`;
  const interval =
    interval95 === null ? ` (no interval: ${why})` : ` [${interval95.map((end) => formatNumber(end)).join(', ')}]`;
  return `${formatNumber(value)}${unit === '' ? '' : ` ${unit}`}${interval}`;
}
