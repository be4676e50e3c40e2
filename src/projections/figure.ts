/**
 * A figure as data: panels of series, each series with a name that `why` takes, its units, its errors and the events it
 * rests on. Names: FIGURE/PANEL/SERIES, as those of cells (grammar in docs/cli.md). Drawing is done in `drawing/`.
 *
 * A series whose name goes on after that of another with `+` belongs to it (`bulk+fit`, `bulk+published`): the two are
 * drawn alike. Names of structures and the like hold no `+`.
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
  /** Another quantity along the same axis, written on the far side of the panel: T where the axis is 1/T. */
  readonly opposite?: {
    readonly label: string;
    readonly unit: string;
    /** Where on the axis, and what is written there; where there is no room, later marks give way. */
    readonly marks: readonly { readonly at: number; readonly text: string }[];
  };
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
  /** What tells the curves of a family apart, such as their temperature: they are coloured by it. */
  readonly family?: { readonly quantity: string; readonly value: number; readonly unit: string };
  /** Names of the table cells that the points are, for `why`; null where a point is none. */
  readonly cells?: readonly (string | null)[];
  /** Event ids that the series rests on directly. */
  readonly events: readonly string[];
}

export const seriesName = (figure: string, panel: string, series: string): string => `${figure}/${panel}/${series}`;

/** With the panel that each is of. */
export const seriesOf = ({ panels }: Figure): { readonly panel: Panel; readonly series: Series }[] =>
  panels.flatMap((panel) => panel.series.map((series) => ({ panel, series })));

export const hasValue = ({ y }: Series): boolean => y.some((value) => value !== null);

const namePart = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,160}$/;

/**
 * Returns the figure itself. Whoever derives a figure must keep to these rules: parts of names as the grammar has them,
 * every series named after its place, each name once, arrays of one length, finite numbers, shares from 0 to 1.
 * @throws Error that names the series
 */
export function checkedFigure(figure: Figure): Figure {
  const names = new Set<string>();
  if (!namePart.test(figure.name)) throw new Error(`no name of a figure: ${figure.name}`);
  for (const { panel, series } of seriesOf(figure)) {
    const demand = (holds: boolean, rule: string): void => {
      if (!holds) throw new Error(`series ${series.name}: ${rule}`);
    };
    const own = series.name.slice(seriesName(figure.name, panel.name, '').length);
    demand(namePart.test(panel.name) && namePart.test(own), 'a part of its name is not one');
    demand(series.name === seriesName(figure.name, panel.name, own), 'its name is not that of its place');
    demand(!names.has(series.name), 'its name is there twice');
    names.add(series.name);
    const { x, y, interval95, share, cells } = series;
    for (const list of [y, interval95 ?? x, share ?? x, cells ?? x])
      demand(list.length === x.length, 'unequal lengths');
    demand(series.shape !== 'cells' || share !== undefined, 'cells without shares');
    const numbers = [...x, ...y, ...(interval95 ?? []).flat(), ...(share ?? []), series.family?.value ?? 0];
    demand(
      numbers.every((value) => value === null || Number.isFinite(value)),
      'a number is not finite',
    );
    demand(share === undefined || share.every((value) => value >= 0 && value <= 1), 'a share is not from 0 to 1');
  }
  return figure;
}
