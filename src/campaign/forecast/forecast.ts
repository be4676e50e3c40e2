/**
 * All that a campaign still has to do, by a plan that walks on as if each task were done: the tasks that can be stated
 * now, and those that can only be stated once others have ended. What is foreseen holds if no run stops early; a fit
 * is taken to converge where the one like it did, or else to need all its iterations.
 */
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import type { Withdrawal } from '../../projections/campaign-results.ts';
import { lineageSource } from '../../projections/lineage.ts';
import { readStandings, type Standings } from '../../projections/standing.ts';
import { chainMemoryOf } from '../chain-memory.ts';
import { type CampaignPlan, planCampaign } from '../plan.ts';
import { PLAN_VERSION } from '../plan-version.ts';
import { correctedLog, type Lookup, type PlannedTask } from '../planner.ts';
import type { CampaignSpec } from '../spec.ts';
import { type Compute, type ForecastTask, Imagination } from './imagination.ts';
import { recentOfKind } from './recent-events.ts';

export interface Forecast {
  /** As it will be in the end: events of tasks that are not done are imagined. */
  readonly plan: CampaignPlan;
  /** Tasks that are not in the log, each after those that it rests on. */
  readonly tasks: readonly ForecastTask[];
  readonly imagination: Imagination;
  /** False where more may come than can be foreseen: then these are those that are sure, or likely. */
  readonly isWhole: boolean;
}

export interface ForecastOptions {
  /** Version of the plan: today's if not given. */
  readonly version?: number;
  readonly standings?: Standings;
  /** A plan whose tasks are for the same purposes: what is imagined is taken from its events first. */
  readonly like?: Pick<CampaignPlan, 'events' | 'purposes'>;
  readonly compute?: Compute;
  readonly doesWithout?: (withdrawal: Withdrawal) => boolean;
}

/** A plan that asks for more is one that goes on until something happens that cannot be foreseen. */
const MOST_TASKS = 200_000;

export function forecastCampaign(store: Store, spec: CampaignSpec, options: ForecastOptions = {}): Forecast {
  const { version = PLAN_VERSION, standings = readStandings(store), compute, doesWithout } = options;
  const likes = likeEvents(store, options.like);
  const imagination = new Imagination({
    spec,
    source: lineageSource(store),
    firstSeq: store.log.size + 1,
    like: likes,
    ...(compute === undefined ? {} : { compute }),
  });
  const lookup = { ...correctedLog(store, standings), ...(doesWithout === undefined ? {} : { doesWithout }) };
  let isWhole = true;
  const imagine = (asked: PlannedTask): StoredEvent | undefined => {
    if (imagination.tasks.size < MOST_TASKS) return imagination.imagine(asked);
    isWhole = false;
    return undefined;
  };
  const plan = planCampaign(spec, { ...besideLog(lookup, imagination), imagine }, version, chainMemoryOf(store));
  const tasks = [...imagination.tasks.values()];
  return { plan, tasks, imagination, isWhole: isWhole && !tasks.some(isOpenEnded) };
}

/** The log with what is imagined after its end. Nothing of that is remembered of the log's chains. */
export const besideLog = (lookup: Lookup, imagination: Imagination): Lookup => ({
  ...lookup,
  imagine: (asked) => imagination.imagine(asked),
  seqOfTask: (taskId) => lookup.seqOfTask(taskId) ?? imagination.tasks.get(taskId)?.event.seq,
  byEventId: (eventId) => imagination.taskOf(eventId)?.event ?? lookup.byEventId(eventId),
  bySeq: (seq) => imagination.bySeq(seq) ?? lookup.bySeq(seq),
  eventIds(seqs) {
    const imagined = seqs.flatMap((seq) => imagination.bySeq(seq)?.eventId ?? []);
    const recorded = lookup.eventIds(seqs.filter((seq) => imagination.bySeq(seq) === undefined));
    return Buffer.concat([recorded, Buffer.from(imagined.join(''), 'hex')]);
  },
});

/** What such a task finds decides what comes next: runs that grade themselves, and selections of what they met. */
const isOpenEnded = ({ computed, task: { kind, params } }: ForecastTask): boolean =>
  !computed && (kind === 'configurations.select' || (kind === 'md.run' && params.grades !== undefined));

/** For a task: the event for the same purpose, else the last of its kind. */
function likeEvents(store: Store, like: ForecastOptions['like']): (asked: PlannedTask) => StoredEvent | undefined {
  let byPurpose: Map<string, StoredEvent> | undefined;
  const ofKind = new Map<string, StoredEvent | undefined>();
  return ({ task: { kind }, purpose }) => {
    byPurpose ??= new Map(
      Array.from(like?.events.values() ?? [], (event) => [
        `${event.core.task.kind} ${like?.purposes.get(event.taskId)}`,
        event,
      ]),
    );
    const found = byPurpose.get(`${kind} ${purpose}`);
    if (found !== undefined) return found;
    if (!ofKind.has(kind)) ofKind.set(kind, recentOfKind(store.log, kind, 1).at(-1));
    return ofKind.get(kind);
  };
}
