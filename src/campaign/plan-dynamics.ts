/** One member's chain of events: equilibration segments (NVT or NPT), production segments, diffusion. */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { MemberChain } from '../projections/campaign-results.ts';
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

function segmentsOf(dynamics: Dynamics, run: MemberRequest['run']): Segment[] {
  const cut = (stage: Segment['stage'], timePs: number): Segment[] =>
    cutIntoSegments(dynamics, timePs).map((steps, k) => ({ stage, steps, first: k === 0 }));
  return [
    ...cut('equilibration', dynamics.equilibration.timePs),
    ...cut('production', productionTimePs(dynamics, run)),
  ];
}

export function planMember(
  spec: CampaignSpec,
  request: MemberRequest,
  prepared: Preparation,
  fitSlot: Slot,
  planner: Planner,
): MemberChain {
  const { structure } = prepared;
  const fit = eventIn(fitSlot);
  const segments = segmentsOf(spec.dynamics, request.run);
  const done: StoredEvent[] = [];
  const chain = (over: Partial<MemberChain> = {}): MemberChain => ({
    member: request.member,
    structure,
    fit,
    segments: done,
    plannedSegments: segments.length,
    stopped: prepared.stopped,
    diffusion: undefined,
    withdrawn: prepared.withdrawn ?? withdrawalIn(fitSlot),
    ...over,
  });
  if (structure === undefined || fit === undefined) return chain();
  const name = `${rowOf(request.run)}, ${request.temperatureK} K, member ${request.member + 1}`;
  for (const [k, segment] of segments.entries()) {
    const task = segmentTask(spec, request, segment, structure, fit, done.at(-1));
    const slot = planner.ask(task, `${name}, ${segment.stage}, segment ${k + 1} of ${segments.length}`);
    const event = eventIn(slot);
    if (event === undefined) return chain({ withdrawn: withdrawalIn(slot) });
    done.push(event);
    if (event.core.outcome.status === 'stopped') return chain({ stopped: event });
  }
  const equilibration = segments.filter(({ stage }) => stage === 'equilibration').length;
  const diffusion = planner.ask(
    {
      kind: 'analysis.diffusion',
      v: 1,
      params: {
        mobileSpecies: spec.analysis.mobileSpecies,
        fitWindow: spec.analysis.fitWindow,
        alphaRange: spec.analysis.alphaRange,
        timeStepFs: spec.dynamics.timeStepFs,
      },
      inputs: {
        structure: outputOf(structure, 'structure'),
        start: outputOf(done[equilibration - 1]!, 'state'),
        trajectory: done.slice(equilibration).map((event) => outputOf(event, 'trajectory')),
      },
    },
    `${name}, diffusion`,
  );
  return chain({ diffusion: eventIn(diffusion), withdrawn: withdrawalIn(diffusion) });
}

function segmentTask(
  spec: CampaignSpec,
  { run, temperatureK, member }: MemberRequest,
  segment: Segment,
  structure: StoredEvent,
  fit: StoredEvent,
  previous: StoredEvent | undefined,
): Task {
  const { timeStepFs, equilibration, production, watch } = spec.dynamics;
  const warming = equilibration.ensemble ?? 'nvt';
  const ensemble = segment.stage === 'equilibration' ? warming : production.ensemble;
  const start: JsonObject =
    previous === undefined
      ? { from: 'structure', seed: deriveSeed(spec.seed, ['velocities', run.structure, temperatureK, member]) }
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
      ...(ensemble === 'npt' ? { barostat: barostatOf(equilibration.barostat, run.cell) } : {}),
      ...(segment.stage === 'equilibration' && rescaleEverySteps !== undefined ? { rescaleEverySteps } : {}),
      steps: segment.steps,
      sampleEverySteps: Math.round(production.sampleEveryFs / timeStepFs),
      start,
      watch: watch as JsonObject,
    },
    inputs: {
      structure: outputOf(structure, 'structure'),
      potential: outputOf(fit, 'potential'),
      range: outputOf(fit, 'range'),
      ...(previous === undefined ? {} : { state: outputOf(previous, 'state') }),
    },
  };
}

/** What a run says of its cell counts for more than what the equilibration says of all. */
const barostatOf = (common: Dynamics['equilibration']['barostat'], cell: MemberRequest['run']['cell']): JsonObject => ({
  ...((common ?? { cell: 'isotropic', pressureGpa: 0 }) as JsonObject),
  ...(cell === undefined ? {} : { cell }),
});
