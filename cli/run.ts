/** `varve run SPEC`: runs a campaign, or goes on with it; progress to stderr, tables to stdout. */
import { campaignResultHash, campaignTables } from '../src/campaign/campaign-view.ts';
import { compareMethods } from '../src/campaign/method-comparison.ts';
import type { CampaignPlan } from '../src/campaign/plan.ts';
import { runCampaign } from '../src/campaign/run-campaign.ts';
import { loadSpec } from '../src/campaign/spec-file.ts';
import { workerPool } from '../src/execution/worker-pool.ts';
import { openStore } from '../store/store.ts';
import { blobsPath } from '../store/store-folder.ts';
import { CommandEnd } from './output/errors.ts';
import { shortId } from './output/numbers.ts';
import { ProgressReport } from './output/progress.ts';
import { printJson } from './output/store-access.ts';
import { renderTables } from './output/tables.ts';
import { workerThreads } from './output/worker-threads.ts';

interface RunFlags {
  readonly store: string;
  readonly workers?: number;
  readonly json?: boolean;
}

export async function run(specPath: string, flags: RunFlags): Promise<void> {
  const workers = workerThreads(flags.workers);
  const loaded = loadSpec(specPath);
  const store = openStore({ dir: flags.store, mode: 'write', create: true, holder: `varve run ${loaded.spec.name}` });
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(new CommandEnd(130, 'stopped; the same command goes on from here'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const executor = workerPool(blobsPath(store.dir), workers);
  const progress = new ProgressReport(process.stderr, loaded.spec.name);
  try {
    const plan = await runCampaign({ store, loaded, executor, listener: progress, signal: interrupt.signal });
    progress.finish();
    const campaign = { spec: loaded.spec, plan };
    const tables = campaignTables(campaign);
    const methods = compareMethods(campaign);
    const resultHash = campaignResultHash(plan);
    if (flags.json) {
      printJson({
        campaign: loaded.spec.name,
        resultHash,
        events: plan.events.size,
        tables,
        methods,
      });
    } else {
      process.stdout.write(renderTables(tables, methods, loaded.spec.published?.source));
      process.stdout.write(
        `\nresult hash ${resultHash} over ${plan.events.size} events; ask any number: varve why CELL\n`,
      );
    }
    if (plan.failures.length > 0) throw failed(plan.failures);
    if (progress.violations > 0)
      throw new CommandEnd(1, `${progress.violations} tasks gave another result than is recorded`);
  } finally {
    progress.finish();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await executor.close();
    store.close();
  }
}

type Failure = CampaignPlan['failures'][number];

function failed(failures: readonly Failure[]): CommandEnd {
  const count = failures.length === 1 ? 'a task' : `${failures.length} tasks`;
  return new CommandEnd(1, `${count} could not be done:\n${failures.map(describeFailure).join('\n')}`);
}

function describeFailure({ purpose, event }: Failure): string {
  const { error } = event.core.outcome as unknown as { error: { readonly [field: string]: string } };
  const { where, what, expected, found, remedy } = error;
  const parts = [where, what, expected && `expected ${expected}`, found && `found ${found}`, remedy];
  return `  ${purpose} (event ${shortId(event.eventId)}): ${parts.filter((part) => part !== undefined).join('; ')}`;
}
