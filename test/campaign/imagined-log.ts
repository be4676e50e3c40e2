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
import type { EventCore, StoredEvent, Task } from '../../store/event.ts';
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
  'structure.search-shifts': ['row', 'structure'],
  'structure.choose-shift': ['structure', 'surface'],
  'analysis.boundary-energy': ['energy'],
  'analysis.height-profile': ['profile'],
  'analysis.boundary-width': ['width', 'curve'],
  'analysis.boundary-diffusion': ['line'],
  'analysis.polycrystal': ['bounds'],
  'analysis.mixture': ['bounds'],
  'analysis.carrier-density': ['density'],
  'analysis.jumps': ['jumps'],
  'analysis.rdf': ['distributions'],
  'analysis.displacements': ['distributions'],
  'analysis.phonons': ['phonons', 'forceConstants'],
  'analysis.ground-state': ['row'],
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
    case 'analysis.jumps':
      return {
        occupancy: [0, 0, 0, 0, 0, 0.1, 0.8, 0.1],
        atomsByJumps: [number('still'), number('once')],
        meanOccupancy: 6,
        ...several('atoms', 'timePs', 'jumps', 'backJumps', 'netJumps'),
        ...several('jumpsPerAtomNs', 'backJumpsPerAtomNs', 'netJumpsPerAtomNs'),
        ...several('jumpsStandardErrorPerAtomNs', 'backJumpsStandardErrorPerAtomNs', 'netJumpsStandardErrorPerAtomNs'),
      };
    case 'analysis.rdf':
      return { frames: 3, highestPeaks: {} };
    case 'analysis.phonons':
      return { verdict: 'stable', points: 1, toleranceThz: 0.05, ...several('residualForceEvA') };
    case 'analysis.ground-state':
      return {
        spaceGroupSymbol: 'F-43m',
        spaceGroupNumber: 216,
        symprecA: 0.01,
        stability: 'unstable',
        imaginaryModes: 3,
        lowestFrequencyThz: -1.25,
        ...several('atoms', 'effectiveLatticeConstantA', 'energyDifferenceMevAtom'),
      };
    case 'analysis.arrhenius':
      return {
        temperatures: 2,
        ...several('prefactorCm2S', 'activationEnergyMev', 'activationEnergyHalfWidth95Mev'),
        ...several('diffusionCm2S', 'conductivityMsCm'),
        diffusionInterval95Cm2S: [0.5, 2000],
      };
    case 'analysis.boundary-energy':
      return several('formationEnergyMevA2', 'excessVolumeA', 'mevA2PerMevPerAtom');
    case 'analysis.boundary-width':
      return { memberWidthsA: [], ...several('widthA', 'widthStandardErrorA', 'boundaryConcentration') };
    case 'analysis.boundary-diffusion':
      return {
        withoutBoundaryK: [],
        points: [],
        ...several('temperatures', 'prefactorCm2S', 'activationEnergyMev', 'activationEnergyHalfWidth95Mev'),
        ...several('diffusionCm2S', 'conductivityMsCm', 'widthA', 'boundaryFraction', 'bulkTemperatures'),
      };
    case 'analysis.polycrystal':
      return { lowContrast: true, ...several('smallestGrainSizeNm', 'negligibleFromNm', 'contrast') };
    case 'analysis.mixture':
      return { lowContrast: false, measured: [], ...several('contrast') };
    case 'analysis.carrier-density':
      return several('carrierDensityPerA3', 'carrierDensityOfRoundedConstantsPerA3');
    default:
      return {};
  }
}

/** What a task is said to have left, where it is not what its kind mostly leaves. */
export interface Imagined {
  readonly outcome?: EventCore['outcome'];
  readonly outputs?: readonly string[];
  readonly results?: JsonObject;
}

/** What a task could have come to, with nothing computed. */
export function imaginedCore(task: Task, { outcome, outputs, results }: Imagined = {}): EventCore {
  const hashOf = (name: string): string => sha256Hex(`${name} ${taskIdOf(task)}`);
  const names = outputs ?? outputNames[task.kind]!;
  return {
    task,
    class: task.kind === 'blob.import' ? 'observed' : 'exact',
    outcome: outcome ?? { status: 'done' },
    outputs: Object.fromEntries(names.map((name) => [name, { hash: hashOf(name), bytes: 1, mediaType: 'text/plain' }])),
    results: results ?? resultsOf(task),
  };
}

const doneAs = (task: Task, seq: number, imagined?: Imagined): StoredEvent =>
  storedAs({ core: imaginedCore(task, imagined), attestation: {}, obs: {} }, seq);

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

  complete({ task, manifests }: PlannedTask, imagined?: Imagined): StoredEvent {
    for (const manifest of manifests) this.#manifests.set(sha256Hex(manifest), manifest);
    return this.add((seq) => doneAs(task, seq, imagined));
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
