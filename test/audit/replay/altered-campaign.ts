/** The micro campaign as a machine would have recorded it whose arithmetic is wrong in chosen places. */
import { runCampaign } from '../../../src/campaign/run-campaign.ts';
import { loadSpec } from '../../../src/campaign/spec-file.ts';
import type { Executor } from '../../../src/execution/executor.ts';
import { inlineExecutor } from '../../../src/execution/inline-executor.ts';
import type { TaskResult } from '../../../src/tasks/task-kind.ts';
import { openStore, type Store } from '../../../store/store.ts';
import { microSpec } from '../../campaigns/cli-process.ts';

export interface Alteration {
  readonly kind: string;
  /** Which of the tasks of that kind, in the order in which they run, from 1. */
  readonly which: number;
  readonly alter: (result: TaskResult) => TaskResult;
}

/** What follows from an altered result is computed from it, rightly. The store is open for writing. */
export async function runAltered(dir: string, alterations: readonly Alteration[], spec = microSpec): Promise<Store> {
  const store = openStore({ dir, mode: 'write', create: true });
  const inline = inlineExecutor(store.blobs);
  const seen = new Map<string, number>();
  const executor: Executor = {
    ...inline,
    async execute(assignment, options) {
      const result = await inline.execute(assignment, options);
      const which = (seen.get(assignment.kind) ?? 0) + 1;
      seen.set(assignment.kind, which);
      const alteration = alterations.find((one) => one.kind === assignment.kind && one.which === which);
      return alteration === undefined ? result : alteration.alter(result);
    },
  };
  await runCampaign({ store, loaded: loadSpec(spec), executor });
  return store;
}

export function withOutput(
  result: TaskResult,
  name: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
): TaskResult {
  const output = result.outputs[name]!;
  const changed = { ...output, bytes: change(Uint8Array.from(output.bytes)) };
  return { ...result, outputs: { ...result.outputs, [name]: changed } };
}
