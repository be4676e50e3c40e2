import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../src/projections/figure.ts';
import { CSV_BEGINNING, figureCsv } from '../../src/projections/figure-csv.ts';
import { displacementFigure, occupancyFigure } from './drawing/sample-figures.ts';

/** RFC 4180, and nothing beside it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let rest = text;
  while (rest !== '') {
    const field = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
    if (field === null) throw new Error(`no field at ${rest.slice(0, 80)}`);
    rows.at(-1)!.push(field[1]?.replaceAll('""', '"') ?? field[2]!);
    rest = rest.slice(field[0].length);
    if (field[3] === '\r\n') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

type Row = { readonly [column: string]: string };

function recordsOf(text: string): Row[] {
  const [names, ...rows] = readCsv(text);
  for (const row of rows) expect(row).toHaveLength(names!.length);
  return rows.map((row) => Object.fromEntries(names!.map((name, k) => [name, row[k]!])));
}

const numberIn = (text: string): number | null => (text === '' ? null : Number(text));

/** What a reader gets back of the series of a panel. */
const seriesIn = (rows: readonly Row[], name: string) => {
  const own = rows.filter(({ series, x }) => series === name && x !== '');
  return {
    x: own.map(({ x }) => Number(x)),
    y: own.map(({ y }) => numberIn(y!)),
    intervals: own.map(({ y_low95, y_high95 }) => [numberIn(y_low95!), numberIn(y_high95!)]),
    share: own.map(({ share }) => numberIn(share!)),
  };
};

function demandRoundTrip(figure: Figure): void {
  const rows = recordsOf(figureCsv(figure));
  for (const panel of figure.panels) {
    for (const series of panel.series) {
      const read = seriesIn(rows, series.name);
      expect(read.x).toEqual(series.x.map((value) => value + 0));
      expect(read.y).toEqual(series.y.map((value) => (value === null ? null : value + 0)));
      expect(read.intervals).toEqual(
        series.x.map((_, k) => (series.interval95?.[k] ?? [null, null]).map((end) => (end === null ? null : end + 0))),
      );
      expect(read.share).toEqual(series.x.map((_, k) => series.share?.[k] ?? null));
      const own = rows.filter(({ series: name }) => name === series.name);
      expect(own.length).toBe(Math.max(series.x.length, 1));
      for (const row of own) {
        expect(row).toMatchObject({
          figure: figure.name,
          panel: panel.name,
          heading: series.heading,
          source: series.source,
          x_quantity: panel.x.label,
          x_unit: panel.x.unit,
          y_quantity: panel.y.label,
          y_unit: panel.y.unit,
          missing: series.missing ?? '',
        });
      }
    }
  }
}

describe('a figure as CSV (T1)', () => {
  it('gives back every number with all its digits, and what each is, in RFC 4180', () => {
    demandRoundTrip(displacementFigure());
    demandRoundTrip(occupancyFigure());
    expect(figureCsv(occupancyFigure()).startsWith(CSV_BEGINNING)).toBe(true);
  });

  it('holds any text and any finite number', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', ',', '\r\n', '\n', '"a","b"\r\n', ''));
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(text, text, text, fc.array(number), (heading, missing, unit, values) => {
        const axis = { label: heading, unit, scale: 'linear' } as const;
        const series = {
          name: 'f/p/s',
          heading,
          source: 'computed',
          shape: 'points',
          x: values,
          y: values.map((value, k) => (k % 3 === 0 ? null : value)),
          missing,
          events: [],
        } as const;
        demandRoundTrip({
          name: 'f',
          title: heading,
          notes: [],
          panels: [{ name: 'p', title: heading, x: axis, y: axis, series: [series] }],
        });
      }),
    );
  });
});
