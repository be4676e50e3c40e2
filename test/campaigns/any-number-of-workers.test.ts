import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  inTemporaryFolder,
  microSpec,
  projectRoot,
  type RunReport,
  type VerifyReport,
  varveJson,
} from './cli-process.ts';

const runMicro = (store: string, workers: number, spec: string = microSpec): Promise<RunReport> =>
  varveJson<RunReport>(['run', spec, '--store', store, '--workers', String(workers)]);

/** Kept beside the results: one for its fits, one for its runs. */
const KERNELS = 2;

describe('the micro campaign', () => {
  it('ends in the same result hash and the same tables with 1, 2, 3 and 7 workers, and none of it changes on a second run', async () => {
    await inTemporaryFolder(async (folder) => {
      const reports: RunReport[] = [];
      for (const workers of [1, 2, 3, 7]) {
        const store = join(folder, `workers-${workers}`);
        reports.push(await runMicro(store, workers));
        const verified = await varveJson<VerifyReport>(['verify', '--store', store]);
        expect(verified.problems).toEqual([]);
        expect(verified.events).toBe(reports[0]!.events + 1 + KERNELS);
      }
      for (const report of reports.slice(1)) expect(report).toEqual(reports[0]);

      const store = join(folder, 'workers-2');
      const before = await varveJson<VerifyReport>(['verify', '--store', store]);
      expect(await runMicro(store, 2)).toEqual(reports[0]);
      expect(await varveJson<VerifyReport>(['verify', '--store', store])).toEqual(before);
    });
  }, 180_000);

  it('has another result hash with another seed, and reuses what the seed does not touch in a shared store', async () => {
    await inTemporaryFolder(async (folder) => {
      const text = readFileSync(microSpec, 'utf8').replace(/^seed: 1$/m, 'seed: 2');
      const store = join(folder, 'store');
      const first = await runMicro(store, 2);
      const spec = join(folder, 'seed-2.yaml');
      writeFileSync(spec, text.replace('file: labels/', `file: ${join(projectRoot, 'examples/labels')}/`));
      const second = await runMicro(store, 2, spec);
      expect(second.resultHash).not.toBe(first.resultHash);
      // The older campaign of the same name again: its own tables, not those of the newest.
      expect(await runMicro(store, 2)).toEqual(first);
      const { campaigns } = await varveJson<{
        campaigns: { name: string; resultHash: string; dynamics: { atoms: number; nsPerDay: number }[] }[];
      }>(['status', '--store', store]);
      expect(campaigns.map((campaign) => campaign.resultHash)).toEqual([first.resultHash, second.resultHash]);
      for (const { dynamics } of campaigns) {
        expect(dynamics.length).toBeGreaterThan(0);
        for (const { nsPerDay } of dynamics) expect(nsPerDay).toBeGreaterThan(0);
      }
      // Two openings, and every task twice but for the import of the file and the parsing of it.
      const verified = await varveJson<VerifyReport>(['verify', '--store', store]);
      expect(verified.events).toBe(2 + first.events + second.events - 2 + KERNELS);
    });
  }, 180_000);
});
