/** `varve run SPEC`: runs a campaign, or goes on with it; progress to stderr, tables to stdout. */
import { remainingOf } from '../src/audit/status/campaign-status.ts';
import {
  campaignCells,
  campaignResultHash,
  campaignTables,
  type PlannedCampaign,
} from '../src/campaign/campaign-view.ts';
import { compareMethods } from '../src/campaign/method-comparison.ts';
import type { CampaignPlan } from '../src/campaign/plan.ts';
import { runCampaign } from '../src/campaign/run-campaign.ts';
import { listeningTogether, progressOf, RunningNoteWriter } from '../src/campaign/running-note.ts';
import { type LoadedSpec, loadSpec, type NamedPack, storedContent } from '../src/campaign/spec-file.ts';
import { workerPool } from '../src/execution/worker-pool.ts';
import { describeWithdrawal } from '../src/projections/campaign-results.ts';
import { lineageSource } from '../src/projections/lineage.ts';
import { readStandings } from '../src/projections/standing.ts';
import { escapeControl } from '../store/escape-control.ts';
import { importPack } from '../store/pack-import.ts';
import { openStore } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { blobsPath, folderState } from '../store/store-folder.ts';
import { CommandEnd } from './output/errors.ts';
import { interruptible } from './output/interrupt.ts';
import { counted, shortId } from './output/numbers.ts';
import { ProgressReport } from './output/progress.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderTables } from './output/tables.ts';
import { workerCount } from './output/workers.ts';

interface RunFlags {
  readonly store: string;
  readonly workers?: number;
  readonly json?: boolean;
}

export async function run(specPath: string, flags: RunFlags): Promise<void> {
  const loaded = loadSpec(specPath, (sha256) => storedBlob(flags.store, sha256));
  await runLoaded(loaded, flags, printJson);
}

/** Content that a spec names by its hash; undefined where the store is not there yet. */
function storedBlob(dir: string, sha256: string): Uint8Array | undefined {
  return folderState(dir) === 'store' ? withStore(dir, (store) => storedContent(store)(sha256)) : undefined;
}

/** @param giveJson takes the report with --json */
export async function runLoaded(
  loaded: LoadedSpec,
  flags: RunFlags,
  giveJson: (report: object) => void,
): Promise<void> {
  const workers = workerCount(flags.workers);
  for (const pack of loaded.packs) await takeIn(pack, flags.store, loaded.spec.name);
  const { name } = loaded.spec;
  const store = openStore({ dir: flags.store, mode: 'write', create: true, holder: `varve run ${name}` });
  const executor = workerPool(blobsPath(store.dir), workers);
  const note = new RunningNoteWriter(store.dir, name, workers);
  const standings = readStandings(store);
  const progress = new ProgressReport(process.stderr, name, (plan) => {
    const { seconds } = remainingOf(store, { spec: loaded.spec, plan }, standings, {
      workers,
      underWay: progressOf(note.running, Date.now()),
    });
    return seconds;
  });
  try {
    const plan = await interruptible('stopped; the same command goes on from here', (signal) =>
      runCampaign({ store, loaded, executor, listener: listeningTogether(note, progress), signal }),
    );
    progress.finish();
    report({ spec: loaded.spec, plan, lineage: lineageSource(store) }, flags.json === true ? giveJson : undefined);
    if (plan.failures.length > 0) throw failed(plan.failures);
    if (progress.violations > 0)
      throw new CommandEnd(1, `${progress.violations} tasks gave another result than is recorded`);
  } finally {
    progress.finish();
    note.finish();
    await executor.close();
    store.close();
  }
}

function report(campaign: PlannedCampaign, giveJson: ((report: object) => void) | undefined): void {
  const { spec, plan } = campaign;
  const tables = campaignTables(campaign);
  const methods = compareMethods(campaign);
  const resultHash = campaignResultHash(plan);
  if (giveJson !== undefined) {
    giveJson({
      campaign: spec.name,
      resultHash,
      events: plan.events.size,
      corrections: plan.corrections.length,
      withdrawn: plan.withdrawn.map(describeWithdrawal),
      tables,
      methods,
    });
  } else {
    process.stdout.write(renderTables(tables, methods, spec.published?.source));
    const total = `${plan.events.size} events${plan.corrections.length === 0 ? '' : ` and ${counted(plan.corrections.length, 'correction')}`}`;
    process.stdout.write(`\nresult hash ${resultHash} over ${total}; ask any number: varve why CELL\n`);
  }
  if (plan.withdrawn.length === 0) return;
  const cells = campaignCells(campaign).filter(({ status }) => status === 'withdrawn').length;
  process.stderr.write(
    `${spec.name}: corrections took back ${plan.withdrawn.length} of its tasks; ${cells} cells are withdrawn (varve status says why)\n`,
  );
}

/** Events of an earlier campaign, verified; what the store has already is passed over. */
async function takeIn({ path, asked }: NamedPack, dir: string, campaign: string): Promise<void> {
  const { store, subject } = await interruptible('stopped; the same command goes on from here', (signal) =>
    importPack(path, dir, { signal }),
  ).catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
    const remedy = `the pack is asked for by ${asked}${error.details.remedy === undefined ? '' : `. ${error.details.remedy}`}`;
    throw new StoreError(error.code, error.what, { ...error.details, remedy });
  });
  const { eventsAdded = 0, violations = 0 } = store ?? {};
  if (eventsAdded > 0) {
    process.stderr.write(
      `${escapeControl(`${campaign}: ${counted(eventsAdded, 'event')} taken in from ${path}: ${subject}`)}\n`,
    );
  }
  if (violations === 0) return;
  throw new CommandEnd(
    1,
    `${path} has other results than the store for ${counted(violations, 'exact task')}; both are kept`,
  );
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
