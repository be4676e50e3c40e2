/**
 * How long a task should take on one core, from how long tasks like it took: of the same kind, and where a potential is
 * at work of the same level, scaled by the amount of work. Nothing is said where nothing like it was recorded.
 */
import type { StoredEvent, Task, TaskInput } from '../../../store/event.ts';
import type { EventLog } from '../../../store/event-log.ts';
import type { JsonValue } from '../../formats/json-document.ts';
import type { LineageSource } from '../../projections/lineage.ts';
import { iterationsOf } from './fit-iterations.ts';
import { recentOfKind } from './recent-events.ts';

/** Of a task: which others take as long for the same amount, and how much there is to do. */
interface Work {
  readonly like: string;
  /** In the unit of the kind. */
  readonly amount: number;
}

type Measure = (task: Task, source: LineageSource, done?: StoredEvent) => Work | undefined;

const numberIn = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;

function producer(input: TaskInput | undefined, source: LineageSource): StoredEvent | undefined {
  return input !== undefined && 'event' in input ? source.byEventId(input.event) : undefined;
}

const atomsOf = (task: Task, source: LineageSource): number | undefined =>
  numberIn(producer(task.inputs.structure, source)?.core.results.atoms);

const levelOf = (task: Task, source: LineageSource): string =>
  String(producer(task.inputs.potential, source)?.core.task.params.level ?? '');

/** Steps × atoms; of a run that stopped early the steps that it did. */
const dynamics: Measure = (task, source, done) => {
  const atoms = atomsOf(task, source);
  const [timePs, stepFs] = [numberIn(done?.core.results.timePs), numberIn(task.params.timeStepFs)];
  const stopped = done?.core.outcome.status === 'stopped' && timePs !== undefined && stepFs !== undefined;
  const steps = stopped ? (timePs * 1000) / stepFs : numberIn(task.params.steps);
  if (atoms === undefined || steps === undefined) return undefined;
  return { like: levelOf(task, source), amount: atoms * steps };
};

/** Iterations × configurations. Iterations are those that are allowed: fits alike converge alike. */
const fit: Measure = (task, source) => {
  const { training } = task.inputs;
  if (training === undefined || !('manifest' in training)) return undefined;
  const iterations = iterationsOf(task, producer(task.inputs.state, source));
  return { like: String(task.params.level ?? ''), amount: iterations * source.manifest(training.manifest).length };
};

/** Atoms: how many steps the minimum takes is not known before. */
const relaxation: Measure = (task, source) => {
  const atoms = atomsOf(task, source);
  return atoms === undefined ? undefined : { like: levelOf(task, source), amount: atoms };
};

/** Atoms × frames of the trajectory. */
const trajectory: Measure = (task, source) => {
  const atoms = atomsOf(task, source);
  const pieces = [task.inputs.trajectory ?? []].flat();
  const frames = pieces.reduce((sum, piece) => {
    const { steps, sampleEverySteps } = producer(piece, source)?.core.task.params ?? {};
    return sum + (numberIn(steps) ?? 0) / (numberIn(sampleEverySteps) ?? 1);
  }, 0);
  return atoms === undefined || frames === 0 ? undefined : { like: '', amount: atoms * frames };
};

const MEASURES: { readonly [kind: string]: Measure } = {
  'md.run': dynamics,
  'potential.fit': fit,
  'structure.relax': relaxation,
  'analysis.diffusion': trajectory,
};

/** One task is as much as another where a kind has no measure of its own. */
const measureOf = (kind: string): Measure =>
  Object.hasOwn(MEASURES, kind) ? MEASURES[kind]! : () => ({ like: '', amount: 1 });

/** Events of a kind that are looked at. */
const MOST_SAMPLES = 256;

/** Kinds that share their work out to all threads that they get. */
const SHARED_KINDS = ['md.run', 'potential.fit', 'structure.relax'];

/** What is said of when and on what an event ran is not to be trusted: it may come from a pack. */
function coreMilliseconds({ core, obs }: StoredEvent): number | undefined {
  const [duration, threads] = [obs?.durationMs, obs?.threads];
  if (typeof duration !== 'number' || !(duration >= 0 && duration < 1e15)) return undefined;
  const isShared = typeof threads === 'number' && threads >= 1 && threads <= 1024;
  return isShared && SHARED_KINDS.includes(core.task.kind) ? duration * threads : duration;
}

export class TaskCosts {
  readonly #log: Pick<EventLog, 'size' | 'byKind'>;
  readonly #own: readonly StoredEvent[];
  readonly #source: LineageSource;
  /** By kind, then by what is alike: core milliseconds and amounts, added up. */
  readonly #rates = new Map<string, Map<string, { ms: number; amount: number }>>();

  /**
   * @param own events that should be looked at, wherever in the log: those of the campaign
   * @param source of recorded and imagined events
   */
  constructor(log: Pick<EventLog, 'size' | 'byKind'>, own: Iterable<StoredEvent>, source: LineageSource) {
    this.#log = log;
    this.#own = [...own];
    this.#source = source;
  }

  /** Milliseconds on one core; undefined where nothing like it was timed. */
  of(task: Task): number | undefined {
    const work = measureOf(task.kind)(task, this.#source);
    const rate = work === undefined ? undefined : this.#ratesOf(task.kind).get(work.like);
    return rate === undefined ? undefined : (work!.amount * rate.ms) / rate.amount;
  }

  /** What a task seems to take that is under way: counts where none like it has ended yet. */
  learn(task: Task, milliseconds: number): void {
    const work = measureOf(task.kind)(task, this.#source);
    const rates = this.#ratesOf(task.kind);
    if (work === undefined || !(work.amount > 0) || rates.has(work.like)) return;
    rates.set(work.like, { ms: milliseconds, amount: work.amount });
  }

  #ratesOf(kind: string): Map<string, { ms: number; amount: number }> {
    const known = this.#rates.get(kind);
    if (known !== undefined) return known;
    const rates = new Map<string, { ms: number; amount: number }>();
    this.#rates.set(kind, rates);
    for (const event of this.#samples(kind)) {
      const ms = coreMilliseconds(event);
      const work = ms === undefined ? undefined : measureOf(kind)(event.core.task, this.#source, event);
      if (work === undefined || !(work.amount > 0)) continue;
      const sum = rates.get(work.like) ?? { ms: 0, amount: 0 };
      rates.set(work.like, { ms: sum.ms + ms!, amount: sum.amount + work.amount });
    }
    return rates;
  }

  #samples(kind: string): Iterable<StoredEvent> {
    const own = this.#own.filter(({ core }) => core.task.kind === kind && core.outcome.status !== 'failed');
    const stride = Math.max(1, Math.ceil(own.length / MOST_SAMPLES));
    const chosen = [...own.filter((_, k) => k % stride === 0), ...recentOfKind(this.#log, kind, MOST_SAMPLES)];
    return new Map(chosen.map((event) => [event.eventId, event])).values();
  }
}
