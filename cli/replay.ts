/** `varve replay`: recomputes recorded tasks and says whether the same bytes come out. Exit 1 where they do not. */
import { randomBytes } from 'node:crypto';
import { findEvent } from '../src/audit/find-event.ts';
import { countVerdicts, recordReplay } from '../src/audit/replay/record-replay.ts';
import { recordedVerdicts } from '../src/audit/replay/recorded-verdicts.ts';
import { replayEvents } from '../src/audit/replay/replay.ts';
import { notYetReplayed, sampleEvents } from '../src/audit/replay/replay-selection.ts';
import type { ReplayVerdict } from '../src/audit/replay/replay-verdict.ts';
import type { Purposes } from '../src/campaign/campaign-events.ts';
import { campaignPurposes, findNumbers, traceEvents, viewCampaign } from '../src/campaign/campaign-view.ts';
import { findCampaign } from '../src/campaign/open-campaign.ts';
import { attest } from '../src/execution/attestation.ts';
import type { Executor } from '../src/execution/executor.ts';
import { recordedCore } from '../src/execution/recorded-core.ts';
import { workerPool } from '../src/execution/worker-pool.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { inLogOrder, type StoredEvent } from '../store/event.ts';
import { openStore, type Store } from '../store/store.ts';
import { blobsPath } from '../store/store-folder.ts';
import { CommandEnd } from './output/errors.ts';
import { withInterrupt } from './output/interrupt.ts';
import { formatDuration } from './output/numbers.ts';
import { ProgressBars } from './output/progress-bars.ts';
import { renderReplay } from './output/replay-report.ts';
import { printJson } from './output/store-access.ts';
import { workerCount } from './output/workers.ts';

interface ReplayFlags {
  readonly store: string;
  readonly all?: boolean;
  readonly sample?: number;
  readonly seed?: string;
  readonly event?: string;
  readonly cell?: string;
  readonly campaign?: string;
  readonly unreplayed?: boolean;
  readonly record?: boolean;
  readonly workers?: number;
  readonly json?: boolean;
}

interface Scope {
  /** As it was asked, so that it can be asked again. */
  readonly words: string;
  /** Read anew each time that it is gone through: a whole store need not fit into memory. */
  readonly events: Iterable<StoredEvent>;
}

export async function replay(flags: ReplayFlags): Promise<void> {
  const store = openStore({ dir: flags.store, mode: flags.record ? 'write' : 'read', holder: 'varve replay' });
  const executor = workerPool(blobsPath(store.dir), workerCount(flags.workers));
  try {
    await withInterrupt((signal) => replayScope(store, executor, flags, signal));
  } finally {
    await executor.close();
    store.close();
  }
}

async function replayScope(store: Store, executor: Executor, flags: ReplayFlags, signal: AbortSignal): Promise<void> {
  const startedAt = new Date().toISOString();
  const attestation = attest();
  const sourceBuild = String(attestation.sourceBuild);
  const scope = chooseEvents(store, flags, sourceBuild);
  const purposes = campaignPurposes(store);
  const size = measure(scope.events);
  const progress = new ReplayProgress(size, purposes);
  const verdicts = await replayEvents({
    store,
    events: scope.events,
    executor,
    signal,
    listener: {
      onStart: (event) => progress.start(event),
      onProgress: (event, fraction) => progress.bars.update(event.eventId, fraction),
      onVerdict: (verdict) => progress.verdict(verdict),
      onDifference: (event, result) => {
        if (!flags.record) return;
        const core = recordedCore(store.blobs, event.core.task, result);
        store.log.append([{ core, attestation, obs: { startedAt: new Date().toISOString() } }]);
      },
    },
  });
  progress.finish();
  if (flags.record && verdicts.length > 0)
    recordReplay(store, verdicts, { startedAt, scope: scope.words, attestation });
  const stopped = signal.aborted;
  if (flags.json) printJson({ scope: scope.words, sourceBuild, stopped, ...countVerdicts(verdicts), verdicts });
  else process.stdout.write(renderReplay(verdicts, { scope: scope.words, sourceBuild, purposes, stopped }));
  if (countVerdicts(verdicts).differs > 0) process.exitCode = 1;
  if (stopped) {
    const remedy = flags.record ? '; --unreplayed goes on with what is left' : '';
    throw new CommandEnd(130, `stopped after ${verdicts.length} of ${size.count} events${remedy}`);
  }
}

function chooseEvents(store: Store, flags: ReplayFlags, sourceBuild: string): Scope {
  const asked = [flags.all, flags.sample, flags.event, flags.cell].filter((flag) => flag !== undefined);
  if (asked.length !== 1) {
    throw new InputError('no-scope', asked.length === 0 ? 'what is to be replayed?' : 'several things to replay', {
      expected: 'one of --all, --sample K, --event ID, --cell NAME',
    });
  }
  const scope = scopeOf(store, flags);
  if (!flags.unreplayed) return scope;
  const verdicts = recordedVerdicts(store);
  const events = { [Symbol.iterator]: () => notYetReplayed(scope.events, verdicts, sourceBuild) };
  return { words: `${scope.words} --unreplayed`, events };
}

function scopeOf(store: Store, flags: ReplayFlags): Scope {
  if (flags.event !== undefined) {
    const event = findEvent(store, flags.event);
    return { words: `--event ${event.eventId.slice(0, 16)}`, events: [event] };
  }
  if (flags.cell !== undefined) {
    const { events } = findNumbers(store, flags.cell);
    return { words: `--cell ${flags.cell}`, events: inLogOrder(traceEvents(store, events).nodes) };
  }
  const within = flags.campaign === undefined ? '' : ` --campaign ${flags.campaign}`;
  const events =
    flags.campaign === undefined
      ? { [Symbol.iterator]: () => store.log.events() }
      : inLogOrder([...viewCampaign(store, findCampaign(store, flags.campaign)).plan.events.values()]);
  if (flags.sample === undefined) return { words: `--all${within}`, events };
  const seed = flags.seed ?? randomBytes(8).toString('hex');
  return {
    words: `--sample ${flags.sample} --seed ${seed}${within}`,
    events: sampleEvents(events, flags.sample, seed),
  };
}

/** How many there are, and how long they took when they were recorded. */
function measure(events: Iterable<StoredEvent>): { readonly count: number; readonly recordedMs: number } {
  let count = 0;
  let recordedMs = 0;
  for (const { obs } of events) {
    count += 1;
    if (typeof obs?.durationMs === 'number') recordedMs += obs.durationMs;
  }
  return { count, recordedMs };
}

class ReplayProgress {
  readonly bars = new ProgressBars(process.stderr, 'events');
  readonly #purposes: Purposes;

  constructor({ count, recordedMs }: ReturnType<typeof measure>, purposes: Purposes) {
    this.#purposes = purposes;
    this.bars.expected = count;
    const took = formatDuration(recordedMs);
    this.bars.line(`replay of ${count} events, which took ${took} of one core when they were recorded`);
  }

  start({ eventId, taskId, seq, core }: StoredEvent): void {
    this.bars.start(eventId, `event ${seq}  ${core.task.kind}  ${this.#purposes.get(taskId) ?? ''}`);
  }

  verdict({ event, verdict }: ReplayVerdict): void {
    const took = this.bars.end(event.eventId);
    const place = `[${this.bars.done}/${this.bars.expected}]`;
    const name = `event ${event.seq}  ${event.kind}  ${this.#purposes.get(event.taskId) ?? ''}`.trimEnd();
    if (verdict !== 'not-comparable') this.bars.line(`${place} ${verdict}  ${name}  ${took}`, verdict === 'identical');
  }

  finish(): void {
    this.bars.finish((elapsed) => `${this.bars.done} of ${this.bars.expected} events replayed in ${elapsed}`);
  }
}
