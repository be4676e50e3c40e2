/** The campaign with active learning under every number of workers, and killed. Runs with `npm run soak`. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, learningSpec, type RunReport, type VerifyReport, varveJson } from './cli-process.ts';
import { killAndGoOn, LEARNING } from './killing.ts';

const KILLS = 100;
const SEED = '5eed5eed00000003';

describe('the campaign with active learning', () => {
  it('ends in the same result hash and tables with 1, 2, 3 and 7 workers', async () => {
    await inTemporaryFolder(async (folder) => {
      const reports: RunReport[] = [];
      for (const workers of [1, 2, 3, 7]) {
        const store = join(folder, `workers-${workers}`);
        reports.push(await varveJson<RunReport>(['run', learningSpec, '--store', store, '--workers', String(workers)]));
        expect((await varveJson<VerifyReport>(['verify', '--store', store])).problems).toEqual([]);
      }
      for (const report of reports.slice(1)) expect(report).toEqual(reports[0]);
    });
  });

  it(`killed at ${KILLS} random moments (seed ${SEED}) loses nothing, and ends as if undisturbed`, () =>
    killAndGoOn(KILLS, SEED, LEARNING));
});
