import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, microSpec, type RunReport, startVarve, varve, varveJson } from './cli-process.ts';

/** Starts the micro campaign and resolves when it has said that its first fit is under way. */
async function startMicro(store: string) {
  const child = startVarve(['run', microSpec, '--store', store, '--workers', '2']);
  let stderr = '';
  child.stderr!.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  while (!stderr.includes('label.import')) await sleep(20);
  return { child, ended, said: () => stderr };
}

describe('a running campaign', () => {
  it('ends on Ctrl-C with exit code 130 and a word on how to go on, and going on gives the undisturbed result', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = join(folder, 'store');
      const { child, ended, said } = await startMicro(store);
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(said()).toMatch(/stopped; the same command goes on from here/);
      const resumed = await varveJson<RunReport>(['run', microSpec, '--store', store]);
      expect(resumed).toEqual(await varveJson<RunReport>(['run', microSpec, '--store', join(folder, 'undisturbed')]));
    });
  });

  it('keeps a second writer out, which says after five seconds who holds the store, and lets readers in', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = join(folder, 'store');
      const { child, ended } = await startMicro(store);
      // Held still, so that it neither ends nor lets go while the second one waits.
      child.kill('SIGSTOP');
      try {
        expect((await varve(['status', '--store', store])).code).toBe(0);
        const startedAt = Date.now();
        const second = await varve(['run', microSpec, '--store', store]);
        expect(Date.now() - startedAt).toBeGreaterThan(4500);
        expect(second.code).toBe(2);
        expect(second.stderr).toMatch(new RegExp(`${child.pid}`));
        expect(second.stderr).toMatch(/varve run argyrodite-micro/);
      } finally {
        child.kill('SIGKILL');
        await ended;
      }
    });
  });
});
