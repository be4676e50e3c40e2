/**
 * Colours, dashes and symbols. Series are told apart by colour and by symbol or dash, so also without colour. The colours
 * are those of Okabe and Ito (2008) that read on white; families of curves run along the map `plasma` without its
 * lightest end. Published series are grey, with open symbols and dashed lines, and nothing else is.
 */
import type { Panel, Series } from '../figure.ts';

export const INK = '#1d232a';
export const SOFT = '#59636e';
export const GRID = '#e4e7ea';
export const PAPER = '#ffffff';

const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#aa3377', '#e69f00', '#56b4e9', '#5b3a00'];
const GREYS = ['#6b7280', '#3f4650', '#939aa3'];
const DASHES = ['6 4', '2 3', '9 3 2 3', '12 4', '5 2 1 2 1 2'];
export const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'down'] as const;
export type SymbolShape = (typeof SYMBOLS)[number];

export interface Look {
  readonly colour: string;
  readonly symbol: SymbolShape;
  readonly open: boolean;
  /** Of a line; empty for an unbroken one. */
  readonly dash: string;
}

/** How each series of a panel looks, in their order. */
export function looksOf({ series }: Panel): Look[] {
  const roots = [...new Set(series.map(rootOf))];
  const families = series.flatMap(({ family }) => (family === undefined ? [] : [family.value]));
  const published = series.filter(({ source }) => source === 'published').map(rootOf);
  const publishedRoots = [...new Set(published)];
  return series.map((one): Look => {
    const k = roots.indexOf(rootOf(one));
    const symbol = SYMBOLS[k % SYMBOLS.length]!;
    if (one.source === 'published') {
      const p = publishedRoots.indexOf(rootOf(one));
      return { colour: GREYS[p % GREYS.length]!, symbol, open: true, dash: DASHES[p % DASHES.length]! };
    }
    const colour = one.family === undefined ? COLOURS[k % COLOURS.length]! : familyColour(one.family.value, families);
    const turn = one.family === undefined ? Math.floor(k / COLOURS.length) : 0;
    const dash = one.source === 'fit' || turn === 0 ? '' : DASHES[(turn - 1) % DASHES.length]!;
    return { colour, symbol, open: one.source === 'fit', dash };
  });
}

/** The name up to the first `+`: what belongs together has the same. */
const rootOf = ({ name }: Series): string => name.split('+')[0]!;

const PLASMA: readonly Colour[] = [
  [13, 8, 135],
  [84, 2, 163],
  [139, 10, 165],
  [185, 50, 137],
  [219, 92, 104],
  [244, 136, 73],
];
const BLUES: readonly Colour[] = [
  [242, 246, 250],
  [158, 202, 225],
  [49, 130, 189],
  [8, 48, 107],
];
type Colour = readonly [number, number, number];

function familyColour(value: number, all: readonly number[]): string {
  const [low, high] = [Math.min(...all), Math.max(...all)];
  // Halves, so that no difference is too large for a double.
  const range = high / 2 - low / 2;
  return along(PLASMA, range > 0 ? (value / 2 - low / 2) / range : 0);
}

/** @param part of the largest share, 0 to 1 */
export const shareColour = (part: number): string => along(BLUES, part);

function along(stops: readonly Colour[], part: number): string {
  const at = Math.min(Math.max(part, 0), 1) * (stops.length - 1);
  const k = Math.min(Math.floor(at), stops.length - 2);
  const mixed = stops[k]!.map((from, channel) => Math.round(from + (at - k) * (stops[k + 1]![channel]! - from)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
