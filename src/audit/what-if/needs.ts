/** What has to be done before a number is known, by kind of task. */
import type { ForecastTask } from '../../campaign/forecast/imagination.ts';

export interface Need {
  readonly kind: string;
  readonly tasks: number;
  /** Of `potential.fit`: how many potentials; a fit may be several tasks. */
  readonly fits?: number;
  /** On one core, of the tasks of which it is known, s. */
  readonly coreSeconds: number;
  readonly unknownTasks: number;
}

/** @param milliseconds by taskId; undefined where nothing like the task was ever timed */
export function needsOf(tasks: readonly ForecastTask[], milliseconds: ReadonlyMap<string, number | undefined>): Need[] {
  const kinds = [...new Set(tasks.map(({ task }) => task.kind))];
  return kinds.map((kind) => {
    const ofKind = tasks.filter(({ task }) => task.kind === kind);
    const times = ofKind.map(({ taskId }) => milliseconds.get(taskId));
    return {
      kind,
      tasks: ofKind.length,
      ...(kind === 'potential.fit'
        ? { fits: ofKind.filter(({ event }) => 'potential' in event.core.outputs).length }
        : {}),
      coreSeconds: times.reduce<number>((sum, time = 0) => sum + time, 0) / 1000,
      unknownTasks: times.filter((time) => time === undefined).length,
    };
  });
}
