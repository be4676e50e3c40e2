import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import {
  inTemporaryFolder,
  microSpec,
  type RunReport,
  startVarve,
  type VerifyReport,
  varve,
  varveJson,
} from './cli-process.ts';

const KILLS = 30;
/** Printed where the test fails: the moments of killing derive from it. */
const SEED = '5eed5eed00000001';

/** Starts the campaign and kills it after a while. Says whether it had ended by itself before. */
async function runAndKill(store: string, afterMs: number): Promise<boolean> {
  const child = startVarve(['run', microSpec, '--store', store, '--workers', '2']);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const first = await Promise.race([ended, sleep(afterMs).then(() => 'late' as const)]);
  if (first !== 'late') return true;
  child.kill('SIGKILL');
  await ended;
  return false;
}

describe(`kill −9 at ${KILLS} random moments (seed ${SEED})`, () => {
  it('loses nothing that was recorded, and going on each time ends in the result hash of an undisturbed run', async () => {
    await inTemporaryFolder(async (folder) => {
      const undisturbed = await varveJson<RunReport>([
        'run',
        microSpec,
        '--store',
        join(folder, 'undisturbed'),
        '--workers',
        '2',
      ]);
      const random = new RandomStream(SEED, 0);
      let kills = 0;
      for (let round = 0; kills < KILLS; round++) {
        const store = join(folder, `killed-${round}`);
        let events = 0;
        for (let complete = false; !complete && kills < KILLS; ) {
          complete = await runAndKill(store, 250 + random.uniform() * 2000);
          if (complete) break;
          kills += 1;
          const { code, stdout, stderr } = await varve(['verify', '--store', store, '--json']);
          // Killed before the store was there, it has no log yet.
          if (code === 2) continue;
          const report = JSON.parse(stdout) as VerifyReport;
          expect(
            report.problems.filter((problem) => problem.code !== 'log-missing'),
            stderr,
          ).toEqual([]);
          expect(report.events).toBeGreaterThanOrEqual(events);
          events = report.events;
        }
        const report = await varveJson<RunReport>(['run', microSpec, '--store', store, '--workers', '2']);
        expect(report).toEqual(undisturbed);
      }
    });
  }, 400_000);
});
