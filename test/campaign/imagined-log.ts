/**
 * A log in memory whose tasks are done by making their results up: what a plan asks for, without the hours that it
 * takes. Results have the names and types that plans and tables read, and depend on the task alone.
 */

import type { ChainMemory } from '../../src/campaign/chain-memory.ts';
import { type CampaignPlan, planCampaign } from '../../src/campaign/plan.ts';
import { PLAN_VERSION } from '../../src/campaign/plan-version.ts';
import type { Lookup, PlannedTask } from '../../src/campaign/planner.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { readManifest } from '../../src/formats/manifest.ts';
import type { LineageSource } from '../../src/projections/lineage.ts';
import { standingsOf } from '../../src/projections/standing.ts';
import { evaluateCorrections, isCorrection } from '../../store/corrections.ts';
import type { EventCore, Outcome, StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex, taskIdOf } from '../../store/hash.ts';
import type { JsonObject } from '../../store/json.ts';
import { storedAs } from '../store/correction-events.ts';

const outputNames: { readonly [kind: string]: readonly string[] } = {
  'blob.import': ['content'],
  'label.import': ['labels'],
  'structure.create': ['structure'],
  'structure.relax': ['structure', 'path'],
  'potential.fit': ['potential', 'range', 'history'],
  'md.run': ['state', 'trajectory'],
  'analysis.diffusion': ['diffusion', 'msd'],
  'analysis.replicas': ['mean'],
  'analysis.arrhenius': ['line'],
};

function resultsOf(task: Task): JsonObject {
  const number = (of: string): number =>
    1 + (Number.parseInt(sha256Hex(`${of} ${taskIdOf(task)}`).slice(0, 6), 16) % 1000);
  const several = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, number(name)]));
  switch (task.kind) {
    case 'label.import':
      return { configurations: 10 };
    case 'structure.create':
      return { atoms: 52 };
    case 'potential.fit':
      return several(
        'trainingEnergyRmseMevAtom',
        'trainingForceRmseEvA',
        'validationEnergyRmseMevAtom',
        'validationForceRmseEvA',
      );
    case 'analysis.diffusion':
      return { finalMsdA2: several('Li', 'S') };
    case 'analysis.replicas':
      return {
        verdict: 'pass',
        replicas: 2,
        alphaInterval: null,
        ...several('meanTemperatureK', 'diffusionCm2S', 'halfWidth95Cm2S', 'singleOriginDiffusionCm2S', 'alpha'),
      };
    case 'analysis.arrhenius':
      return {
        temperatures: 2,
        ...several('prefactorCm2S', 'activationEnergyMev', 'activationEnergyHalfWidth95Mev'),
        ...several('diffusionCm2S', 'conductivityMsCm'),
      };
    default:
      return {};
  }
}

/** What a task could have come to, with nothing computed. */
export function imaginedCore(task: Task): EventCore {
  const hashOf = (name: string): string => sha256Hex(`${name} ${taskIdOf(task)}`);
  return {
    task,
    class: task.kind === 'blob.import' ? 'observed' : 'exact',
    outcome: { status: 'done' },
    outputs: Object.fromEntries(
      outputNames[task.kind]!.map((name) => [name, { hash: hashOf(name), bytes: 1, mediaType: 'text/plain' }]),
    ),
    results: resultsOf(task),
  };
}

const doneAs = (task: Task, seq: number, outcome: Outcome = { status: 'done' }): StoredEvent =>
  storedAs({ core: { ...imaginedCore(task), outcome }, attestation: {}, obs: {} }, seq);

/** What a plan asks of a log in memory, corrections aside. */
export function lookupOf(events: readonly StoredEvent[]): Omit<Lookup, 'standIn' | 'corrections'> {
  const byTask = new Map(events.map((event) => [event.taskId, event]));
  const byId = new Map(events.map((event) => [event.eventId, event]));
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  return {
    byTaskId: (taskId) => byTask.get(taskId),
    seqOfTask: (taskId) => byTask.get(taskId)?.seq,
    byEventId: (eventId) => byId.get(eventId),
    bySeq: (seq) => bySeq.get(seq),
    eventIds: (seqs) => Buffer.concat(seqs.map((seq) => Buffer.from(bySeq.get(seq)!.eventId, 'hex'))),
  };
}

export class ImaginedLog {
  readonly events: StoredEvent[];
  readonly #manifests: Map<string, Uint8Array>;
  /** Told of each event that a plan reads, by its place. */
  onRead: (seq: number) => void = () => undefined;

  constructor(events: readonly StoredEvent[] = [], manifests: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.events = [...events];
    this.#manifests = new Map(manifests);
  }

  /** Only the events that are chosen; the manifests stay. */
  filter(choose: (event: StoredEvent) => boolean): ImaginedLog {
    return new ImaginedLog(this.events.filter(choose), this.#manifests);
  }

  add(make: (seq: number) => StoredEvent): StoredEvent {
    const event = make(this.events.length + 1);
    this.events.push(event);
    return event;
  }

  complete({ task, manifests }: PlannedTask, outcome: Outcome = { status: 'done' }): StoredEvent {
    for (const manifest of manifests) this.#manifests.set(sha256Hex(manifest), manifest);
    return this.add((seq) => doneAs(task, seq, outcome));
  }

  /** As if the task had been asked for once more, with another result. */
  retry({ core }: StoredEvent, attempt = 2): StoredEvent {
    return this.add((seq) => doneAs({ ...core.task, params: { ...core.task.params, attempt } }, seq));
  }

  source(): LineageSource {
    const byId = new Map(this.events.map((event) => [event.eventId, event]));
    return {
      byEventId: (eventId) => byId.get(eventId),
      manifest: (hash) => readManifest(this.#manifests.get(hash)!, hash),
    };
  }

  standings() {
    return standingsOf(evaluateCorrections(this.events.filter(({ core }) => isCorrection(core))), this.source());
  }

  /** @param memory of earlier plans of this log; without it the plan is made from nothing */
  plan(
    spec: CampaignSpec,
    recordedAs: ReadonlyMap<string, StoredEvent> = new Map(),
    memory?: ChainMemory,
  ): CampaignPlan {
    const byTask = new Map([...this.events.map((event) => [event.taskId, event] as const), ...recordedAs]);
    const told = (event: StoredEvent | undefined): StoredEvent | undefined => {
      if (event !== undefined) this.onRead(event.seq);
      return event;
    };
    const inMemory = lookupOf(this.events);
    const lookup = {
      ...inMemory,
      byTaskId: (taskId: string) => told(byTask.get(taskId)),
      bySeq: (seq: number) => told(inMemory.bySeq(seq)),
      ...this.standings(),
    };
    return planCampaign(spec, lookup, PLAN_VERSION, memory);
  }
}
