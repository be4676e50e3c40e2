import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFork } from '../../src/audit/fork/fork-report.ts';
import { forkedSpec } from '../../src/audit/fork/fork-spec.ts';
import { viewCampaign } from '../../src/campaign/campaign-view.ts';
import { findCampaign } from '../../src/campaign/open-campaign.ts';
import { openStore } from '../../store/store.ts';
import { microSpec, type RunReport, type VerifyReport, varve, varveJson } from './cli-process.ts';
import { copyMicroStore } from './micro-store.ts';

interface ForkJson {
  readonly parent: { readonly name: string };
  readonly name: string;
  readonly file: string | null;
  readonly changes: readonly {
    readonly field: string;
    readonly a: unknown;
    readonly b: unknown;
    readonly tasks: number;
  }[];
  readonly reused: {
    readonly tasks: number;
    readonly stages: readonly { readonly stage: string; readonly tasks: number }[];
  };
  readonly toRun: {
    readonly tasks: number;
    readonly unknownTasks: number;
    readonly seconds: number;
    readonly coreSeconds: number;
    readonly stages: readonly { readonly stage: string; readonly tasks: number; readonly coreSeconds: number }[];
  };
  readonly causes: readonly {
    readonly kind: string;
    readonly purpose: string;
    readonly changedBy: readonly string[];
    readonly nearest: { readonly eventId: string } | null;
    readonly fields: readonly { readonly field: string }[];
  }[];
  readonly run?: RunReport;
}

let folder: string;
let store: string;
const hotter = ['--set', 'dynamics.runs[0].temperaturesK=[800,900]'];
const inStore = (...args: string[]): string[] => [...args, '--store', store];
const fork = (...args: string[]): Promise<ForkJson> =>
  varveJson<ForkJson>(inStore('fork', 'argyrodite-micro', ...args));

/** Event ids of the store in their order. */
function eventIds(): string[] {
  const opened = openStore({ dir: store, mode: 'read' });
  const ids = Array.from(opened.log.events(), ({ eventId }) => eventId);
  opened.close();
  return ids;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-fork-'));
  store = join(folder, 'store');
  await copyMicroStore(store);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('fork', () => {
  it('with a changed MD temperature redoes only MD and analysis, says so before, and the rest is the same events', async () => {
    const before = eventIds();
    const file = join(folder, 'hotter.yaml');
    const report = await fork(...hotter, '--name', 'hotter', '--out', file);
    expect(report).toMatchObject({ parent: { name: 'argyrodite-micro' }, name: 'hotter', file });
    expect(report.changes).toEqual([
      { field: 'dynamics.runs[0].temperaturesK', a: [900, 1000], b: [800, 900], tasks: report.toRun.tasks },
    ]);
    // Of 4 points with 2 members one is new: 2 × (1 equilibration, 2 production, 1 diffusion), a mean and a line.
    expect(report.toRun.stages.map(({ stage, tasks }) => [stage, tasks])).toEqual([
      ['equilibration', 2],
      ['production', 4],
      ['diffusion', 2],
      ['means', 1],
      ['arrhenius', 1],
    ]);
    expect(report.toRun.unknownTasks).toBe(0);
    expect(report.toRun.coreSeconds).toBeGreaterThan(0);
    expect(report.reused.stages).toContainEqual({ stage: 'fits', tasks: 2 });
    expect(report.causes.map(({ kind, changedBy }) => [kind, changedBy])).toEqual([
      ['md.run', ['dynamics.runs[0].temperaturesK']],
      ['md.run', ['dynamics.runs[0].temperaturesK']],
    ]);
    for (const { nearest, fields } of report.causes) {
      expect(before).toContain(nearest!.eventId);
      expect(fields.map(({ field }) => field)).toEqual(['params.start.seed', 'params.temperatureK']);
    }
    expect(eventIds()).toEqual(before);

    const ran = await varveJson<RunReport>(inStore('run', file));
    const after = eventIds();
    expect(after.slice(0, before.length)).toEqual(before);
    // The opening, and just the tasks that were foreseen.
    expect(after).toHaveLength(before.length + 1 + report.toRun.tasks);
    expect(ran.events).toBe(report.reused.tasks + report.toRun.tasks);
    const opened = openStore({ dir: store, mode: 'read' });
    const kinds = Array.from(opened.log.events(before.length + 1), ({ core }) => core.task.kind);
    opened.close();
    expect([...new Set(kinds)].sort()).toEqual([
      'analysis.arrhenius',
      'analysis.diffusion',
      'analysis.replicas',
      'campaign.open',
      'md.run',
    ]);
    expect(await varveJson<VerifyReport>(inStore('verify'))).toMatchObject({ ok: true });

    const diff = await varve(inStore('diff', 'argyrodite-micro', 'hotter', '--exit-code'));
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(/dynamics\.runs\[0\]\.temperaturesK {2}\[900,1000\] → \[800,900\]/);
  });

  it('of several changes says which makes what run, and runs it where asked to', async () => {
    const before = eventIds();
    const report = await fork(
      ...['--set', 'analysis.alphaRange=[0.1, 1.9]', '--set', 'structures.anion-disordered-bulk.rattleA=0.04'],
      ...['--unset', 'dynamics.watch.maxDriftEvPerAtom', '--run', '--out', join(folder, 'several.yaml')],
    );
    expect(report.name).toBe('argyrodite-micro-fork');
    expect(report.changes.map(({ field }) => field)).toEqual([
      'analysis.alphaRange',
      'dynamics.watch.maxDriftEvPerAtom',
      'structures.anion-disordered-bulk.rattleA',
    ]);
    const because = (kind: string): string[][] =>
      report.causes.filter((cause) => cause.kind === kind).map(({ changedBy }) => [...changedBy]);
    expect(because('structure.create')).toEqual(Array(2).fill(['structures.anion-disordered-bulk.rattleA']));
    // The ordered structure and the fits are there, and the runs of it have another guard.
    expect(new Set(because('md.run').flat())).toEqual(new Set(['dynamics.watch.maxDriftEvPerAtom']));
    expect(because('potential.fit')).toEqual([]);
    const [alpha, drift] = report.changes;
    expect(alpha!.tasks).toBeLessThan(drift!.tasks);
    expect(report.run!.events).toBeGreaterThan(0);
    expect(report.run!.campaign).toBe('argyrodite-micro-fork');
    // Runs may stop early, of which nobody knows before: then there are fewer.
    const added = eventIds().length - before.length - 1;
    expect(added).toBeLessThanOrEqual(report.toRun.tasks);
    expect(added).toBeGreaterThan(report.toRun.tasks / 2);
  });

  it('takes the changed campaign from a spec too, writes nothing in a dry run, and opens it where asked to', async () => {
    const file = join(folder, 'again.yaml');
    await fork('--set', 'seed=7', '--name', 'again', '--out', file);
    const before = eventIds();
    const dry = await varve(
      inStore('fork', 'argyrodite-micro', '--set', 'seed=8', '--name', 'dry', '--dry-run'),
      folder,
    );
    expect(dry.stdout).toMatch(
      /^dry: fork of argyrodite-micro .*\nchanged:\n {2}seed {2}1 → 8\nreused: 2 tasks: files 1, labels 1\n/,
    );
    expect(dry.stdout).toMatch(/nothing was written \(--dry-run\)\n$/);
    expect(existsSync(join(folder, 'dry.yaml'))).toBe(false);
    expect(eventIds()).toEqual(before);
    const report = await fork('--spec', file, '--open');
    expect(report).toMatchObject({ name: 'again', file: null, reused: { tasks: 2 } });
    expect(eventIds()).toHaveLength(before.length + 1);
    const { campaigns } = await varveJson<{ campaigns: { name: string; remaining: { tasks: number } }[] }>(
      inStore('status'),
    );
    expect(campaigns.find(({ name }) => name === 'again')!.remaining.tasks).toBe(report.toRun.tasks);
  });

  it('refuses what is no change, no field, no value or no campaign, with exit code 2, and writes nothing', async () => {
    const before = eventIds();
    const opened = openStore({ dir: store, mode: 'read' });
    const parent = viewCampaign(opened, findCampaign(opened, 'argyrodite-micro'));
    const content = `{name: x.extxyz, sha256: ${'ab'.repeat(32)}}`;
    for (const [set, unset, message] of [
      [[], [], /asks for nothing else than the campaign/],
      [['seed=1'], [], /asks for nothing else than the campaign/],
      [['dynamics.timeStepFs=fast'], [], /fork of argyrodite-micro: dynamics\.timeStepFs: .*expected number/],
      [['dynamics.timeStepFs=3'], [], /must be a whole number of time steps of 3 fs/],
      [['dynamics.runs[0].structure=nothing'], [], /names no structure of this spec; expected one of anion-/],
      [['dynamics.runs[7].members=2'], [], /expected dynamics\.runs\[0\] to dynamics\.runs\[2\]/],
      [['seed'], [], /write FIELD=VALUE/],
      [['seed='], [], /--unset FIELD/],
      [['seed=[1'], [], /the value is not valid YAML/],
      [['seed=*x'], [], /the value (is not valid YAML|uses YAML aliases)/],
      [['name=other'], [], /--name/],
      [[], ['labels'], /fork of argyrodite-micro: labels: /],
      [[], ['analysis.conductivity'], /has no field analysis\.conductivity;[\s\S]*conductivityFactorPerA3/],
      [[`labels.gpaw.file=${content}`], [], /the store does not hold the content of x\.extxyz/],
    ] as const) {
      const propose = () => reportFork(opened, parent, forkedSpec(opened, parent, { set, unset }, undefined).spec, 1);
      expect(propose, [...set, ...unset].join()).toThrow(message);
    }
    opened.close();
    for (const [args, message] of [
      [
        ['argyrodite-micro', '--set', 'dynamics.timestepFs=1'],
        /has no field dynamics\.timestepFs; expected perhaps;[\s\S]*\n {2}dynamics\.timeStepFs$/m,
      ],
      [['argyrodite-micro', '--set', 'seed=2', '--spec', 'x.yaml'], /cannot be used with/],
      [
        ['argyrodite-micro', '--set', 'seed=2', '--out', microSpec],
        /the spec cannot be written; found a file of that name/,
      ],
      [['argyrodite-micro', '--set', 'seed=2', '--name', 'a name'], /name: expected letters/],
      [['nobody', '--set', 'seed=2'], /no campaign is called nobody/],
    ] as const) {
      const ended = await varve(inStore('fork', ...args), folder);
      expect(ended.stderr, args.join(' ')).toMatch(message);
      expect([ended.code, ended.stdout], args.join(' ')).toEqual([2, '']);
    }
    expect(eventIds()).toEqual(before);
  });
});
