/**
 * What becomes of a structure before its runs begin, under the potential of these runs: annealing and cooling (NPT, D3),
 * then relaxation (D4). Each realisation under each fit is prepared once, whatever number of runs start from it.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import type { ChainKind, ChainRequest } from './chain.ts';
import { cutIntoSegments } from './plan-segments.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';

export interface Preparation {
  /** Has the output `structure` from which runs start; the structure itself where nothing prepares it. */
  readonly structure: StoredEvent | undefined;
  /** The event that ended the preparation early, if one did: no run starts then. */
  readonly stopped: StoredEvent | undefined;
  readonly withdrawn: Withdrawal | undefined;
  /** How many of its events there are. */
  readonly done: number;
  /** How many there are if nothing stops early. */
  readonly planned: number;
}

export interface PreparationRequest {
  readonly structure: string;
  readonly realisation: number;
  readonly potential: string;
  readonly fit: number;
}

/** What the preparations of one structure have in common. */
interface PreparationSettings {
  readonly seed: number;
  /** Undefined where nothing prepares the structure. */
  readonly relax?: Structure['relax'];
  readonly anneal?: Structure['anneal'];
  readonly dynamics: Pick<CampaignSpec['dynamics'], 'timeStepFs' | 'segmentPs' | 'watch'> & {
    readonly sampleEveryFs: number;
  };
}

type Structure = CampaignSpec['structures'][string];

interface PreparationChainRequest extends ChainRequest {
  readonly common: PreparationSettings;
  readonly own: PreparationRequest & { readonly structureEvent: string; readonly fitEvent: string };
}

const settingsOf = new WeakMap<CampaignSpec, Map<string, PreparationSettings>>();

/** One object for all preparations of a structure, as what they have in common is hashed by identity. */
function preparationSettings(spec: CampaignSpec, structure: string): PreparationSettings {
  const ofSpec = settingsOf.get(spec) ?? new Map<string, PreparationSettings>();
  settingsOf.set(spec, ofSpec);
  const settings = ofSpec.get(structure) ?? makeSettings(spec, structure);
  ofSpec.set(structure, settings);
  return settings;
}

function makeSettings(spec: CampaignSpec, structure: string): PreparationSettings {
  const { relax, anneal } = spec.structures[structure]!;
  const { timeStepFs, segmentPs, watch, production } = spec.dynamics;
  return {
    seed: spec.seed,
    ...(relax === undefined ? {} : { relax }),
    ...(anneal === undefined ? {} : { anneal }),
    dynamics: { timeStepFs, segmentPs, watch, sampleEveryFs: production.sampleEveryFs },
  };
}

/** The segments of the annealing, and then the relaxation. */
const preparationChain: ChainKind<PreparationChainRequest> = {
  name: 'preparation',
  next(request, done) {
    if (done.length > 0 && done.last!.core.outcome.status === 'stopped') return undefined;
    const { common, own } = request;
    const stages = annealStages(common);
    if (done.length > stages.length) return undefined;
    const inputs: Task['inputs'] = {
      structure: { event: own.structureEvent, output: 'structure' },
      potential: { event: own.fitEvent, output: 'potential' },
      range: { event: own.fitEvent, output: 'range' },
      ...(done.length === 0 ? {} : { state: outputOf(done.last!, 'state') }),
    };
    if (done.length < stages.length) {
      const stage = stages[done.length]!;
      const params = { ...stage, start: done.length === 0 ? startOf(common.seed, own) : stage.start! };
      return { kind: 'md.run', v: 3, params, inputs };
    }
    const { pairDistanceFraction } = common.dynamics.watch;
    return { kind: 'structure.relax', v: 1, params: { ...common.relax!, pairDistanceFraction }, inputs };
  },
  purpose({ common, own }, index) {
    const name = `${own.structure}, realisation ${own.realisation + 1}, fit ${own.fit + 1} of ${own.potential}`;
    const stages = annealStages(common).length;
    return index < stages ? `${name}, annealing, segment ${index + 1} of ${stages}` : `${name}, relaxed`;
  },
};

export function planPreparation(
  spec: CampaignSpec,
  request: PreparationRequest,
  structureSlot: Slot,
  fitSlot: Slot,
  planner: Planner,
): Preparation {
  const settings = preparationSettings(spec, request.structure);
  const structure = eventIn(structureSlot);
  const planned = annealStages(settings).length + (settings.relax === undefined ? 0 : 1);
  const withdrawn = withdrawalIn(structureSlot) ?? (planned === 0 ? undefined : withdrawalIn(fitSlot));
  const open: Preparation = { structure: undefined, stopped: undefined, withdrawn, done: 0, planned };
  if (settings.relax === undefined) return { ...open, structure };
  const fit = eventIn(fitSlot);
  if (structure === undefined || fit === undefined) return open;
  const own = { ...request, structureEvent: structure.eventId, fitEvent: fit.eventId };
  const chain = planner.follow(preparationChain, { common: settings, own });
  const { end } = chain;
  const isStopped = end?.summary.status === 'stopped';
  return {
    structure: isStopped ? undefined : end,
    stopped: isStopped ? end : undefined,
    withdrawn: chain.withdrawn,
    done: chain.events.length,
    planned,
  };
}

const startOf = (seed: number, { structure, realisation, fit }: PreparationRequest): JsonObject => ({
  from: 'structure',
  seed: deriveSeed(seed, ['annealing', structure, realisation, fit]),
});

const stagesOf = new WeakMap<PreparationSettings, readonly JsonObject[]>();

/** Parameters of the segments: held at the first temperature, then cooled to the second. */
function annealStages(settings: PreparationSettings): readonly JsonObject[] {
  const known = stagesOf.get(settings);
  if (known !== undefined) return known;
  const made = cutAnneal(settings);
  stagesOf.set(settings, made);
  return made;
}

function cutAnneal({ anneal, dynamics }: PreparationSettings): JsonObject[] {
  if (anneal === undefined) return [];
  const { timeStepFs, sampleEveryFs, watch } = dynamics;
  const common: JsonObject = {
    ensemble: 'npt',
    temperatureK: anneal.fromK,
    timeStepFs,
    dampingFs: anneal.dampingFs,
    barostat: anneal.barostat as JsonObject,
    sampleEverySteps: Math.round(sampleEveryFs / timeStepFs),
    watch: watch as JsonObject,
  };
  const overSteps = Math.round((anneal.coolPs * 1000) / timeStepFs);
  const stage = (timePs: number, more: JsonObject): JsonObject[] =>
    cutIntoSegments(dynamics, timePs).map((steps, k) => ({
      ...common,
      ...more,
      steps,
      start: { from: 'state', newRun: k === 0, rescaleToMeanEnergy: false },
    }));
  return [...stage(anneal.holdPs, {}), ...stage(anneal.coolPs, { ramp: { toK: anneal.toK, overSteps } })];
}
