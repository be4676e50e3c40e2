/** One member's chain of events: equilibration segments (NVT or NPT), production segments, diffusion. */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { MemberChain } from '../projections/campaign-results.ts';
import type { ChainEvents, ChainKind, ChainRequest } from './chain.ts';
import type { Preparation } from './plan-preparation.ts';
import { cutIntoSegments } from './plan-segments.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import { type CampaignSpec, productionTimePs, rowOf } from './spec.ts';

type Dynamics = CampaignSpec['dynamics'];

export interface MemberRequest {
  readonly run: Dynamics['runs'][number];
  readonly temperatureK: number;
  readonly member: number;
}

interface Segment {
  readonly stage: 'equilibration' | 'production';
  readonly steps: number;
  readonly first: boolean;
}

/** What all members of a run at all temperatures have in common. */
interface RunSettings {
  readonly seed: number;
  /** What the runs are called. */
  readonly row: string;
  readonly structure: string;
  readonly dynamics: Settings;
  readonly productionPs: number;
  readonly analysis: JsonObject;
}

type Settings = Pick<Dynamics, 'timeStepFs' | 'equilibration' | 'production' | 'segmentPs' | 'watch'> & {
  readonly cell?: MemberRequest['run']['cell'];
};

interface RunRequest extends ChainRequest {
  readonly common: RunSettings;
  readonly own: {
    readonly temperatureK: number;
    readonly member: number;
    /** eventIds. */
    readonly structure: string;
    readonly fit: string;
  };
}

const settingsOf = new WeakMap<CampaignSpec, WeakMap<MemberRequest['run'], RunSettings>>();

/** One object for all members of a run, as what they have in common is hashed by identity. */
function runSettings(spec: CampaignSpec, run: MemberRequest['run']): RunSettings {
  const ofSpec = settingsOf.get(spec) ?? new WeakMap<MemberRequest['run'], RunSettings>();
  settingsOf.set(spec, ofSpec);
  const settings = ofSpec.get(run) ?? makeSettings(spec, run);
  ofSpec.set(run, settings);
  return settings;
}

function makeSettings(spec: CampaignSpec, run: MemberRequest['run']): RunSettings {
  const { timeStepFs, equilibration, production, segmentPs, watch } = spec.dynamics;
  const { mobileSpecies, fitWindow, alphaRange } = spec.analysis;
  const dynamics: Settings = {
    timeStepFs,
    equilibration,
    production,
    segmentPs,
    watch,
    ...(run.cell === undefined ? {} : { cell: run.cell }),
  };
  return {
    seed: spec.seed,
    row: rowOf(run),
    structure: run.structure,
    dynamics,
    productionPs: productionTimePs(spec.dynamics, run),
    analysis: { mobileSpecies, fitWindow, alphaRange },
  };
}

const segments = new WeakMap<RunSettings, readonly Segment[]>();

function segmentsOf(settings: RunSettings): readonly Segment[] {
  const known = segments.get(settings);
  if (known !== undefined) return known;
  const { dynamics, productionPs } = settings;
  const cut = (stage: Segment['stage'], timePs: number): Segment[] =>
    cutIntoSegments(dynamics, timePs).map((steps, k) => ({ stage, steps, first: k === 0 }));
  const made = [...cut('equilibration', dynamics.equilibration.timePs), ...cut('production', productionPs)];
  segments.set(settings, made);
  return made;
}

/** The segments of a run, and then its diffusion coefficient. */
const runChain: ChainKind<RunRequest> = {
  name: 'run',
  next(request, done) {
    const all = segmentsOf(request.common);
    if (done.length > all.length || (done.length > 0 && done.last!.core.outcome.status === 'stopped')) return undefined;
    return done.length === all.length
      ? diffusionTask(request, done)
      : segmentTask(request, all[done.length]!, done.last);
  },
  purpose({ common, own }, index) {
    const name = `${common.row}, ${own.temperatureK} K, member ${own.member + 1}`;
    const all = segmentsOf(common);
    return index < all.length
      ? `${name}, ${all[index]!.stage}, segment ${index + 1} of ${all.length}`
      : `${name}, diffusion`;
  },
};

export function planMember(
  spec: CampaignSpec,
  { run, temperatureK, member }: MemberRequest,
  prepared: Preparation,
  fitSlot: Slot,
  planner: Planner,
): MemberChain {
  const settings = runSettings(spec, run);
  const { structure } = prepared;
  const fit = eventIn(fitSlot);
  const plannedSegments = segmentsOf(settings).length;
  const begun = { member, structure, fit, plannedSegments };
  if (structure === undefined || fit === undefined) {
    return {
      ...begun,
      segments: [],
      stopped: prepared.stopped,
      diffusion: undefined,
      withdrawn: prepared.withdrawn ?? withdrawalIn(fitSlot),
    };
  }
  const own = { temperatureK, member, structure: structure.eventId, fit: fit.eventId };
  const { events, end, withdrawn } = planner.follow(runChain, { common: settings, own });
  const analysed = events.length > plannedSegments ? end : undefined;
  return {
    ...begun,
    segments: events.first(plannedSegments),
    stopped: analysed === undefined ? end : undefined,
    diffusion: analysed,
    withdrawn,
  };
}

function diffusionTask({ common: { dynamics, analysis }, own }: RunRequest, done: ChainEvents): Task {
  const { timeStepFs, segmentPs, equilibration } = dynamics;
  const warming = cutIntoSegments({ segmentPs, timeStepFs }, equilibration.timePs).length;
  return {
    kind: 'analysis.diffusion',
    v: 1,
    params: { ...analysis, timeStepFs },
    inputs: {
      structure: { event: own.structure, output: 'structure' },
      start: outputOf(done.at(warming - 1)!, 'state'),
      trajectory: done.outputsFrom(warming, 'trajectory'),
    },
  };
}

function segmentTask({ common, own }: RunRequest, segment: Segment, previous: StoredEvent | undefined): Task {
  const { timeStepFs, equilibration, production, watch, cell } = common.dynamics;
  const { temperatureK, member } = own;
  const warming = equilibration.ensemble ?? 'nvt';
  const ensemble = segment.stage === 'equilibration' ? warming : production.ensemble;
  const start: JsonObject =
    previous === undefined
      ? { from: 'structure', seed: deriveSeed(common.seed, ['velocities', common.structure, temperatureK, member]) }
      : {
          from: 'state',
          newRun: segment.stage === 'production' && segment.first,
          rescaleToMeanEnergy: segment.stage === 'production' && segment.first && ensemble === 'nve',
          ...(segment.stage === 'production' && segment.first && warming === 'npt' ? { meanCell: true } : {}),
        };
  const { rescaleEverySteps } = equilibration;
  return {
    kind: 'md.run',
    v: 3,
    params: {
      ensemble,
      temperatureK,
      timeStepFs,
      ...(ensemble === 'nve' ? {} : { dampingFs: equilibration.dampingFs }),
      ...(ensemble === 'npt' ? { barostat: barostatOf(equilibration.barostat, cell) } : {}),
      ...(segment.stage === 'equilibration' && rescaleEverySteps !== undefined ? { rescaleEverySteps } : {}),
      steps: segment.steps,
      sampleEverySteps: Math.round(production.sampleEveryFs / timeStepFs),
      start,
      watch: watch as JsonObject,
    },
    inputs: {
      structure: { event: own.structure, output: 'structure' },
      potential: { event: own.fit, output: 'potential' },
      range: { event: own.fit, output: 'range' },
      ...(previous === undefined ? {} : { state: outputOf(previous, 'state') }),
    },
  };
}

/** What a run says of its cell counts for more than what the equilibration says of all. */
const barostatOf = (common: Dynamics['equilibration']['barostat'], cell: MemberRequest['run']['cell']): JsonObject => ({
  ...((common ?? { cell: 'isotropic', pressureGpa: 0 }) as JsonObject),
  ...(cell === undefined ? {} : { cell }),
});
