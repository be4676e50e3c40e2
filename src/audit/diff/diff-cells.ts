/** Two values of tables side by side. */
import type { Cell, Table } from '../../projections/table.ts';

export interface CellDifference {
  /** null where one side has no such cell. */
  readonly a: Cell | null;
  readonly b: Cell | null;
  /** B − A in their unit; null where one is not computed or their units differ. */
  readonly difference: number | null;
  /** Whether the 95 % intervals overlap; null where one has none. */
  readonly intervalsOverlap: boolean | null;
}

export function diffCells(a: Cell | null, b: Cell | null): CellDifference {
  const comparable = a !== null && b !== null && a.unit === b.unit;
  const bothComputed = comparable && a.value !== null && b.value !== null;
  return {
    a,
    b,
    difference: bothComputed ? b.value! - a.value! : null,
    intervalsOverlap: comparable ? overlap(a.interval95, b.interval95) : null,
  };
}

/** An end that is null is unbounded. */
function overlap(a: Cell['interval95'], b: Cell['interval95']): boolean | null {
  if (a === null || b === null) return null;
  const below = ([, high]: readonly [unknown, number | null], [low]: readonly [number | null, unknown]): boolean =>
    high !== null && low !== null && high < low;
  return !below(a, b) && !below(b, a);
}

/** The cells of two campaigns whose value, interval, verdict or status is not the same, by name; A's order, then B's. */
export function differentCells(a: readonly Table[], b: readonly Table[]): CellDifference[] {
  const [cellsA, cellsB] = [cellsByName(a), cellsByName(b)];
  return [...new Set([...cellsA.keys(), ...cellsB.keys()])]
    .map((name) => diffCells(cellsA.get(name) ?? null, cellsB.get(name) ?? null))
    .filter((pair) => !sameCell(pair));
}

export function sameCell({ a, b }: CellDifference): boolean {
  const shown = (cell: Cell | null): string =>
    JSON.stringify(cell && [cell.value, cell.unit, cell.interval95, cell.range, cell.verdict, cell.status]);
  return shown(a) === shown(b);
}

const cellsByName = (tables: readonly Table[]): Map<string, Cell> =>
  new Map(tables.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map((cell) => [cell.name, cell] as const))));
