/**
 * A figure as data: panels of series, each series with a name that `why` takes, its units, its errors and the events it
 * rests on. Names: FIGURE/PANEL/SERIES, as those of cells (grammar in docs/cli.md). Drawing is done elsewhere.
 */
export interface Figure {
  /** `fig7` and the like: the paper's number, so that the two can be laid side by side. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  /** What must be known beside it: sizes, times, what is withheld and why. */
  readonly notes: readonly string[];
}

export interface Axis {
  readonly label: string;
  /** Empty for pure numbers. */
  readonly unit: string;
  readonly scale: 'linear' | 'log';
}

export interface Panel {
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** All arrays are as long as `x`. */
export interface Series {
  /** FIGURE/PANEL/SERIES. */
  readonly name: string;
  readonly heading: string;
  /** `published` values and lines are never varve's own numbers, and drawn and listed as such. */
  readonly source: 'computed' | 'fit' | 'published';
  readonly shape: 'points' | 'line' | 'bars' | 'cells';
  /** In the axis's unit. */
  readonly x: readonly number[];
  /** null where there is no value: a gap. */
  readonly y: readonly (number | null)[];
  /** Lower and upper end of a 95 % interval, in the unit of y. */
  readonly interval95?: readonly (readonly [number | null, number | null] | null)[];
  /** Of `cells`: the share of each (x, y), 0 to 1, by which it is coloured. */
  readonly share?: readonly number[];
  /** Why there is nothing to show, where there is nothing. */
  readonly missing?: string;
  /** Event ids that the series rests on directly. */
  readonly events: readonly string[];
}

export const seriesName = (figure: string, panel: string, series: string): string => `${figure}/${panel}/${series}`;
