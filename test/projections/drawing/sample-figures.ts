/** Figures that use everything a figure can hold, with values like those of campaigns. */
import { checkedFigure, type Figure, type Panel, type Series, seriesName } from '../../../src/projections/figure.ts';

const series = (figure: string, panel: string, name: string, given: Partial<Series>): Series => ({
  name: seriesName(figure, panel, name),
  heading: name,
  source: 'computed',
  shape: 'points',
  x: [],
  y: [],
  events: [],
  ...given,
});

const TEMPERATURES = [200, 300, 400, 500, 600, 700, 800, 900, 1000];
/** Evenly spaced on a log axis, by products alone: the same bits everywhere. */
const TIMES_PS = Array.from({ length: 60 }).reduce<number[]>((times) => [...times, (times.at(-1) ?? 0.1) * 1.2], []);

/** Mean square displacement by temperature, and the exponent: the shape of Fig. 10. */
export function displacementFigure(): Figure {
  const msd = TEMPERATURES.map((temperatureK) =>
    series('fig10', 'a', `msd-${temperatureK}K`, {
      heading: `${temperatureK} K`,
      shape: 'line',
      x: TIMES_PS,
      y: TIMES_PS.map((t, k) =>
        k === 30 && temperatureK === 500
          ? null
          : (1.5 * t) / (0.4 + t) + (t * temperatureK * temperatureK * temperatureK * temperatureK) / 3e12,
      ),
      family: { quantity: 'T', value: temperatureK, unit: 'K' },
    }),
  );
  const alpha = series('fig10', 'b', 'alpha', {
    heading: 'ordered bulk',
    x: TEMPERATURES,
    y: TEMPERATURES.map((t) => (t < 300 ? null : Math.min(1, t / 700))),
    interval95: TEMPERATURES.map((t) => (t === 300 ? [null, 1.9] : t === 900 ? null : [t / 800 - 0.2, t / 700 + 0.1])),
    cells: TEMPERATURES.map((t) => `diffusion/bulk/alpha-${t}K`),
  });
  const published = series('fig10', 'b', 'alpha+published', {
    heading: 'ordered bulk, Ou et al. 2024',
    source: 'published',
    x: [500, 600, 800],
    y: [0.8, 0.95, 1],
  });
  const disordered = series('fig10', 'b', 'disordered', {
    heading: 'disordered bulk',
    missing: 'the runs at all temperatures were retracted: the wrong lattice constant',
  });
  return checkedFigure({
    name: 'fig10',
    title: 'Mean square displacement of Li, and its exponent',
    panels: [
      panel('a', 'Mean square displacement, anion-ordered bulk', ['t', 'ps', 'log'], ['MSD', 'Å²', 'log'], msd),
      panel(
        'b',
        'Exponent over the last two fifths',
        ['T', 'K', 'linear'],
        ['α', '', 'linear'],
        [alpha, published, disordered],
      ),
    ],
    notes: ['3 328 atoms, 60 ps. Below 300 K withheld: fewer than ten jumps in all, so that no exponent can be told.'],
  });
}

/** Occupancies as cells, bars on linear and log axes, a panel with nothing in it. */
export function occupancyFigure(): Figure {
  const grid = TEMPERATURES.flatMap((t) => [4, 5, 6, 7, 8].map((n) => ({ t, n })));
  const cells = series('fig8', 'f', 'occupancy', {
    heading: 'cages',
    shape: 'cells',
    x: grid.map(({ t }) => t),
    y: grid.map(({ n }) => n),
    share: grid.map(({ t, n }) => (n === 6 ? 1 - t / 2000 : t / 2000 / (1 + (n - 6) * (n - 6) * (n - 6) * (n - 6)))),
  });
  const bars = (name: string, factor: number, source: Series['source']): Series =>
    series('fig8', 'd', name, {
      shape: 'bars',
      source,
      x: [1, 2, 3, 4, 5],
      y: [3, 9, 5, null, -1].map((y) => y && y * factor),
    });
  const logBars = series('fig8', 'e', 'rates', {
    shape: 'bars',
    x: TEMPERATURES,
    y: TEMPERATURES.map((t) => (t === 200 ? 0 : 1e-4 * (1 << (t / 100)))),
    interval95: TEMPERATURES.map((t) => [1e-4 * (1 << (t / 100)) * 0.3, 1e-4 * (1 << (t / 100)) * 4]),
  });
  return checkedFigure({
    name: 'fig8',
    title: 'Jumps between cages and how full they are',
    panels: [
      panel(
        'd',
        'Displacements',
        ['displacement', 'Å', 'linear'],
        ['share of Li', '%', 'linear'],
        [
          bars('ordered', 1, 'computed'),
          bars('disordered', 0.7, 'computed'),
          bars('ordered+published', 0.9, 'published'),
        ],
      ),
      panel('e', 'Jump rate', ['T', 'K', 'linear'], ['jumps per Li', '1/ns', 'log'], [logBars]),
      panel('f', 'Occupancy of cages', ['T', 'K', 'linear'], ['Li in a cage', '', 'linear'], [cells]),
      panel(
        'g',
        'Occupancy of cages at a grain boundary',
        ['T', 'K', 'linear'],
        ['Li in a cage', '', 'linear'],
        [
          series('fig8', 'g', 'boundary', { missing: 'cages are not defined where a boundary cuts them' }),
          series('fig8', 'g', 'boundary2', { heading: 'Σ3(1-12)[110]', missing: 'not computed yet' }),
        ],
      ),
    ],
    notes: ['Cages stand around 4c S.'],
  });
}

/** Fifteen series, hostile names, large and tiny numbers. */
export function crowdedFigure(): Figure {
  const many = Array.from({ length: 15 }, (_, k) =>
    series('crowd', 'p', `s${k}`, {
      heading: k === 3 ? `<script>alert("1")</script> & ${'very '.repeat(40)}long` : `structure number ${k}`,
      shape: k % 2 === 0 ? 'line' : 'points',
      x: [0, 1, 2, 3].map((x) => 1_000_000 + x),
      y: [0, 1, 2, 3].map((x) => 1e-7 * (k + x)),
      ...(k === 4 ? { interval95: [0, 1, 2, 3].map((x) => [1e-7 * (2 + x), 1e-7 * (5 + x)] as const) } : {}),
    }),
  );
  return checkedFigure({
    name: 'crowd',
    title: `A title of a length that no figure should have, ${'and on '.repeat(30)}]]> --> \u202e \u0000 \uffff`,
    panels: [
      {
        ...panel(
          'p',
          'Panel',
          ['a quantity whose name is long for an axis of this width', 'kg m² s⁻²', 'linear'],
          ['σ', 'mS/cm', 'linear'],
          many,
        ),
      },
    ],
    notes: [],
  });
}

type AxisWords = readonly [label: string, unit: string, scale: 'linear' | 'log'];

function panel(name: string, title: string, x: AxisWords, y: AxisWords, list: readonly Series[]): Panel {
  const axis = ([label, unit, scale]: AxisWords) => ({ label, unit, scale });
  return { name, title, x: axis(x), y: axis(y), series: list };
}
