/** The demo campaign, in full: under several worker counts, and killed at random moments. Runs with `npm run soak`. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import {
  inTemporaryFolder,
  miniSpec,
  type RunReport,
  startVarve,
  type VerifyReport,
  varveJson,
} from './cli-process.ts';

const KILLS = 30;

const runMini = (store: string, workers: number): Promise<RunReport> =>
  varveJson<RunReport>(['run', miniSpec, '--store', store, '--workers', String(workers)]);

describe('the demo campaign', () => {
  it('ends in the same result hash and tables with 1, 2, 3 and 7 workers, and after kill −9 at random moments', async () => {
    await inTemporaryFolder(async (folder) => {
      const undisturbed = await runMini(join(folder, 'workers-2'), 2);
      for (const workers of [1, 3, 7]) {
        expect(await runMini(join(folder, `workers-${workers}`), workers)).toEqual(undisturbed);
      }
      const random = new RandomStream('0000000000050a4b', 0);
      const store = join(folder, 'killed');
      for (let kill = 0; kill < KILLS; kill++) {
        const child = startVarve(['run', miniSpec, '--store', store, '--workers', '2']);
        const ended = new Promise((resolve) => child.once('exit', resolve));
        await Promise.race([ended, sleep(5_000 + random.uniform() * 60_000)]);
        child.kill('SIGKILL');
        await ended;
        expect((await varveJson<VerifyReport>(['verify', '--store', store])).problems).toEqual([]);
      }
      expect(await runMini(store, 2)).toEqual(undisturbed);
    });
  });
});
