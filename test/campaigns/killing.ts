/**
 * Kills a running campaign with kill −9 at random moments, again and again, and demands each time that nothing recorded
 * is lost and the store is sound; at last each campaign is let go on and must end as an undisturbed one. So that late
 * moments are struck too, most stores start with the first events of a finished one.
 */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { openStore } from '../../store/store.ts';
import { StoreError } from '../../store/store-error.ts';
import { sweepStore } from '../../store/sweep.ts';
import { verifyStore } from '../../store/verify.ts';
import { inTemporaryFolder, learningSpec, microSpec, type RunReport, startVarve, varveJson } from './cli-process.ts';

const LANES = 2;
const KILLS_PER_STORE = 10;

export interface KilledCampaign {
  readonly spec: string;
  /** How many events of a finished one a store may start with: the least, and how many more. */
  readonly firstEvents: readonly [least: number, more: number];
}

/** Its fits, which take most of the time, are done by the tenth event. */
export const MICRO: KilledCampaign = { spec: microSpec, firstEvents: [10, 30] };
export const LEARNING: KilledCampaign = { spec: learningSpec, firstEvents: [5, 195] };

/** What `verify` says of a store whose creation was cut short. */
const CUT_SHORT = ['store-older', 'log-unreadable'];

export const runToTheEnd = ({ spec }: KilledCampaign, store: string): Promise<RunReport> =>
  varveJson<RunReport>(['run', spec, '--store', store, '--workers', '2']);

/** @param seed the moments of killing derive from it */
export const killAndGoOn = (kills: number, seed: string, campaign = MICRO): Promise<void> =>
  inTemporaryFolder(async (folder) => {
    const finished = join(folder, 'undisturbed');
    const undisturbed = await runToTheEnd(campaign, finished);
    const [least, more] = campaign.firstEvents;
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      const random = new RandomStream(seed, lane);
      for (let left = Math.ceil(kills / LANES), round = 0; left > 0; round += 1) {
        const store = join(folder, `killed-${lane}-${round}`);
        const isWhole = round === 0 && lane === 0;
        if (!isWhole) copyFirstEvents(finished, store, least + random.integer(more));
        left -= await killRepeatedly(campaign, store, Math.min(left, KILLS_PER_STORE), random);
        expect(await runToTheEnd(campaign, store)).toEqual(undisturbed);
      }
    });
    await Promise.all(lanes);
  });

/** Until it was killed `kills` times or has ended by itself; the number of kills. */
export async function killRepeatedly(
  campaign: KilledCampaign,
  store: string,
  kills: number,
  random: RandomStream,
): Promise<number> {
  let events = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const hasEnded = await runAndKill(campaign, store, 250 + random.uniform() * 900);
    events = await soundEvents(store, events);
    if (hasEnded) return kill;
    if (events > 0 && random.uniform() < 0.5) {
      await sweepStore({ dir: store });
      const { problems, orphanBlobs, temporaryFiles } = await verifyStore(store);
      expect([problems, orphanBlobs, temporaryFiles]).toEqual([[], 0, 0]);
    }
  }
  return kills;
}

/** Starts the campaign and kills it after a while. Says whether it had ended by itself before. */
async function runAndKill({ spec }: KilledCampaign, store: string, afterMs: number): Promise<boolean> {
  const child = startVarve(['run', spec, '--store', store, '--workers', '2']);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const first = await Promise.race([ended, sleep(afterMs).then(() => 'late' as const)]);
  if (first !== 'late') {
    expect(first).toBe(0);
    return true;
  }
  child.kill('SIGKILL');
  await ended;
  return false;
}

/** Number of events in a store that must be sound and have at least so many. Killed while it was made, it has none. */
async function soundEvents(store: string, atLeast: number): Promise<number> {
  try {
    const { events, problems } = await verifyStore(store);
    const isCreation = atLeast === 0 && events === 0 && problems.length === 1 && CUT_SHORT.includes(problems[0]!.code);
    if (!isCreation) expect(problems).toEqual([]);
    expect(events).toBeGreaterThanOrEqual(atLeast);
    return events;
  } catch (error) {
    if (atLeast === 0 && error instanceof StoreError && error.code === 'store-missing') return 0;
    throw error;
  }
}

export function copyFirstEvents(from: string, to: string, count: number): void {
  const source = openStore({ dir: from, mode: 'read' });
  mkdirSync(to);
  cpSync(join(from, 'blobs'), join(to, 'blobs'), { recursive: true });
  const target = openStore({ dir: to, mode: 'write', create: true });
  const events = [...source.log.events()].slice(0, count);
  target.log.append(events.map(({ core, attestation, obs }) => ({ core, attestation, obs: obs! })));
  target.close();
  source.close();
}
