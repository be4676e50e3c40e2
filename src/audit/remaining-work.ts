/** Work that a campaign has before it, or behind it, by stage: how many tasks, and how long they should take. */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { EventLog } from '../../store/event-log.ts';
import type { Forecast } from '../campaign/forecast/forecast.ts';
import type { ForecastTask } from '../campaign/forecast/imagination.ts';
import { scheduledMilliseconds } from '../campaign/forecast/schedule.ts';
import { TaskCosts } from '../campaign/forecast/task-cost.ts';
import { roleOfTask, STAGE_ROLES, type StageRole } from './explain/stages.ts';

export interface StageWork {
  readonly stage: StageRole;
  readonly tasks: number;
  /** Time on one core of the tasks of which it is known, s. */
  readonly coreSeconds: number;
  /** Tasks like which none was ever timed. */
  readonly unknownTasks: number;
}

export interface RemainingWork extends Omit<StageWork, 'stage'> {
  readonly stages: readonly StageWork[];
  readonly workers: number;
  /** Until all is done on so many workers, s; null where the time of a task is not known. */
  readonly seconds: number | null;
  /** False where more is to come than can be foreseen. */
  readonly isWhole: boolean;
}

type Staged = Pick<StoredEvent, 'eventId'> & { readonly core: { readonly task: Task } };

/** Names the stage of an event, which of a run's segment depends on those before it. */
class StageNames {
  readonly #known = new Map<string, StageRole>();
  readonly #byEventId: (eventId: string) => Staged | undefined;

  constructor(byEventId: (eventId: string) => Staged | undefined) {
    this.#byEventId = byEventId;
  }

  of(event: Staged): StageRole {
    const chain: Staged[] = [];
    for (let at: Staged | undefined = event; at !== undefined && !this.#known.has(at.eventId); ) {
      chain.push(at);
      const previous = segmentBefore(at);
      at = previous === undefined ? undefined : this.#byEventId(previous);
    }
    for (const link of chain.reverse()) {
      const previous = this.#known.get(segmentBefore(link) ?? '');
      this.#known.set(link.eventId, roleOfTask(link.core.task, previous));
    }
    return this.#known.get(event.eventId)!;
  }
}

function segmentBefore({ core: { task } }: Staged): string | undefined {
  const { state } = task.inputs;
  return task.kind === 'md.run' && state !== undefined && 'event' in state ? state.event : undefined;
}

interface WorkOptions {
  readonly workers: number;
  /** By taskId. */
  readonly underWay?: UnderWay;
}

/** Tasks that are under way: the part that is done, and the core time that it took. */
export type UnderWay = ReadonlyMap<string, { readonly fraction: number; readonly coreMilliseconds: number }>;

/** Of a smaller part nothing is concluded. */
const TELLING_FRACTION = 0.05;

/**
 * Milliseconds on one core by taskId; undefined where nothing like the task was ever timed.
 * @param own recorded events of the campaign, or of one like it
 */
export function timedTasks(
  log: Pick<EventLog, 'size' | 'byKind'>,
  { tasks, imagination }: Pick<Forecast, 'tasks' | 'imagination'>,
  own: Iterable<StoredEvent>,
  underWay: UnderWay = new Map(),
): Map<string, number | undefined> {
  const costs = new TaskCosts(log, own, imagination);
  for (const { taskId, task } of tasks) {
    const { fraction = 0, coreMilliseconds = 0 } = underWay.get(taskId) ?? {};
    if (fraction >= TELLING_FRACTION) costs.learn(task, coreMilliseconds / fraction);
  }
  return new Map(tasks.map(({ taskId, task }) => [taskId, costs.of(task)]));
}

/** @param own recorded events of the campaign, or of one like it */
export function remainingWork(
  log: Pick<EventLog, 'size' | 'byKind'>,
  forecast: Pick<Forecast, 'tasks' | 'imagination' | 'isWhole'>,
  own: Iterable<StoredEvent>,
  { workers, underWay = new Map() }: WorkOptions,
): RemainingWork {
  const { tasks, imagination, isWhole } = forecast;
  const times = timedTasks(log, forecast, own, underWay);
  const names = new StageNames((eventId) => imagination.byEventId(eventId));
  const timed = tasks.map(({ taskId, after, event }) => {
    const whole = times.get(taskId);
    const left = whole === undefined ? undefined : whole * (1 - (underWay.get(taskId)?.fraction ?? 0));
    return { taskId, after, stage: names.of(event), left };
  });
  const stages = STAGE_ROLES.flatMap((stage): StageWork[] => {
    const ofStage = timed.filter((task) => task.stage === stage);
    return ofStage.length === 0 ? [] : [{ stage, ...sumOf(ofStage) }];
  });
  const total = sumOf(timed);
  const scheduled = timed.map(({ left = 0, ...task }) => ({ ...task, milliseconds: left }));
  const seconds = total.unknownTasks === 0 ? scheduledMilliseconds(scheduled, workers) / 1000 : null;
  return { stages, ...total, workers, seconds, isWhole };
}

function sumOf(tasks: readonly { readonly left: number | undefined }[]): Omit<StageWork, 'stage'> {
  return {
    tasks: tasks.length,
    coreSeconds: tasks.reduce((sum, { left = 0 }) => sum + left, 0) / 1000,
    unknownTasks: tasks.filter(({ left }) => left === undefined).length,
  };
}

/** Recorded tasks by stage. */
export function countByStage(
  events: Iterable<StoredEvent>,
  byEventId: (eventId: string) => StoredEvent | undefined,
): { readonly stage: StageRole; readonly tasks: number }[] {
  const names = new StageNames(byEventId);
  const counts = new Map<StageRole, number>();
  for (const event of events) {
    const stage = names.of(event);
    counts.set(stage, (counts.get(stage) ?? 0) + 1);
  }
  return STAGE_ROLES.flatMap((stage) => (counts.has(stage) ? [{ stage, tasks: counts.get(stage)! }] : []));
}

/** The tasks of a forecast that must be done before these, themselves included, in the order of the forecast. */
export function neededFor(taskIds: Iterable<string>, tasks: ReadonlyMap<string, ForecastTask>): ForecastTask[] {
  const needed = new Set<string>(taskIds);
  for (const taskId of needed) for (const before of tasks.get(taskId)?.after ?? []) needed.add(before);
  return needed.size === 0 ? [] : [...tasks.values()].filter(({ taskId }) => needed.has(taskId));
}
