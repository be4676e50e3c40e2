import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPage } from '../../cli/output/page/page.ts';
import { type Explanation, explain } from '../../src/audit/explain/explanation.ts';
import { readQuestion } from '../../src/audit/explain/question.ts';
import { campaignTables, viewCampaign } from '../../src/campaign/campaign-view.ts';
import { findCampaign } from '../../src/campaign/open-campaign.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../../store/json.ts';
import { openStore } from '../../store/store.ts';
import { checkPage, type Element } from '../cli/page-check.ts';
import { microSpec, projectRoot, varve, varveJson } from './cli-process.ts';

const PUBLISHED = `
published:
  source: Ou et al. 2024, Table V
  labels: PAW-PBE (VASP)
  potential: MTP level 18
  size: 17 836 atoms
  production: 5 ns NVE
  structures:
    anion-ordered-bulk: { prefactorCm2S: 3.3e-3, activationEnergyMev: 384 }
`;

let folder: string;
let store: string;
/** The micro campaign, and one that asks of its runs an exponent that none has, beside published values. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-page-'));
  store = join(folder, 'store');
  cpSync(join(projectRoot, 'examples/labels'), join(folder, 'labels'), { recursive: true });
  const strict = readFileSync(microSpec, 'utf8').replace('name: argyrodite-micro', 'name: strict');
  writeFileSync(join(folder, 'strict.yaml'), `${strict}  alphaRange: [8, 9]\n${PUBLISHED}`);
  const opened = openStore({ dir: store, mode: 'write', create: true });
  for (const spec of [join(folder, 'strict.yaml'), microSpec]) {
    await runCampaign({ store: opened, loaded: loadSpec(spec), executor: inlineExecutor(opened.blobs) });
  }
  opened.close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pageOf(name: string): { page: string; elements: Element[]; text: string; explanation: Explanation } {
  const opened = openStore({ dir: store, mode: 'read' });
  const explanation = explain(opened, readQuestion(opened, name));
  const page = renderPage(explanation);
  opened.close();
  const elements = checkPage(page);
  return { page, elements, text: elements[0]!.text, explanation };
}

describe('why --html', () => {
  it('writes one file with every event that the number rests on, the same each time', async () => {
    const name = 'tableV/anion-ordered-bulk/Ea';
    const { page, elements, text, explanation } = pageOf(name);
    const { nodes } = explanation.lineage;
    const file = join(folder, 'page.html');
    const written = await varveJson<object>(['why', name, '--html', file, '--store', store]);
    expect(readFileSync(file, 'utf8')).toBe(page);
    expect(written).toEqual({
      file,
      bytes: statSync(file).size,
      sha256: sha256Hex(page),
      events: nodes.length,
      stages: 10,
    });
    const seeds = nodes.flatMap(
      ({ core: { task } }) => task.params.seed ?? (task.params.start as JsonObject)?.seed ?? [],
    );
    expect(seeds).toHaveLength(7);
    for (const word of [...seeds, ...nodes.map(({ eventId }) => eventId)]) expect(text).toContain(word);
    const heading = elements.find(({ attributes }) => attributes.get('class') === 'value')!;
    expect(heading.text).toMatch(/^-?[\d.]+ meV$/);
    const files = readdirSync(join(projectRoot, 'examples/labels')).filter((file) => text.includes(file));
    expect(files).toHaveLength(1);
    expect(text).toContain(sha256Hex(readFileSync(join(projectRoot, 'examples/labels', files[0]!))));
    expect(text).toContain('GPAW 22.8.0, PBE (PAW)');
  });

  it('of every cell, and of an event, is a sound page', () => {
    const opened = openStore({ dir: store, mode: 'read' });
    const cells = campaignTables(viewCampaign(opened, findCampaign(opened))).flatMap(({ rows }) =>
      rows.flatMap((row) => row.cells),
    );
    opened.close();
    for (const name of [...cells.map((cell) => cell.name), '12']) {
      const { cell, staged } = pageOf(name).explanation;
      expect(staged.stages.length).toBeGreaterThan(3);
      if (cell !== null) expect(cell.quantity, name).toBeDefined();
    }
  });

  it('of a withheld cell says why there is no value, and sets the published one apart', () => {
    const { elements, text } = pageOf('strict:tableV/anion-ordered-bulk/Ea');
    expect(elements.find(({ attributes }) => attributes.get('class') === 'value without')!.text).toBe('withheld');
    expect(text).toContain(
      'Withheld: an Arrhenius line needs two temperatures with normal diffusion; 0 of 2 are there',
    );
    const published = elements.find(({ attributes }) => attributes.get('id') === 'published')!.text;
    expect(published).toContain('384 meV (published), Ou et al. 2024, Table V');
    expect(published).toContain('MTP level 4, 2 fits, no active learning (level-4)');
    const header = elements.find(({ attributes }) => attributes.get('id') === 'value')!.text;
    expect(header).not.toMatch(/384 meV/);
    // The command names the campaign, since it is not the newest.
    expect(text).toContain('varve why strict:tableV/anion-ordered-bulk/Ea');
  });

  it('leaves a file that is no page of its own alone, with exit code 2', async () => {
    const notes = join(folder, 'notes.html');
    writeFileSync(notes, 'mine');
    const refused = await varve(['why', '12', '--html', notes, '--store', store]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/there is something else under this name already/);
    expect(readFileSync(notes, 'utf8')).toBe('mine');
  });
});

describe('why --stages', () => {
  it('prints each stage with what it was made from, as text and as JSON', async () => {
    const name = 'tableV/anion-ordered-bulk/Ea';
    const { stdout } = await varve(['why', name, '--stages', '--store', store]);
    expect(stdout).toContain(' 3  Training and validation sets  (from 2)\n    2 lists\n');
    expect(stdout).toContain('10  Arrhenius line  (from 9)\n    1 event');
    const { stages, arrows } = await varveJson<{
      stages: { id: string; events: string[] }[];
      arrows: { producer: string; consumer: string }[];
    }>(['why', name, '--stages', '--store', store]);
    const events = pageOf(name).explanation.lineage.nodes.map(({ eventId }) => eventId);
    expect(stages.flatMap((stage) => stage.events).sort()).toEqual(events.sort());
    expect(arrows).toContainEqual({ producer: 'sets', consumer: 'fits' });
    const both = await varve(['why', name, '--stages', '--html', join(folder, 'x.html'), '--store', store]);
    expect(both.code).toBe(2);
  });
});
