/**
 * What a changed campaign has in common with the one that it comes from: which tasks are in the log already, which have
 * to run, which of the changed fields makes each of them run, and how long that should take.
 *
 * Tasks that have to run though all they rest on is in the log are the *causes*; the others follow from them. A changed
 * field causes those tasks that would have to run too if it were the only change.
 */
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import type { CampaignView } from '../../campaign/campaign-view.ts';
import { computeInMemory, isStructure } from '../../campaign/forecast/compute-in-memory.ts';
import { type Forecast, forecastCampaign } from '../../campaign/forecast/forecast.ts';
import type { ForecastTask } from '../../campaign/forecast/imagination.ts';
import type { CampaignSpec } from '../../campaign/spec.ts';
import {
  type FieldPath,
  findField,
  valueAt,
  type Written,
  withField,
  withoutField,
} from '../../campaign/spec-field.ts';
import { checkWritten } from '../../campaign/spec-file.ts';
import { recordedSpec, writtenSpec } from '../../campaign/written-spec.ts';
import type { JsonValue } from '../../formats/json-document.ts';
import { InputError } from '../../numerics/input-error.ts';
import { readStandings } from '../../projections/standing.ts';
import { diffJson, type FieldDifference } from '../diff/diff-json.ts';
import { sameRole } from '../diff/event-roles.ts';
import { type NearestTask, nearestEarlier } from '../diff/nearest-earlier.ts';
import { groupedByKind, MAX_EXPLAINED } from '../diff/not-reused.ts';
import { countByStage, type RemainingWork, remainingWork, type StageWork } from '../remaining-work.ts';

export interface ForkCause {
  readonly task: ForecastTask;
  /** Of the tasks of the campaign that was forked: the one that differs in the fewest fields. */
  readonly nearest: NearestTask | undefined;
  /** Changed fields of the spec, any of which alone makes it run; empty where only several together do. */
  readonly fields: readonly string[];
}

export interface ForkReport {
  readonly parent: CampaignView;
  readonly spec: CampaignSpec;
  /** Fields of the two specs that differ, names aside. */
  readonly changes: readonly FieldDifference[];
  /** In the log already. */
  readonly reused: readonly StoredEvent[];
  readonly reusedStages: readonly Pick<StageWork, 'stage' | 'tasks'>[];
  readonly work: RemainingWork;
  readonly causes: readonly ForkCause[];
  /** How many more causes there are. */
  readonly unexplainedCauses: number;
  /** By changed field: how many tasks would have to run if nothing else were changed; null where that is no campaign. */
  readonly tasksByField: ReadonlyMap<string, number | null>;
  readonly forecast: Forecast;
  /** Tasks of the fork that corrections took back. */
  readonly withdrawn: number;
}

/** @throws InputError `nothing-changed` */
export function reportFork(store: Store, parent: CampaignView, spec: CampaignSpec, workers: number): ForkReport {
  const standings = readStandings(store);
  const [before, after] = [parent.spec, spec].map((each) => withField(writtenSpec(each), ['name'], ''));
  const changes = diffJson(before as JsonValue, after as JsonValue, '');
  if (changes.length === 0) {
    throw new InputError('nothing-changed', 'the fork asks for nothing else than the campaign that it comes from', {
      where: `campaign ${parent.campaign.name}`,
      remedy: 'change a field with --set FIELD=VALUE or --unset FIELD, or give a changed spec with --spec FILE',
    });
  }
  const forecastOf = (of: CampaignSpec): Forecast =>
    forecastCampaign(store, of, { standings, like: parent.plan, compute: computeInMemory(store, isStructure) });
  const forecast = forecastOf(spec);
  const singles = new Map(
    changes.map(({ field }) => {
      const single = changes.length === 1 ? spec : withOneChange(field, parent.spec, spec);
      return [field, single === undefined ? undefined : forecastOf(single)] as const;
    }),
  );
  const reused = [...forecast.plan.events.values()].filter(
    ({ eventId }) => forecast.imagination.taskOf(eventId) === undefined,
  );
  return {
    parent,
    spec,
    changes,
    reused,
    reusedStages: countByStage(reused, (eventId) => store.log.byEventId(eventId)),
    work: remainingWork(store.log, forecast, parent.plan.events.values(), { workers }),
    ...causesOf(parent, forecast, singles),
    tasksByField: new Map([...singles].map(([field, single]) => [field, single?.tasks.length ?? null])),
    forecast,
    withdrawn: forecast.plan.withdrawn.length,
  };
}

/** The first spec with that one field as in the second; undefined where that makes sense only together with others. */
function withOneChange(field: string, before: CampaignSpec, after: CampaignSpec): CampaignSpec | undefined {
  const [written, target] = [writtenSpec(before), writtenSpec(after)];
  try {
    const path = fieldIn(field, written, target);
    const value = valueAt(target, path);
    const changed = value === undefined ? withoutField(written, path) : withField(written, path, value);
    return recordedSpec(
      checkWritten(changed, field, () => field),
      [before, after],
    );
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Names that hold dots are those of either spec. */
function fieldIn(field: string, ...specs: readonly Written[]): FieldPath {
  const [first, ...others] = specs as [Written, ...Written[]];
  try {
    return findField(field, first);
  } catch (error) {
    if (others.length === 0) throw error;
    return fieldIn(field, ...others);
  }
}

function causesOf(
  parent: CampaignView,
  forecast: Forecast,
  singles: ReadonlyMap<string, Forecast | undefined>,
): Pick<ForkReport, 'causes' | 'unexplainedCauses'> {
  const all = forecast.tasks.filter(({ after }) => after.length === 0);
  const byEvent = new Map(all.map((task) => [task.event.eventId, task]));
  const kinds = groupedByKind(all.map(({ event }) => event));
  const isPreferred = sameRole([parent, forecast]);
  const changes = [...singles].flatMap(([field, single]) => (single ? [singleChange(field, single.tasks)] : []));
  const manifest = (hash: string) => forecast.imagination.manifest(hash);
  const causes = [...kinds].flatMap(([kind, ofKind]) => {
    const explained = ofKind.slice(0, MAX_EXPLAINED);
    const earlier = [...parent.plan.events.values()].filter(({ core }) => core.task.kind === kind);
    const nearest = nearestEarlier(explained, earlier, manifest, isPreferred);
    return explained.map((event) => {
      const task = byEvent.get(event.eventId)!;
      // Fields with which alone the task, or the one for the same purpose, would have to run too.
      const fields = changes.filter((one) => one.taskIds.has(task.taskId) || one.causes.has(purposeOf(task)));
      return { task, nearest: nearest.get(event.eventId), fields: fields.map(({ field }) => field) };
    });
  });
  return { causes, unexplainedCauses: all.length - causes.length };
}

interface SingleChange {
  readonly field: string;
  readonly taskIds: ReadonlySet<string>;
  /** Kinds and purposes of its causes. */
  readonly causes: ReadonlySet<string>;
}

const purposeOf = ({ task, purpose }: ForecastTask): string => `${task.kind} ${purpose}`;

const singleChange = (field: string, tasks: readonly ForecastTask[]): SingleChange => ({
  field,
  taskIds: new Set(tasks.map(({ taskId }) => taskId)),
  causes: new Set(tasks.filter(({ after }) => after.length === 0).map(purposeOf)),
});
