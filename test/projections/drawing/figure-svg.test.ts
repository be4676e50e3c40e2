import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFigure } from '../../../src/projections/drawing/figure-svg.ts';
import type { Axis, Figure, Panel, Series } from '../../../src/projections/figure.ts';
import { checkedFigure, seriesName } from '../../../src/projections/figure.ts';
import { sha256Hex } from '../../../store/hash.ts';
import { crowdedFigure, displacementFigure, occupancyFigure } from './sample-figures.ts';
import { checkDrawing } from './svg-check.ts';

const anyNumber = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 4, arbitrary: fc.double({ noNaN: true, min: -100, max: 100 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 1e-7, 1e300, 1e-300),
  },
);
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 300 }));

const anySeries = (index: number): fc.Arbitrary<Series> =>
  fc.integer({ min: 0, max: 12 }).chain((length) => {
    const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
      fc.array(item, { minLength: length, maxLength: length });
    const end = fc.option(anyNumber);
    return fc.record(
      {
        name: fc.constant(seriesName('f', 'p', `s${index}`)),
        heading: anyText,
        source: fc.constantFrom('computed', 'fit', 'published'),
        shape: fc.constantFrom('points', 'line', 'bars', 'cells'),
        x: list(anyNumber),
        y: list(fc.option(anyNumber, { freq: 4 })),
        share: list(fc.double({ noNaN: true, min: 0, max: 1 })),
        interval95: list(fc.option(fc.tuple(end, end))),
        missing: anyText,
        family: fc.record({ quantity: anyText, value: anyNumber, unit: anyText }),
        events: fc.constant([]),
      },
      { requiredKeys: ['name', 'heading', 'source', 'shape', 'x', 'y', 'share', 'events'] },
    );
  });

const anyAxis: fc.Arbitrary<Axis> = fc.record(
  {
    label: anyText,
    unit: anyText,
    scale: fc.constantFrom('linear', 'log'),
    opposite: fc.record({
      label: anyText,
      unit: anyText,
      marks: fc.array(fc.record({ at: fc.double({ noNaN: true, min: 1e-9, max: 10 }), text: anyText }), {
        maxLength: 4,
      }),
    }),
  },
  { requiredKeys: ['label', 'unit', 'scale'] },
);

const anyPanel = (name: string): fc.Arbitrary<Panel> =>
  fc.record({
    name: fc.constant(name),
    title: anyText,
    x: anyAxis,
    y: anyAxis,
    series: fc
      .tuple(...[0, 1, 2].map(anySeries))
      .chain((all) => fc.integer({ min: 0, max: 3 }).map((count) => all.slice(0, count)))
      .map((list) => list.map((series, k) => ({ ...series, name: seriesName('f', name, `s${k}`) }))),
  });

const anyFigure: fc.Arbitrary<Figure> = fc.record({
  name: fc.constant('f'),
  title: anyText,
  panels: fc
    .tuple(anyPanel('p'), anyPanel('q'), anyPanel('r'))
    .chain((all) => fc.integer({ min: 0, max: 3 }).map((count) => all.slice(0, count))),
  notes: fc.array(anyText, { maxLength: 3 }),
});

describe('a figure as SVG (T1)', () => {
  it('is well-formed and within its view box, whatever finite numbers and texts it is of, and the same each time', () => {
    fc.assert(
      fc.property(anyFigure, (figure) => {
        const svg = drawFigure(figure);
        checkDrawing(svg);
        expect(drawFigure(structuredClone(figure))).toBe(svg);
      }),
      { numRuns: 250 },
    );
  });

  it('names each series and value for why, published ones as published', () => {
    const elements = checkDrawing(drawFigure(displacementFigure()));
    const named = elements.flatMap(({ attributes }) => attributes.get('data-cell') ?? []);
    expect(named.filter((name) => name.startsWith('fig10/a/'))).toHaveLength(9);
    expect(named).toContain('fig10/b/alpha');
    expect(named).toContain('diffusion/bulk/alpha-600K');
    // Without values there is no mark, but the reason.
    expect(named).not.toContain('fig10/b/disordered');
    const texts = elements.filter(({ name }) => name === 'text').map(({ text }) => text);
    expect(texts.join(' ')).toContain(
      'Missing: disordered bulk: the runs at all temperatures were retracted: the wrong lattice constant',
    );
    expect(texts).toContain('ordered bulk, Ou et al. 2024, published');
    const titles = elements.filter(({ name }) => name === 'title').map(({ text }) => text);
    expect(titles).toContain(
      'ordered bulk (computed here): T = 600 K, α = 0.8571 [0.55, 0.9571]; varve why diffusion/bulk/alpha-600K',
    );
    expect(titles).toContain(
      'ordered bulk, Ou et al. 2024 (published, not computed here): T = 800 K, α = 1; varve why fig10/b/alpha+published',
    );
  });

  it('draws published values grey and open, and nothing else grey or dashed where colours suffice', () => {
    for (const figure of [displacementFigure(), occupancyFigure()]) {
      const elements = checkDrawing(drawFigure(figure));
      for (const { name, attributes, text } of elements.filter((element) => element.attributes.has('data-source'))) {
        expect(name).toBe('g');
        expect(text.includes('published')).toBe(attributes.get('data-source') === 'published');
      }
      const ofSource = (source: string): string =>
        drawFigure(figure)
          .split('\n<g data-cell=')
          .filter((part) => part.includes(`data-source="${source}"`))
          .join('\n');
      expect(ofSource('published')).toContain('stroke="#6b7280"');
      expect(ofSource('published')).toContain('fill="#ffffff"');
    }
  });

  it('breaks a line at a gap, and says which values a log axis cannot show', () => {
    const svg = drawFigure(displacementFigure());
    const line = /data-cell="fig10\/a\/msd-500K".*?<path d="([^"]*)"/s.exec(svg)![1]!;
    expect(line.match(/M/g)).toHaveLength(2);
    const whole = /data-cell="fig10\/a\/msd-600K".*?<path d="([^"]*)"/s.exec(svg)![1]!;
    expect(whole.match(/M/g)).toHaveLength(1);
    const elements = checkDrawing(drawFigure(occupancyFigure()));
    const texts = elements.filter(({ name }) => name === 'text').map(({ text }) => text);
    expect(texts).toContain('1 value is not drawn: not positive, on a logarithmic axis');
    expect(texts.join(' ')).toContain('cages are not defined where a boundary cuts them');
  });

  it('ends an interval that is unbounded or too far in an arrow at the edge, without losing the values from sight', () => {
    const figure = (interval: readonly [number | null, number | null]): Figure => ({
      name: 'f',
      title: '',
      notes: [],
      panels: [
        {
          name: 'p',
          title: '',
          x: { label: 'T', unit: 'K', scale: 'linear' },
          y: { label: 'D', unit: 'cm²/s', scale: 'log' },
          series: [
            {
              name: 'f/p/s',
              heading: 's',
              source: 'computed',
              shape: 'points',
              x: [1, 2],
              y: [1e-6, 1e-5],
              interval95: [interval, null],
              events: [],
            },
          ],
        },
      ],
    });
    const arrows = (svg: string): number => (svg.match(/L[\d.]+ [\d.]+L/g) ?? []).length;
    expect(arrows(drawFigure(figure([5e-7, 2e-6])))).toBe(0);
    expect(arrows(drawFigure(figure([null, 2e-6])))).toBe(1);
    expect(arrows(drawFigure(figure([-1, 2e-6])))).toBe(1);
    expect(arrows(drawFigure(figure([1e-200, 1e200])))).toBe(2);
    checkDrawing(drawFigure(figure([1e-200, 1e200])));
    const highs = [...drawFigure(figure([1e-200, 1e200])).matchAll(/translate\(([\d.]+) ([\d.]+)\)" d="M-4/g)].map(
      ([, , y]) => Number(y),
    );
    expect(Math.abs(highs[0]! - highs[1]!)).toBeGreaterThan(80);
  });

  it('stays in its frame with numbers at the ends of what doubles hold', () => {
    const axis = { label: 'v', unit: '', scale: 'log' } as const;
    const [small, large] = [1e-300, 1e300];
    const one = (name: string, change: Partial<Series>): Series => ({
      name: `f/p/${name}`,
      heading: name.repeat(50),
      source: 'computed',
      shape: 'cells',
      x: [small, 1, large],
      y: [1e-273, 1e-163, large],
      share: [5e-324, 0, 1e-323],
      family: { quantity: 'T', value: name === 'a' ? 0 : 5e-324, unit: 'K' },
      events: [],
      ...change,
    });
    for (const change of [{}, { shape: 'bars' }, { shape: 'points', x: [1, 1, 1] }] as const) {
      const panel = {
        name: 'p',
        title: '',
        x: axis,
        y: axis,
        series: ['a', 'b', 'c'].map((name) => one(name, change)),
      };
      checkDrawing(drawFigure({ name: 'f', title: '', notes: [], panels: [panel] }));
    }
  });

  it('keeps texts at the ends of an axis within the drawing', () => {
    const sound = displacementFigure();
    const [, b] = sound.panels;
    const marks = [200, 1000].map((at) => ({ at, text: `${'a long mark '.repeat(6)}${at}` }));
    const figure = {
      ...sound,
      panels: [{ ...b!, x: { ...b!.x, opposite: { label: 'other', unit: 'K', marks } } }],
    };
    const texts = checkDrawing(drawFigure(figure)).filter(({ name }) => name === 'text');
    expect(texts.filter(({ text }) => text.startsWith('a long mark'))).toHaveLength(1);
    expect(texts.map(({ text }) => text)).toContain('other (K)');
  });

  it('thins long lines to what can be seen, and keeps their extremes', () => {
    const count = 200_000;
    const y = Array.from({ length: count }, (_, k) => (k === 77_777 ? 40 : (k * 7919) % 10));
    const svg = drawFigure({
      name: 'f',
      title: 'long',
      notes: [],
      panels: [
        {
          name: 'p',
          title: 'long',
          x: { label: 't', unit: 'ps', scale: 'linear' },
          y: { label: 'v', unit: '', scale: 'linear' },
          series: [
            { name: 'f/p/s', heading: 's', source: 'computed', shape: 'line', x: y.map((_, k) => k), y, events: [] },
          ],
        },
      ],
    });
    expect(svg.length).toBeLessThan(60_000);
    const path = /stroke-linejoin/.exec(svg) && /<path d="(M[^"]*)" fill="none"[^>]*stroke-linejoin/.exec(svg)![1]!;
    const heights = [...path!.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, at]) => Number(at));
    const sorted = [...heights].sort((a, b) => a - b);
    expect(sorted[1]! - sorted[0]!).toBeGreaterThan(100);
    checkDrawing(svg);
  });

  it('refuses a figure that breaks its own rules', () => {
    const sound = displacementFigure();
    const withSeries = (change: Partial<Series>): Figure => ({
      ...sound,
      panels: [{ ...sound.panels[0]!, series: [{ ...sound.panels[0]!.series[0]!, ...change }] }],
    });
    expect(() => drawFigure(withSeries({}))).not.toThrow();
    expect(() => drawFigure(withSeries({ y: [1] }))).toThrow('unequal lengths');
    expect(() => drawFigure(withSeries({ x: [Number.NaN], y: [1] }))).toThrow('not finite');
    expect(() => drawFigure(withSeries({ name: 'fig11/a/x' }))).toThrow('not that of its place');
    expect(() => drawFigure(withSeries({ name: 'fig10/a/x y' }))).toThrow('a part of its name');
    expect(() => drawFigure(withSeries({ x: [1], y: [1], shape: 'cells' }))).toThrow('without shares');
    expect(() => drawFigure(withSeries({ x: [1], y: [1], share: [1.1] }))).toThrow('from 0 to 1');
    const twice = sound.panels[1]!.series[0]!;
    expect(() => checkedFigure({ ...sound, panels: [{ ...sound.panels[1]!, series: [twice, twice] }] })).toThrow(
      'twice',
    );
  });

  it('stays the same to the byte', () => {
    const hashes = [displacementFigure(), occupancyFigure(), crowdedFigure()].map((figure) => {
      const svg = drawFigure(figure);
      checkDrawing(svg);
      return sha256Hex(svg).slice(0, 16);
    });
    expect(hashes).toMatchInlineSnapshot(`
      [
        "2b3582a288811f52",
        "16de6172dd93cf92",
        "f22132d52e3f9bd3",
      ]
    `);
  });
});
