/** A run whose tasks are done as soon as they are started: what is left is planning and recording. */
import { campaignResultHash } from '../../src/campaign/campaign-view.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import type { LoadedSpec } from '../../src/campaign/spec-file.ts';
import type { Executor } from '../../src/execution/executor.ts';
import type { TaskResult } from '../../src/tasks/task-kind.ts';
import { openStore } from '../../store/store.ts';

export interface InstantRun {
  readonly tasks: number;
  readonly ms: number;
  /** From the last event of a batch to the next plan. */
  readonly planningMs: number;
}

const OUTPUTS: { readonly [kind: string]: readonly string[] } = {
  'label.import': ['labels'],
  'structure.create': ['structure'],
  'potential.fit': ['potential', 'range', 'history'],
  'md.run': ['state', 'trajectory'],
  'analysis.diffusion': ['diffusion', 'msd'],
  'analysis.replicas': ['mean'],
  'analysis.arrhenius': ['line'],
};
const RESULTS: { readonly [kind: string]: TaskResult['results'] } = {
  'label.import': { configurations: 60 },
  'analysis.diffusion': { finalMsdA2: { Li: 1 } },
  'analysis.replicas': { verdict: 'pass' },
};

/** @param slots tasks that are under way at once */
export async function instantRun(dir: string, loaded: LoadedSpec, slots: number): Promise<InstantRun> {
  const executor: Executor = {
    slots,
    execute: async ({ kind }) => ({
      outcome: { status: 'done' },
      outputs: Object.fromEntries(
        OUTPUTS[kind]!.map((name) => [name, { bytes: Buffer.from(name), mediaType: 'text/plain' }]),
      ),
      results: RESULTS[kind] ?? {},
    }),
    close: async () => undefined,
  };
  const store = openStore({ dir, mode: 'write', create: true });
  let planningMs = 0;
  const startedAt = performance.now();
  let recordedAt = startedAt;
  const plan = await runCampaign({
    store,
    loaded,
    executor,
    listener: {
      onPlan: () => {
        planningMs += performance.now() - recordedAt;
      },
      onEvent: () => {
        recordedAt = performance.now();
      },
    },
  });
  const ms = performance.now() - startedAt;
  const tasks = plan.events.size;
  campaignResultHash(plan);
  store.close();
  return { tasks, ms, planningMs };
}
