import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findEvent } from '../../src/audit/find-event.ts';
import { whatIf as askWhatIf } from '../../src/audit/what-if/what-if.ts';
import { openStore } from '../../store/store.ts';
import { type CellReport, microSpec, projectRoot, type RunReport, varve, varveJson } from './cli-process.ts';
import { copyMicroStore } from './micro-store.ts';

interface WhatIfJson {
  readonly campaign: { readonly name: string };
  readonly eventsFallen: number;
  readonly recomputed: number;
  readonly cells: readonly {
    readonly name: string;
    readonly before: CellReport;
    readonly after: CellReport | null;
    readonly difference: number | null;
    readonly needs: readonly {
      readonly kind: string;
      readonly tasks: number;
      readonly fits?: number;
      readonly coreSeconds: number;
    }[];
  }[];
  readonly cellsUnchanged: number;
  readonly work: { readonly tasks: number; readonly unknownTasks: number; readonly seconds: number };
  readonly redo: readonly { readonly kind: string; readonly purpose: string }[];
}

interface Logged {
  readonly seq: number;
  readonly eventId: string;
  readonly kind: string;
  readonly outcome: string;
}

let folder: string;
let store: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-what-if-'));
  store = join(folder, 'store');
  await copyMicroStore(store);
});
afterAll(() => {
  for (const path of filesOf(folder)) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  rmSync(folder, { recursive: true, force: true });
});

const filesOf = (dir: string): string[] => [
  dir,
  ...readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name)),
];

/** Names and bytes of all that is in the store's folder, but for what SQLite puts there whenever it reads. */
const fingerprint = (dir: string): string =>
  filesOf(dir)
    .filter((path) => !path.endsWith('-shm') && !(path.endsWith('-wal') && statSync(path).size === 0))
    .sort()
    .map((path) =>
      statSync(path).isDirectory() ? path : `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`,
    )
    .join('\n');

const whatIf = (events: readonly (string | number)[], dir = store, ...more: string[]): Promise<WhatIfJson> =>
  varveJson<WhatIfJson>([
    'what-if',
    ...events.flatMap((event) => ['--without', String(event)]),
    '--store',
    dir,
    ...more,
  ]);
const eventsOf = (kind: string, dir = store): Promise<Logged[]> =>
  varveJson<Logged[]>(['log', '--kind', kind, '--store', dir]);

/** An event as the log holds it, and what else the question is about. */
function recorded(seq: number) {
  const opened = openStore({ dir: store, mode: 'read' });
  const event = opened.log.bySeq(seq)!;
  opened.close();
  return event;
}

describe('what-if', () => {
  it('without one run makes means and lines of the others, in memory, on a store that cannot be written', async () => {
    const first = (await eventsOf('md.run'))[0]!;
    for (const path of filesOf(store).reverse()) chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
    const before = fingerprint(store);
    const answer = await whatIf([first.eventId]);
    expect(fingerprint(store)).toBe(before);
    expect(answer).toMatchObject({ campaign: { name: 'argyrodite-micro' }, work: { tasks: 0 }, redo: [] });
    // The run's 3 segments and its diffusion, the mean and the line.
    expect([answer.eventsFallen, answer.recomputed]).toEqual([6, 2]);
    const cells = new Map(answer.cells.map((cell) => [cell.name, cell]));
    expect(cells.size + answer.cellsUnchanged).toBe(28);
    expect([...cells.keys()].every((name) => name.includes('anion-ordered-bulk'))).toBe(true);
    // The mean of the one run that is left is that run's own.
    const diffusions = (await eventsOf('analysis.diffusion')).map(({ seq }) => recorded(seq).core);
    const { start: startOf } = recorded(first.seq).core.task.params as { start: { seed: string } };
    expect(startOf.seed).toMatch(/^[0-9a-f]{16}$/);
    const mean = cells.get('diffusion/anion-ordered-bulk/D-900K')!;
    const alone = diffusions.map(({ results }) => results.diffusionCm2S);
    expect(alone).toContain(mean.after!.value);
    expect(mean.difference).toBe(mean.after!.value! - mean.before.value!);
    expect(cells.get('tableV/anion-ordered-bulk/Ea')!.needs).toEqual([]);
    const text = await varve(['what-if', '--without', first.eventId, '--store', store]);
    expect(text.stdout).toMatch(/6 of its events fall, 2 analyses are computed anew in memory, nothing is recorded\n/);
    expect(text.stdout).toMatch(/Nothing would have to be computed again\.\n$/);
    expect(fingerprint(store)).toBe(before);
  });

  it('without one fit leaves out its runs, and without both nothing is left', async () => {
    const fits = await eventsOf('potential.fit');
    const one = await whatIf([fits[0]!.seq]);
    const rmse = one.cells.find(({ name }) => name === 'fits/level-4/trainingEnergy')!;
    expect(rmse.after!.value).toBe(recorded(fits[1]!.seq).core.results.trainingEnergyRmseMevAtom);
    expect(one.redo).toEqual([]);
    const both = await whatIf(fits.map(({ seq }) => seq));
    expect(both.cells.every(({ after }) => after === null || after.status === 'withdrawn')).toBe(true);
    expect(both.cellsUnchanged).toBe(0);
  });

  it('without an analysis on which nothing rests withdraws its cells and no others', async () => {
    const line = (await eventsOf('analysis.arrhenius'))[0]!;
    const answer = await whatIf([line.seq]);
    expect(answer.cells.map(({ after }) => after!.status)).toEqual(Array(4).fill('withdrawn'));
    expect([answer.eventsFallen, answer.recomputed]).toEqual([1, 0]);
  });

  it('without a label asks for the fits of what is left and for all their runs, and says how many, as then proves true', async () => {
    const dir = join(folder, 'two-labels');
    mkdirSync(join(folder, 'labels'));
    const file = 'labels/li6ps5cl-gpaw-pw400.extxyz';
    const lines = readFileSync(join(projectRoot, 'examples', file), 'utf8').split('\n');
    const frame = Number(lines[0]) + 2;
    for (const [k, name] of ['first', 'second'].entries()) {
      writeFileSync(
        join(folder, `labels/${name}.extxyz`),
        lines.slice(12 * k * frame, 12 * (k + 1) * frame).join('\n'),
      );
    }
    const micro = readFileSync(microSpec, 'utf8');
    const method = /method:\n(?: {6}.*\n)+/.exec(micro)![0];
    const label = (name: string): string => `  ${name}:\n    file: labels/${name}.extxyz\n    ${method}`;
    const spec = micro
      .replace(/labels:\n {2}gpaw:[\s\S]*?\n\n/, `labels:\n${label('first')}${label('second')}\n`)
      .replace('labels: [gpaw]', 'labels: [first, second]')
      .replace(/ {2}anion-disordered-bulk:\n(?: {4}.*\n)+/, '')
      .replace(/ {4}- \{ structure: anion-disordered.*\n/, '')
      .replace('maxIterations: 40', 'maxIterations: 8\n    segmentIterations: 10')
      .replace(/watch: .*/, 'watch: { maxDriftEvPerAtom: 10, maxTemperatureFactor: 50, pairDistanceFraction: 0.1 }');
    writeFileSync(join(folder, 'spec.yaml'), spec);
    const whole = await varveJson<RunReport>(['run', join(folder, 'spec.yaml'), '--store', dir]);
    const second = (await eventsOf('label.import', dir))[1]!;
    const before = fingerprint(dir);
    const answer = await whatIf([second.eventId], dir, '--workers', '2');
    expect(fingerprint(dir)).toBe(before);
    expect(answer.cells.length).toBe(16);
    const needs = Object.fromEntries(answer.cells.map(({ name, needs: found }) => [name, found]));
    // Two segments each: 10 iterations before the scaling and 8 after it.
    expect(needs['fits/level-4/trainingEnergy']).toMatchObject([{ kind: 'potential.fit', tasks: 4, fits: 2 }]);
    // Two members of three segments at one temperature; the line needs both temperatures.
    const [, runs] = needs['diffusion/anion-ordered-bulk/D-900K']!;
    expect(runs).toMatchObject({ kind: 'md.run', tasks: 6 });
    expect(needs['tableV/anion-ordered-bulk/Ea']).toMatchObject([
      { tasks: 4 },
      { kind: 'md.run', tasks: 12 },
      {},
      {},
      {},
    ]);
    expect(answer.work.unknownTasks).toBe(0);
    const text = await varve(['what-if', '--without', second.eventId, '--store', dir]);
    expect(text.stdout).toMatch(/D-900K .* needs 2 fits \(≈ .*\) and 6 MD segments \(≈ .*\)/);
    expect(text.stdout).toMatch(/\n {2}potential\.fit {2}level-4, fit 1, segment 1, and 1 more segment\n/);

    const forked = await varveJson<{ readonly toRun: { readonly tasks: number }; readonly run: RunReport }>([
      ...['fork', 'argyrodite-micro', '--set', 'trainingSets.all.labels=[first]', '--run', '--store', dir],
      ...['--out', join(folder, 'first.yaml')],
    ]);
    expect(forked.toRun.tasks).toBe(answer.redo.length);
    // The file and the labels that were left out.
    expect(forked.run.events).toBe(whole.events - 2);
    // Now that the fork did the work, what-if knows what comes out.
    const now = await whatIf([second.eventId], dir, '--campaign', 'argyrodite-micro');
    expect(now.redo).toEqual([]);
    const values = new Map(
      forked.run.tables.flatMap(({ rows }) =>
        rows.flatMap(({ cells }) => cells.map((cell) => [cell.name, cell.value])),
      ),
    );
    for (const { name, after, needs: left } of now.cells) {
      expect(left).toEqual([]);
      expect(after!.value, name).toBe(values.get(name));
    }
  });

  it('refuses an unknown event, one of another campaign and one on which nothing rests, with exit code 2', async () => {
    const dir = join(folder, 'refusals');
    await copyMicroStore(dir);
    await varve([
      'fork',
      'argyrodite-micro',
      '--set',
      'seed=9',
      '--name',
      'other',
      '--out',
      join(folder, 'other.yaml'),
      '--open',
      '--store',
      dir,
    ]);
    const kept = await eventsOf('kernel.keep', dir);
    const [structure] = await eventsOf('structure.create', dir);
    const [fit] = await eventsOf('potential.fit', dir);
    await varve(['retract', fit!.eventId, '--reason', 'x', '--store', dir]);
    const before = fingerprint(dir);
    const opened = openStore({ dir, mode: 'read' });
    for (const [name, campaign, message] of [
      ['1', undefined, /no campaign of the store uses this event/],
      [String(kept[0]!.seq), undefined, /no campaign of the store uses this event/],
      [structure!.eventId, 'other', /campaign other does not use this event; found it is used by argyrodite-micro/],
      [fit!.eventId, undefined, /this event does not stand: no table uses it; found it was retracted: x/],
      ['2', 'nobody', /no campaign is called nobody/],
    ] as const) {
      expect(() => askWhatIf(opened, [findEvent(opened, name)], campaign, 1), name).toThrow(message);
    }
    opened.close();
    for (const [args, message] of [
      [['--without', 'ffffffff'], /no event is called "ffffffff"/],
      [['--without', structure!.eventId, '--campaign', 'other'], /campaign other does not use this event/],
      [[], /required option '--without <event>'/],
    ] as const) {
      const ended = await varve(['what-if', ...args, '--store', dir]);
      expect(ended.stderr, args.join(' ')).toMatch(message);
      expect([ended.code, ended.stdout], args.join(' ')).toEqual([2, '']);
    }
    expect(fingerprint(dir)).toBe(before);
  });
});
