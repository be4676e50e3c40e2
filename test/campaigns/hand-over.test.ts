/** A real campaign handed over as a pack: the other store answers as the first one does. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportReport } from '../../store/pack-export.ts';
import { microSpec, type RunReport, type VerifyReport, varve, varveJson } from './cli-process.ts';

const cell = 'tableV/anion-ordered-bulk/Ea';
let folder: string;
/** Holds the micro campaign, and a second campaign that shares its results. */
let source: string;
let undisturbed: RunReport;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-hand-over-'));
  source = join(folder, 'source');
  undisturbed = await varveJson<RunReport>(['run', microSpec, '--store', source]);
  await varveJson(['run', renamedSpec(), '--store', source]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The micro campaign under another name and with one task of its own. */
function renamedSpec(): string {
  const text = readFileSync(microSpec, 'utf8');
  const labels = /labels\/\S+/.exec(text)![0];
  mkdirSync(join(folder, 'labels'));
  copyFileSync(join(dirname(microSpec), labels), join(folder, 'labels', basename(labels)));
  const path = join(folder, 'renamed.yaml');
  writeFileSync(
    path,
    text.replace('name: argyrodite-micro', 'name: renamed').replace(/extrapolateToK: \d+/, 'extrapolateToK: 310'),
  );
  return path;
}

interface Handed {
  readonly exported: ExportReport;
  readonly store: string;
}

async function handOver(name: string, args: readonly string[]): Promise<Handed> {
  const [file, store] = [join(folder, `${name}.pack`), join(folder, name)];
  const exported = await varveJson<ExportReport>(['export', '--store', source, '--out', file, ...args]);
  const noted = `${exported.source.events}:${exported.source.historyHash}`;
  await varveJson(['import', file, '--store', store, '--expect', noted]);
  return { exported, store };
}

async function said(args: readonly string[], store: string): Promise<string> {
  const { code, stdout } = await varve([...args, '--store', store]);
  expect(code).toBe(0);
  return stdout.replaceAll(store, 'STORE');
}

const answers = new Map<string, Promise<string>>();

/** What the source says: each question asked once. */
function saidAtSource(args: readonly string[]): Promise<string> {
  const question = args.join(' ');
  const answer = answers.get(question) ?? said(args, source);
  answers.set(question, answer);
  return answer;
}

describe('a whole store', () => {
  it('answers every question with the same words, and has nothing left to run', async () => {
    const { store, exported } = await handOver('whole', []);
    for (const question of [['status'], ['log'], ['verify'], ['tables'], ['why', cell, '--json']]) {
      expect(await said(question, store), question.join(' ')).toBe(await saidAtSource(question));
    }
    const again = await varveJson<RunReport>(['run', microSpec, '--store', store]);
    expect(again).toEqual(undisturbed);
    expect(await varveJson<VerifyReport>(['verify', '--store', store])).toMatchObject({
      ok: true,
      events: exported.events,
      resultHash: exported.resultHash,
      historyHash: exported.source.historyHash,
    });
  });

  it('does so without obs too, but for when and how long', async () => {
    const { store, exported } = await handOver('without-obs', ['--without-obs']);
    expect(exported.eventsWithoutObs).toBe(exported.events);
    expect(await said(['verify'], store)).toBe(await saidAtSource(['verify']));
    expect(await said(['tables'], store)).toBe(await saidAtSource(['tables']));
    expect(readFileSync(exported.file).includes('startedAt')).toBe(false);
  });
});

describe('a part', () => {
  it('of a campaign has its result hash, and nothing left to run', async () => {
    const { store, exported } = await handOver('campaign', ['--campaign', 'argyrodite-micro']);
    const run = await varveJson<RunReport>(['run', microSpec, '--store', store]);
    expect(run).toEqual(undisturbed);
    expect(exported.resultHash).toBe(run.resultHash);
    expect(exported.events).toBeLessThan(exported.source.events);
    expect(await varveJson<VerifyReport>(['verify', '--store', store])).toMatchObject({
      ok: true,
      events: exported.events,
    });
    expect(await said(['tables'], store)).toBe(await saidAtSource(['tables', '--campaign', 'argyrodite-micro']));
  });

  it('of a cell answers why, gives the number, and holds no more than it rests on', async () => {
    const name = `argyrodite-micro:${cell}`;
    const { store, exported } = await handOver('cell', ['--cell', name]);
    const answer = await said(['why', cell], store);
    expect(answer).toBe(await saidAtSource(['why', name]));
    const { nodes } = await varveJson<{ nodes: unknown[] }>(['why', name, '--store', source]);
    // The opening, and the kernels of fits and runs.
    expect(exported.events).toBe(nodes.length + 1 + 2);
    const shown = (text: string): unknown => text.split('\n').find((line) => line.startsWith('anion-ordered-bulk'));
    const ofSource = await saidAtSource(['tables', 'tableV', '--campaign', 'argyrodite-micro']);
    expect(shown(await said(['tables', 'tableV'], store))).toBe(shown(ofSource));
    expect(await varveJson<VerifyReport>(['verify', '--store', store])).toMatchObject({
      ok: true,
      events: exported.events,
    });
  });

  it('of nothing, or of two things at once, is wrong use', async () => {
    const out = join(folder, 'no.pack');
    for (const args of [
      ['--cell', 'tableV/nothing/Ea'],
      ['--campaign', 'nobody'],
      ['--event', 'ffffff'],
      ['--cell', cell, '--event', '1'],
    ]) {
      const { code, stderr } = await varve(['export', '--store', source, '--out', out, ...args]);
      expect([code, stderr.length > 20]).toEqual([2, true]);
    }
  });
});

describe('a damaged pack', () => {
  it('ends in exit code 1, says where, and makes no store', async () => {
    const { exported } = await handOver('sound', []);
    const bytes = readFileSync(exported.file);
    bytes[bytes.length >> 1]! ^= 1;
    const file = join(folder, 'damaged.pack');
    writeFileSync(file, bytes);
    const { code, stdout, stderr } = await varve(['import', file, '--store', join(folder, 'none'), '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/damaged\.pack byte \d+.*Get the pack again/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'pack-malformed' } });
    expect((await varve(['status', '--store', join(folder, 'none')])).code).toBe(2);
  });
});
