import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../store/store.ts';
import { inTemporaryFolder, microSpec, startVarve, varve, varveJson } from './cli-process.ts';
import { copyMicroStore } from './micro-store.ts';

interface Work {
  readonly tasks: number;
  readonly coreSeconds: number;
  readonly unknownTasks: number;
  readonly seconds: number | null;
  readonly workers: number;
  readonly stages: readonly { readonly stage: string; readonly tasks: number; readonly unknownTasks: number }[];
}

interface StatusJson {
  readonly running: {
    readonly pid: number;
    readonly workers: number;
    readonly campaign: { readonly name: string };
    readonly running: readonly { readonly kind: string; readonly purpose: string; readonly fraction: number }[];
  } | null;
  readonly campaigns: readonly {
    readonly state: string;
    readonly tasksDone: number;
    readonly tasksExpected: number;
    readonly cellsWithheld: readonly string[];
    readonly remaining: Work | null;
  }[];
}

const statusOf = (store: string): Promise<StatusJson> => varveJson<StatusJson>(['status', '--store', store]);

describe('status', () => {
  it('shows what runs and how far it is, what remains and for how long; and nothing of a run that was killed', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = join(folder, 'store');
      const note = join(store, 'cache/running.json');
      const child = startVarve(['run', microSpec, '--store', store, '--workers', '2']);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const kinds = (): string[] => {
        const { running } = JSON.parse(readFileSync(note, 'utf8')) as NonNullable<StatusJson['running']>;
        return running.map(({ kind }) => kind);
      };
      // Until both fits are under way; then it is held still.
      while (!existsSync(note) || kinds().filter((kind) => kind === 'potential.fit').length < 2) await sleep(20);
      child.kill('SIGSTOP');
      try {
        const { running, campaigns } = await statusOf(store);
        expect(running).toMatchObject({ pid: child.pid, workers: 2, campaign: { name: 'argyrodite-micro' } });
        expect(running!.running.map(({ kind, purpose }) => [kind, purpose]).sort()).toEqual([
          ['potential.fit', 'level-4, fit 1'],
          ['potential.fit', 'level-4, fit 2'],
        ]);
        for (const { fraction } of running!.running) expect(fraction >= 0 && fraction <= 1).toBe(true);
        const [campaign] = campaigns;
        expect(campaign).toMatchObject({ state: 'unfinished', remaining: { workers: 2, seconds: null } });
        expect(campaign!.remaining!.tasks).toBe(campaign!.tasksExpected - campaign!.tasksDone);
        expect(campaign!.remaining!.stages.map(({ stage, tasks }) => [stage, tasks])).toEqual([
          ['fits', 2],
          ['equilibration', 8],
          ['production', 16],
          ['diffusion', 8],
          ['means', 4],
          ['arrhenius', 2],
        ]);
        const { stdout } = await varve(['status', '--store', store]);
        expect(stdout).toMatch(/remaining: 40 tasks/);
        expect(stdout).toMatch(
          /running now: argyrodite-micro, process \d+, since .*, on 2 workers\n {2}potential\.fit {2}level-4, fit 1 +\d+ %/,
        );
      } finally {
        child.kill('SIGKILL');
        await ended;
      }
      expect(existsSync(note)).toBe(true);
      expect((await statusOf(store)).running).toBe(null);
      // Another process that writes is not that run.
      const writer = openStore({ dir: store, mode: 'write' });
      expect((await statusOf(store)).running).toBe(null);
      writer.close();

      expect((await varve(['run', microSpec, '--store', store])).code).toBe(0);
      expect(existsSync(note)).toBe(false);
      const { running, campaigns } = await statusOf(store);
      expect(running).toBe(null);
      expect(campaigns).toMatchObject([{ state: 'complete', remaining: null }]);
      expect((await varve(['verify', '--store', store])).code).toBe(0);
    });
  });

  it('reckons what remains from what was done, for as many workers as are asked for', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = join(folder, 'store');
      await copyMicroStore(store);
      const longer = ['--set', 'dynamics.production.timePs=4', '--name', 'long', '--out', join(folder, 'long.yaml')];
      const forked = await varve(['fork', 'argyrodite-micro', ...longer, '--open', '--store', store]);
      expect([forked.stderr, forked.code]).toEqual(['', 0]);
      const remaining = async (workers: number): Promise<Work> => {
        const { campaigns } = await varveJson<StatusJson>(['status', '--store', store, '--workers', String(workers)]);
        return campaigns[1]!.remaining!;
      };
      const [one, eight] = [await remaining(1), await remaining(8)];
      expect(one).toMatchObject({ unknownTasks: 0, workers: 1 });
      // Half of the segments are there already: those of the short runs; each run goes on with eighteen more.
      expect(one.stages.find(({ stage }) => stage === 'production')!.tasks).toBeGreaterThan(100);
      expect(one.seconds).toBeCloseTo(one.coreSeconds, 6);
      expect(eight.seconds!).toBeLessThan(one.seconds!);
      expect(eight.seconds! * 8).toBeGreaterThanOrEqual(one.seconds! * 0.999);
    });
  });
});
