import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIGURE_FORMATS, writeFigures } from '../../cli/output/figure-files.ts';
import { renderPage } from '../../cli/output/page/page.ts';
import { explain } from '../../src/audit/explain/explanation.ts';
import { readQuestion } from '../../src/audit/explain/question.ts';
import {
  type CampaignView,
  campaignCells,
  campaignFigures,
  campaignTables,
  findNumbers,
  viewCampaign,
} from '../../src/campaign/campaign-view.ts';
import { findCampaign } from '../../src/campaign/open-campaign.ts';
import { drawFigure } from '../../src/projections/drawing/figure-svg.ts';
import { type Figure, seriesOf } from '../../src/projections/figure.ts';
import { figureCsv } from '../../src/projections/figure-csv.ts';
import { sha256Hex } from '../../store/hash.ts';
import { openStore, type Store } from '../../store/store.ts';
import { checkPage } from '../cli/page-check.ts';
import { checkDrawing } from '../projections/drawing/svg-check.ts';
import { varve, varveJson } from './cli-process.ts';
import { copyMicroStore } from './micro-store.ts';

let folder: string;
let dir: string;
let store: Store;
let view: CampaignView;
let figures: Figure[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-figures-'));
  dir = join(folder, 'store');
  await copyMicroStore(dir);
  store = openStore({ dir, mode: 'read' });
  view = viewCampaign(store, findCampaign(store));
  figures = campaignFigures(view);
}, 120_000);
afterAll(() => {
  store?.close();
  rmSync(folder, { recursive: true, force: true });
});

const inStore = (...args: string[]): string[] => [...args, '--store', dir];

describe('varve figures (T1)', () => {
  it('lists each series, with what is missing and why', async () => {
    const { stdout, code } = await varve(inStore('figures'));
    expect(code).toBe(0);
    for (const figure of figures) {
      expect(stdout).toContain(`${figure.name}: ${figure.title}\n`);
      for (const { series } of seriesOf(figure)) {
        expect(stdout).toMatch(new RegExp(`^ {2}${series.name.replaceAll('+', '\\+')} .*(\\d value|missing: .)`, 'm'));
      }
    }
    const { figures: listed } = await varveJson<{ figures: Figure[] }>(inStore('figures'));
    expect(listed).toEqual(JSON.parse(JSON.stringify(figures)));
  });

  it('writes each as SVG, CSV or JSON, whole, over nothing but its own files', async () => {
    const out = join(folder, 'out');
    const written = await varveJson<{ files: { figure: string; file: string; bytes: number; sha256: string }[] }>(
      inStore('figures', '--out', out),
    );
    for (const format of ['csv', 'json']) await varve(inStore('figures', '--out', out, '--format', format));
    expect(readdirSync(out).sort()).toEqual(
      figures.flatMap(({ name }) => [`${name}.csv`, `${name}.json`, `${name}.svg`]).sort(),
    );
    for (const figure of figures) {
      const text = (format: string): string => readFileSync(join(out, `${figure.name}.${format}`), 'utf8');
      checkDrawing(text('svg'));
      expect(text('svg')).toBe(drawFigure(figure));
      expect(text('csv')).toBe(figureCsv(figure));
      expect(JSON.parse(text('json'))).toEqual({ varveFigure: 1, ...JSON.parse(JSON.stringify(figure)) });
      expect(written.files.find((file) => file.figure === figure.name)).toEqual({
        figure: figure.name,
        file: join(out, `${figure.name}.svg`),
        bytes: Buffer.byteLength(text('svg')),
        sha256: sha256Hex(text('svg')),
      });
    }
    for (const format of FIGURE_FORMATS) {
      writeFigures(figures, out, format);
      const mine = join(out, `fig11.${format}`);
      writeFileSync(mine, 'x,y\n1,2\n');
      expect(() => writeFigures(figures, out, format)).toThrow('there is something else under this name already');
      expect(readFileSync(mine, 'utf8')).toBe('x,y\n1,2\n');
    }
  });

  it('refuses what it cannot do with words that say what there is', async () => {
    const unknown = await varve(inStore('figures', 'fig99'));
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('expected one of fig')]);
    const idle = await varve(inStore('figures', '--format', 'csv'));
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining('--out DIR')]);
    const nowhere = await varve(inStore('figures', '--out', join(folder, 'no/such')));
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('ENOENT')]);
  });
});

describe('why of a series', () => {
  it('names its values and all that they rest on, as text and as a page with the figure', () => {
    const all = figures.flatMap((figure) => seriesOf(figure));
    expect(all.length).toBeGreaterThan(3);
    for (const { series } of all) {
      const explanation = explain(store, readQuestion(store, series.name));
      expect(explanation.lineage.roots).toEqual([...series.events]);
      const elements = checkPage(renderPage(explanation));
      const drawn = elements.filter(({ attributes }) => attributes.get('data-cell') === series.name);
      expect(drawn, series.name).toHaveLength(series.y.some((value) => value !== null) ? 1 : 0);
      if (series.source === 'published') continue;
      const kinds = explanation.lineage.nodes.map(({ core }) => core.task.kind);
      expect(kinds, series.name).toEqual(expect.arrayContaining(['potential.fit', 'blob.import']));
    }
  });

  it('takes the name of each point to the same number in a table', () => {
    const named = figures
      .flatMap((figure) => seriesOf(figure))
      .flatMap(({ series }) =>
        (series.cells ?? []).flatMap((cell, k) => (cell === null ? [] : [{ cell, value: series.y[k] }])),
      );
    expect(named.length).toBeGreaterThan(3);
    for (const { cell, value } of named) {
      const found = findNumbers(store, cell);
      expect(found.type === 'cell' && found.cell.value, cell).toBe(value);
    }
  });

  it('works on the command line as with a cell', async () => {
    const name = 'fig11/D/anion-ordered-bulk';
    const text = await varve(inStore('why', name));
    expect(text.stdout).toMatch(/^fig11\/D\/anion-ordered-bulk: anion-ordered-bulk; computed here\n/);
    expect(text.stdout).toContain('analysis.replicas');
    const graph = await varveJson<{ cell: null; series: { name: string }; nodes: object[] }>(inStore('why', name));
    expect([graph.cell, graph.series.name]).toEqual([null, name]);
    expect(graph.nodes.length).toBeGreaterThan(10);
    const stages = await varve(inStore('why', name, '--stages'));
    expect(stages.stdout).toContain('Fits of the potential');
    const file = join(folder, 'page.html');
    expect((await varve(inStore('why', name, '--html', file))).code).toBe(0);
    checkPage(readFileSync(file, 'utf8'));
    const unknown = await varve(inStore('why', 'fig11/D/nothing'));
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('fig11/D/anion-ordered-bulk+fit')]);
  });
});

describe('varve report (T1)', () => {
  it('writes one page with every cell and every series, each with its name, over nothing but such a page', async () => {
    const file = join(folder, 'report.html');
    const written = await varveJson<object>(inStore('report', '--out', file));
    const page = readFileSync(file, 'utf8');
    expect(written).toEqual({
      campaign: 'argyrodite-micro',
      file,
      bytes: Buffer.byteLength(page),
      sha256: sha256Hex(page),
      tables: campaignTables(view).length,
      figures: figures.length,
    });
    const elements = checkPage(page, 0);
    const named = new Set(elements.flatMap(({ attributes }) => attributes.get('data-cell') ?? []));
    for (const { name } of campaignCells(view)) expect(named.has(name), name).toBe(true);
    for (const { series } of figures.flatMap(seriesOf)) {
      expect(named.has(series.name), series.name).toBe(series.y.some((value) => value !== null));
      if (series.missing !== undefined) expect(elements[0]!.text).toContain(series.heading);
    }
    const mine = join(folder, 'mine.html');
    writeFileSync(mine, '<!doctype html>\n');
    expect((await varve(inStore('report', '--out', mine))).code).toBe(2);
    expect(readFileSync(mine, 'utf8')).toBe('<!doctype html>\n');
  });
});
