/**
 * Tasks in the forms in which earlier versions of varve stated them. A store keeps its events as they were recorded, so
 * the campaign that made them is found again by asking for each task as it is stated today and, where the log has no
 * such event, as it was stated before. That is for looking at campaigns; a run asks in today's form alone, since another
 * version of a kind may give other numbers.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import { taskIdOf } from '../../store/hash.ts';
import type { Lookup } from './planner.ts';

/** Each version's tasks as the version before stated them; undefined for one that it had no equal of. */
const oneVersionBack: { readonly [kindAndVersion: string]: (task: Task) => Task | undefined } = {
  'potential.fit@2': wholeFit,
};

/** The first form of the task, the newest first, of which the log has the event. */
export const inAnyForm =
  (byTaskId: (taskId: string) => StoredEvent | undefined): Lookup =>
  (taskId, task) => {
    let event = byTaskId(taskId);
    for (let older = restate(task); event === undefined && older !== undefined; older = restate(older)) {
      event = byTaskId(taskIdOf(older));
    }
    return event;
  };

const restate = (task: Task): Task | undefined => oneVersionBack[`${task.kind}@${task.v}`]?.(task);

/** Version 1 did a whole fit in one event. It stands for the first segment, and has the potential. */
function wholeFit({ kind, params, inputs }: Task): Task | undefined {
  const { segmentIterations: _segmentIterations, start, ...settings } = params;
  const { seed } = start as { readonly seed?: string };
  return seed === undefined ? undefined : { kind, v: 1, params: { ...settings, seed }, inputs };
}
