/**
 * Replay: recomputes recorded tasks from their recorded inputs and compares bytes. Each event is judged on its own, from
 * what is recorded before it, so one difference does not spread, and a sample of a long run costs a sample.
 */
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { StoreError } from '../../../store/store-error.ts';
import { absentBlobs, resolveTask } from '../../execution/assignment.ts';
import type { Executor } from '../../execution/executor.ts';
import { currentVersion } from '../../tasks/registry.ts';
import type { TaskResult } from '../../tasks/task-kind.ts';
import { purgedBlobs } from '../purge/purged-blobs.ts';
import { compareWithRecorded, type ReplayVerdict, replayedEvent } from './replay-verdict.ts';

export interface ReplayListener {
  onStart?(event: StoredEvent): void;
  onProgress?(event: StoredEvent, fraction: number): void;
  onVerdict?(verdict: ReplayVerdict): void;
  /** What was computed where it differs from what is recorded. */
  onDifference?(event: StoredEvent, result: TaskResult): void;
}

export interface ReplayOptions {
  readonly store: Store;
  /** Taken one by one. */
  readonly events: Iterable<StoredEvent>;
  readonly executor: Executor;
  readonly listener?: ReplayListener;
  /** When aborted, nothing new is begun and what is under way is dropped; the verdicts so far are returned. */
  readonly signal?: AbortSignal;
}

/**
 * Verdicts in the order of the log, one an event.
 * @throws StoreError `blob-missing`, `blob-corrupt`: a damaged store is not judged, it is for `verify`
 */
export async function replayEvents({
  store,
  events,
  executor,
  listener = {},
  signal,
}: ReplayOptions): Promise<ReplayVerdict[]> {
  const verdicts: ReplayVerdict[] = [];
  const purged = purgedBlobs(store.log);
  const settle = (verdict: ReplayVerdict): void => {
    verdicts.push(verdict);
    listener.onVerdict?.(verdict);
  };
  const queue = events[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && !signal?.aborted; next = queue.next()) {
      const event = next.value;
      const why = notComparable(event) ?? missingInputs(event, store, purged);
      if (why !== undefined) settle({ event: replayedEvent(event), verdict: 'not-comparable', why, differences: [] });
      else settle(await judge(event, store, executor, listener));
    }
  };
  const aborted = new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([Promise.all(Array.from({ length: executor.slots }, work)), aborted]);
  return [...verdicts].sort((a, b) => a.event.seq - b.event.seq);
}

async function judge(
  event: StoredEvent,
  store: Store,
  executor: Executor,
  listener: ReplayListener,
): Promise<ReplayVerdict> {
  const assignment = resolveTask(event.core.task, store.log, store.blobs);
  const startedAt = Date.now();
  listener.onStart?.(event);
  const result = await executor.execute(assignment, {
    onProgress: (fraction) => listener.onProgress?.(event, fraction),
  });
  const differences = compareWithRecorded(event, result, store.blobs, assignment.inputs.structure?.[0]?.hash);
  const verdict = differences.length === 0 ? 'identical' : 'differs';
  if (verdict === 'differs') listener.onDifference?.(event, result);
  return { event: replayedEvent(event), verdict, differences, durationMs: Date.now() - startedAt };
}

/** Why an event cannot be recomputed at all; undefined where it can. */
export function notComparable({ core }: StoredEvent): string | undefined {
  if (core.class === 'observed') return 'observed: it came from outside, so there is nothing to recompute';
  if (core.task.kind === 'violation')
    return 'a violation: it records that two results differ; replay the event that it names';
  const current = currentVersion(core.task.kind);
  if (current === undefined) return `this version of varve does not know the kind ${core.task.kind}`;
  if (current === core.task.v) return undefined;
  return `recorded under version ${core.task.v} of ${core.task.kind}; this varve computes version ${current}`;
}

/** @throws StoreError `blob-missing` where an input is gone and nobody purged it */
function missingInputs(event: StoredEvent, store: Store, purged: ReadonlySet<string>): string | undefined {
  const absent = absentBlobs(resolveTask(event.core.task, store.log, store.blobs), store.blobs);
  const lost = absent.find((hash) => !purged.has(hash));
  if (lost !== undefined) {
    throw new StoreError('blob-missing', 'an input of the event is not in the store', {
      where: `event ${event.seq} (${event.eventId.slice(0, 12)})`,
      expected: store.blobs.path(lost),
      remedy: 'Run `varve verify`: it names all that is missing; restore the file from a backup.',
    });
  }
  if (absent.length === 0) return undefined;
  return `an input was purged: bring it back with varve rematerialise ${absent[0]}`;
}
