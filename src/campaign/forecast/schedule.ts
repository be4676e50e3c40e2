/** How long tasks take on a number of workers, where each waits for those that it rests on. */

export interface ScheduledTask {
  readonly taskId: string;
  /** taskIds; those that are not among the tasks are done. */
  readonly after: readonly string[];
  readonly milliseconds: number;
}

/**
 * Time until the last is done, ms: each task in its turn on the worker that waits for it the shortest, one worker a
 * task. A run may be faster at its end, where it gives the workers that are idle to the tasks that are left.
 * @param tasks each after those that it rests on
 */
export function scheduledMilliseconds(tasks: readonly ScheduledTask[], workers: number): number {
  const freeAt = new Float64Array(workers);
  const endsAt = new Map<string, number>();
  let last = 0;
  for (const { taskId, after, milliseconds } of tasks) {
    const readyAt = after.reduce((latest, before) => Math.max(latest, endsAt.get(before) ?? 0), 0);
    const worker = chosenWorker(freeAt, readyAt);
    const end = Math.max(readyAt, freeAt[worker]!) + milliseconds;
    freeAt[worker] = end;
    endsAt.set(taskId, end);
    last = Math.max(last, end);
  }
  return last;
}

/** Of those that are free when the task is ready the one that was busy last; else the first that becomes free. */
function chosenWorker(freeAt: Float64Array, readyAt: number): number {
  let chosen = 0;
  for (let k = 1; k < freeAt.length; k++) {
    const [at, best] = [freeAt[k]!, freeAt[chosen]!];
    const isBetter = at <= readyAt ? best > readyAt || at > best : at < best;
    if (isBetter) chosen = k;
  }
  return chosen;
}
