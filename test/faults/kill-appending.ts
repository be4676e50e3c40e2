/** Kills a process that appends, at random moments, again and again: what was acknowledged is there afterwards. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { openStore } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { builtStore } from './built-store.ts';

const driver = fileURLToPath(new URL('appending-driver.mjs', import.meta.url));
/** After so many kills a store is left for a new one, so that verifying it stays quick. */
const KILLS_PER_STORE = 20;

/** @param seed the moments of killing derive from it */
export async function killAppending(kills: number, seed: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-kill-'));
  const random = new RandomStream(seed, 0);
  try {
    for (let kill = 0; kill < kills; ) {
      const dir = join(folder, `store-${kill}`);
      let size = 0;
      for (const end = kill + KILLS_PER_STORE; kill < Math.min(end, kills); kill += 1) {
        size = await demandAcknowledged(dir, await appendUntilKilled(dir, random.uniform() * 60), size);
      }
      expect(size).toBeGreaterThan(0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Acknowledged {
  readonly size: number;
  readonly historyHash: string;
}

/** Kills the process so long after its first word. What it had acknowledged by then, oldest first. */
async function appendUntilKilled(dir: string, afterMs: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [driver, builtStore(), dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const begun = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      text += data;
      resolve();
    });
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await Promise.race([begun, closed]);
  await sleep(afterMs);
  child.kill('SIGKILL');
  await closed;
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => ({ size: Number(line.split(' ')[0]), historyHash: line.split(' ')[1]! }));
}

/** Size of the log, which must be sound and have had each of the acknowledged hashes. */
async function demandAcknowledged(dir: string, acknowledged: readonly Acknowledged[], before: number): Promise<number> {
  expect(acknowledged[0]?.size).toBeGreaterThanOrEqual(before);
  expect(await verifyStore(dir)).toMatchObject({ ok: true, problems: [] });
  const store = openStore({ dir, mode: 'read' });
  try {
    for (const { size, historyHash } of [acknowledged[0]!, acknowledged.at(-1)!]) {
      expect(store.log.historyHash(size)).toBe(historyHash);
    }
    return store.log.size;
  } finally {
    store.close();
  }
}
