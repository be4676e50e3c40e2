/**
 * The loop: plan → run what is ready → append → plan again, until nothing is ready. The log is the only state: stopped
 * anywhere and started again, the campaign goes on, and ends in the same result hash.
 */
import { readFileSync } from 'node:fs';
import type { StoredEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';
import { resolveTask } from '../execution/assignment.ts';
import { attest, attestedBy } from '../execution/attestation.ts';
import { MOST_THREADS } from '../execution/crew-signals.ts';
import type { Executor } from '../execution/executor.ts';
import { inlineExecutor } from '../execution/inline-executor.ts';
import { keepKernels } from '../execution/kept-kernels.ts';
import { recordedCore } from '../execution/recorded-core.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { readStandings } from '../projections/standing.ts';
import { findKind } from '../tasks/registry.ts';
import type { TaskResult } from '../tasks/task-kind.ts';
import { chainMemoryOf } from './chain-memory.ts';
import { openCampaign } from './open-campaign.ts';
import { type CampaignPlan, planCampaign } from './plan.ts';
import { PLAN_VERSION } from './plan-version.ts';
import { correctedLog, type PlannedTask } from './planner.ts';
import type { LoadedSpec } from './spec-file.ts';

/** What a run reports while it goes on. */
export interface RunListener {
  onOpen?(campaign: StoredEvent): void;
  onPlan?(plan: CampaignPlan): void;
  /** @param threads that the task may use */
  onStart?(task: PlannedTask, threads: number): void;
  onProgress?(task: PlannedTask, fraction: number): void;
  onEvent?(task: PlannedTask, event: StoredEvent, violation: StoredEvent | undefined): void;
}

export interface RunOptions {
  readonly store: Store;
  readonly loaded: LoadedSpec;
  readonly executor: Executor;
  readonly listener?: RunListener;
  /** When aborted, nothing new is started and the run rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface Finished {
  readonly task: PlannedTask;
  readonly result: TaskResult;
  readonly obs: JsonObject;
}

/**
 * Runs the campaign to its end and returns the last plan: nothing is ready, failures and withheld cells are in it.
 * @throws whatever stopped it; everything acknowledged before is in the log
 */
export async function runCampaign(options: RunOptions): Promise<CampaignPlan> {
  const { store, loaded, executor, listener = {}, signal } = options;
  const attestation = attest();
  const campaign = openCampaign(store, loaded.spec, attestation);
  listener.onOpen?.(campaign);
  const inline = inlineExecutor(store.blobs);
  const running = new Map<string, Promise<void>>();
  const finished: Finished[] = [];

  const start = (task: PlannedTask, threads: number): void => {
    for (const manifest of task.manifests) store.blobs.put(manifest);
    const observed = findKind(task.task.kind, task.task.v).class === 'observed';
    const startedAt = new Date();
    listener.onStart?.(task, threads);
    const work = (observed ? inline : executor).execute(resolveTask(task.task, store.log, store.blobs), {
      onProgress: (fraction) => listener.onProgress?.(task, fraction),
      threads,
      ...(observed ? { external: (sha256: string) => readImport(loaded, sha256, store.blobs) } : {}),
    });
    running.set(
      task.taskId,
      work.then((result) => {
        finished.push({ task, result, obs: observe(startedAt, threads) });
      }),
    );
  };

  // This process is the store's only writer, so no correction comes in meanwhile.
  const memory = chainMemoryOf(store);
  const lookup = correctedLog(store, readStandings(store));
  for (;;) {
    signal?.throwIfAborted();
    const plan = planCampaign(loaded.spec, lookup, PLAN_VERSION, memory);
    memory.keep();
    listener.onPlan?.(plan);
    const waiting = plan.ready.filter(({ taskId }) => !running.has(taskId)).slice(0, executor.slots - running.size);
    // Where there are fewer tasks than slots, each gets some of the threads that would be idle.
    const threads = Math.max(1, Math.min(MOST_THREADS, Math.floor(executor.slots / (running.size + waiting.length))));
    for (const task of waiting) start(task, threads);
    if (running.size === 0) return plan;
    await raceWithSignal([...running.values()], signal);
    const batch = finished.splice(0);
    const modules = batch.flatMap(({ result }) => result.modules ?? []);
    const kernels = keepKernels(store, modules, attestation);
    const results = store.log.append([
      ...kernels,
      ...batch.map(({ task, result, obs }) => ({
        core: recordedCore(store.blobs, task.task, result),
        attestation: attestedBy(attestation, result),
        obs,
      })),
    ]);
    results.slice(kernels.length).forEach(({ event, violation }, k) => {
      running.delete(batch[k]!.task.taskId);
      listener.onEvent?.(batch[k]!.task, event, violation);
    });
  }
}

const observe = (startedAt: Date, threads: number): JsonObject => ({
  startedAt: startedAt.toISOString(),
  durationMs: Date.now() - startedAt.getTime(),
  threads,
  node: process.version,
  platform: process.platform,
  arch: process.arch,
});

/**
 * From the file that the spec names; from the store where it names the content.
 * @throws InputError `file-changed` where the file is not what it was when the spec was read
 */
function readImport(loaded: LoadedSpec, sha256: string, blobs: Store['blobs']): Uint8Array {
  const path = loaded.files.get(sha256);
  if (path === undefined) return blobs.get(sha256);
  const bytes = readFileSync(path);
  if (sha256Hex(bytes) === sha256) return bytes;
  throw new InputError('file-changed', 'the file changed after the spec was read', {
    where: path,
    remedy: 'run again',
  });
}

function raceWithSignal(work: readonly Promise<unknown>[], signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return Promise.race(work);
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    Promise.race(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
