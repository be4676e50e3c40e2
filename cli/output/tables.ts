/** The tables of a campaign as text: computed values first, published ones named as such, notes below. */
import type { MethodLine } from '../../src/campaign/method-comparison.ts';
import type { Table } from '../../src/projections/table.ts';
import { escapeControl } from '../../store/escape-control.ts';
import { formatCell, formatPublished } from './numbers.ts';
import { renderColumns } from './text-table.ts';

export function renderTables(
  tables: readonly Table[],
  methods: readonly MethodLine[],
  source: string | undefined,
): string {
  const parts = tables.map(renderTable);
  if (methods.length > 0) {
    parts.push(
      `How this campaign's method differs from the published one (${escapeControl(source ?? '')})\n` +
        renderColumns([
          ['', 'this campaign', 'published'],
          ...methods.map(({ aspect, here, published }) => [aspect, here, published]),
        ]),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** One line a row where a table is narrow; one line a cell where published values stand beside. */
function renderTable(table: Table): string {
  const withPublished = table.rows.some((row) => row.cells.some((cell) => cell.published !== null));
  const body = withPublished ? cellLines(table) : rowLines(table);
  const notes = table.rows.flatMap(noteLines).map(escapeControl);
  const intervals = table.rows.some((row) => row.cells.some((cell) => cell.interval95 !== null));
  const title = `${table.title}${intervals ? '; 95 % intervals in brackets' : ''}`;
  return [title, body, ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n');
}

const rowLines = (table: Table): string =>
  renderColumns([
    ['', ...table.columns.map((column) => column.heading)],
    ...table.rows.map((row) => [row.heading, ...row.cells.map(formatCell)]),
  ]);

const cellLines = (table: Table): string =>
  renderColumns([
    ['', '', 'computed here', 'published'],
    ...table.rows.flatMap((row) =>
      row.cells.map((cell, k) => [
        k === 0 ? row.heading : '',
        table.columns[k]!.heading,
        formatCell(cell),
        formatPublished(cell),
      ]),
    ),
  ]);

/** A note that several cells of a row share is printed once, for the row. */
function noteLines(row: Table['rows'][number]): string[] {
  const notes = new Map<string, string[]>();
  for (const cell of row.cells) {
    for (const note of cell.notes) notes.set(note, [...(notes.get(note) ?? []), cell.name]);
  }
  return [...notes].map(([note, cells]) => `  ${cells.length === 1 ? cells[0] : row.heading}: ${escapeControl(note)}`);
}
