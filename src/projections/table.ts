/**
 * A table: rows of cells, each with a name that `why` takes, its unit, its uncertainty, and the events it rests on.
 * Cell names: TABLE/ROW/COLUMN, each part letters, digits, dots, dashes, underscores (grammar in docs/cli.md).
 */
export interface Cell {
  readonly name: string;
  /** null unless the cell is computed. */
  readonly value: number | null;
  /** What is shown for a value that stands for something else, such as the symbol of a space group for its number. */
  readonly text?: string;
  /** Significant digits that a value without an interval is shown with; three where left out. */
  readonly digits?: number;
  /** Empty for pure numbers. */
  readonly unit: string;
  /** 95 % interval, in the unit of the value. */
  readonly interval95: readonly [number | null, number | null] | null;
  /** Smallest and largest of the values that were averaged, in the unit of the value. */
  readonly range?: readonly [number, number];
  /** On an exponent: whether it shows normal diffusion. */
  readonly verdict?: string;
  /** `withdrawn`: corrections took back what it needs, and it will not be computed. */
  readonly status: 'computed' | 'withheld' | 'missing' | 'withdrawn';
  /** Why there is no value, or what must be known beside it. */
  readonly notes: readonly string[];
  /** Event ids that the cell rests on directly. */
  readonly events: readonly string[];
  readonly published: PublishedValue | null;
}

/** A number from the literature: never computed by varve, and said to be published wherever it is shown. */
export interface PublishedValue {
  readonly value: number;
  /** As a cell's. */
  readonly text?: string;
  /** How it is to be read, e.g. that it is the published line's value at this temperature. */
  readonly what: string;
}

export interface Table {
  readonly name: string;
  readonly title: string;
  /** Column keys in order; a cell's name ends in its column's key. */
  readonly columns: readonly { readonly key: string; readonly heading: string }[];
  readonly rows: readonly { readonly name: string; readonly heading: string; readonly cells: readonly Cell[] }[];
}

export const cellsOf = (tables: readonly Table[]): Cell[] =>
  tables.flatMap((table) => table.rows.flatMap((row) => row.cells));

export const cellName = (table: string, row: string, column: string): string => `${table}/${row}/${column}`;
