/**
 * Tasks that are still to be done, taken for done: so a plan walks on to its end and names all that follows. What
 * such a task leaves is imagined from an event like it, as far as a plan asks for it; nothing of it is ever recorded.
 * Where the work itself is small it can be done at once, in memory, and what comes out is then real.
 */
import type { EventCore, StoredEvent, Task } from '../../../store/event.ts';
import { eventIdOf, sha256Hex } from '../../../store/hash.ts';
import type { JsonObject } from '../../formats/json-document.ts';
import { type ManifestEntry, readManifest } from '../../formats/manifest.ts';
import { type LineageSource, usesOfTask } from '../../projections/lineage.ts';
import type { PlannedTask } from '../planner.ts';
import type { CampaignSpec } from '../spec.ts';
import { iterationsAfter } from './fit-iterations.ts';

/** A task that is not in the log. */
export interface ForecastTask extends PlannedTask {
  /** As if it were done. Real, but for its place in the log, where `computed`. */
  readonly event: StoredEvent;
  /** It was computed in memory: its outcome and results are those that a run will record. */
  readonly computed: boolean;
  /** taskIds of the other tasks of the forecast that it takes outputs of. */
  readonly after: readonly string[];
}

/** Does a task in memory, all whose inputs are real; undefined where the task is not for that. */
export type Compute = (asked: PlannedTask, imagination: Imagination) => EventCore | undefined;

export interface ImaginationOptions {
  readonly spec: CampaignSpec;
  readonly source: LineageSource;
  /** Where in the log the first imagined event would lie. */
  readonly firstSeq: number;
  /** An event for the same purpose or of the same kind, of whose results the imagined one takes those that it needs. */
  like(asked: PlannedTask): StoredEvent | undefined;
  readonly compute?: Compute;
}

/** Everything imagined in one plan, and the log behind it. A task asked for again is the same event. */
export class Imagination implements LineageSource {
  /** By taskId, in the order in which the plan asked for them. */
  readonly tasks = new Map<string, ForecastTask>();
  readonly #byEvent = new Map<string, ForecastTask>();
  readonly #bySeq: StoredEvent[] = [];
  readonly #manifests = new Map<string, Uint8Array>();
  readonly #options: ImaginationOptions;

  constructor(options: ImaginationOptions) {
    this.#options = options;
  }

  imagine(asked: PlannedTask): StoredEvent {
    const known = this.tasks.get(asked.taskId);
    if (known !== undefined) return known.event;
    for (const bytes of asked.manifests) this.#manifests.set(sha256Hex(bytes), bytes);
    const before = [...new Set(usesOfTask(asked.task, this).flatMap(({ to }) => this.#byEvent.get(to) ?? []))];
    const hasInputs = before.every(({ computed }) => computed);
    const core = hasInputs ? this.#options.compute?.(asked, this) : undefined;
    const seq = this.#options.firstSeq + this.#bySeq.length;
    const event = storedAs(core ?? this.#imaginedCore(asked), asked.taskId, seq, core !== undefined);
    this.#bySeq.push(event);
    const task = { ...asked, event, computed: core !== undefined, after: before.map(({ taskId }) => taskId) };
    this.tasks.set(asked.taskId, task);
    this.#byEvent.set(event.eventId, task);
    return event;
  }

  byEventId(eventId: string): StoredEvent | undefined {
    return this.#byEvent.get(eventId)?.event ?? this.#options.source.byEventId(eventId);
  }

  /** Of imagined events only. */
  bySeq(seq: number): StoredEvent | undefined {
    return this.#bySeq[seq - this.#options.firstSeq];
  }

  manifest(hash: string): readonly ManifestEntry[] {
    const bytes = this.#manifests.get(hash);
    return bytes === undefined ? this.#options.source.manifest(hash) : readManifest(bytes, 'a manifest');
  }

  /** The task of the forecast that an event is of; undefined for one of the log. */
  taskOf(eventId: string): ForecastTask | undefined {
    return this.#byEvent.get(eventId);
  }

  #imaginedCore(asked: PlannedTask): EventCore {
    const { task } = asked;
    const like = this.#options.like(asked);
    const names = Object.keys(like?.core.outputs ?? {});
    const outputs = Object.fromEntries(names.map((name) => [name, NOTHING]));
    const result = { outputs, results: { ...like?.core.results, ...this.#knownResults(task, like) } };
    return {
      task,
      class: 'exact',
      outcome: { status: 'done' },
      ...(task.kind === 'potential.fit' ? this.#fitResult(task, like, result) : result),
    };
  }

  /** What is known of a result before it is there. */
  #knownResults({ kind, inputs }: Task, like: StoredEvent | undefined): JsonObject {
    if (kind === 'analysis.replicas') return { verdict: 'pass' };
    if (kind === 'analysis.diffusion' && like === undefined) return { finalMsdA2: {} };
    if (kind !== 'label.import') return {};
    const { file } = inputs;
    const imported = file !== undefined && 'event' in file ? this.byEventId(file.event) : undefined;
    const { labels } = this.#options.spec;
    const label = Object.values(labels).find(({ sha256 }) => sha256 === imported?.core.task.params.sha256);
    return label === undefined ? {} : { configurations: label.configurations };
  }

  #fitResult(task: Task, like: StoredEvent | undefined, { outputs, results }: Pick<EventCore, 'outputs' | 'results'>) {
    const { state } = task.inputs;
    const previous = state !== undefined && 'event' in state ? this.byEventId(state.event) : undefined;
    const left = iterationsAfter(task, previous);
    const convergesLike = like?.core.outputs.potential !== undefined && isSameFit(task, like.core.task);
    if (left > 0 && !convergesLike) {
      return { outputs: { state: NOTHING }, results: { finished: false, iterationsLeft: left } };
    }
    return { outputs: { potential: NOTHING, range: NOTHING, ...outputs }, results: { ...results, finished: true } };
  }
}

/** Of outputs that are not there yet. */
const NOTHING = { hash: sha256Hex('imagined'), bytes: 0, mediaType: 'application/octet-stream' };

/** Whether two segments differ in nothing but their start and their configurations: they then take about as many iterations. */
function isSameFit(a: Task, b: Task): boolean {
  const settings = ({ v, params: { start: _start, ...others }, inputs }: Task): string =>
    JSON.stringify([v, Object.entries(others).sort(), inputs.state === undefined]);
  return settings(a) === settings(b);
}

function storedAs(core: EventCore, taskId: string, seq: number, isReal: boolean): StoredEvent {
  const eventId = isReal ? eventIdOf(core) : sha256Hex(`imagined ${taskId}`);
  return { seq, eventId, taskId, core, attestation: {}, obs: null, leaf: '' };
}
