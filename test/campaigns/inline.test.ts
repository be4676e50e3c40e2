import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { campaignResultHash } from '../../src/campaign/campaign-view.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { openStore } from '../../store/store.ts';
import { inTemporaryFolder, microSpec, type RunReport, varveJson } from './cli-process.ts';

describe('the inline executor', () => {
  it('gives the result hash that worker threads give, and reports every task once', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = openStore({ dir: join(folder, 'inline'), mode: 'write', create: true });
      const started: string[] = [];
      const ended: string[] = [];
      const plan = await runCampaign({
        store,
        loaded: loadSpec(microSpec),
        executor: inlineExecutor(store.blobs),
        listener: {
          onStart: (task) => started.push(task.taskId),
          onEvent: (task) => ended.push(task.taskId),
        },
      });
      expect(new Set(started).size).toBe(started.length);
      expect(ended).toEqual(started);
      const threaded = await varveJson<RunReport>(['run', microSpec, '--store', join(folder, 'threads')]);
      expect(campaignResultHash(plan)).toBe(threaded.resultHash);
      expect(plan.events.size).toBe(threaded.events);
      store.close();
    });
  });
});
