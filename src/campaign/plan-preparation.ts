/**
 * What becomes of a structure before its runs begin, under the potential of these runs: the search of a γ-surface (S8) where
 * it is a bicrystal that has one, annealing and cooling (NPT, D3), then relaxation (D4). Each realisation under each fit is
 * prepared once, whatever number of runs start from it.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import { gammaSurfaceOf, planGammaSurface } from './plan-gamma-surface.ts';
import { cutIntoSegments } from './plan-segments.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';

export interface Preparation {
  /** Of what, in the campaign's words. */
  readonly name: string;
  /** Has the output `structure` from which runs start; the structure itself where nothing prepares it. */
  readonly structure: StoredEvent | undefined;
  /** The event that ended the preparation early, if one did: no run starts then. */
  readonly stopped: StoredEvent | undefined;
  readonly withdrawn: Withdrawal | undefined;
  readonly events: readonly StoredEvent[];
  /** How many there are if nothing stops early. */
  readonly planned: number;
}

export interface PreparationRequest {
  readonly structure: string;
  readonly realisation: number;
  readonly potential: string;
  readonly fit: number;
  /** Leaves the γ-surface out: the start as the recipe makes it is prepared too, to be compared. */
  readonly unshifted?: boolean;
}

/** What is done to a structure, and in whose name. */
export interface PreparationSteps extends Pick<CampaignSpec['structures'][string], 'anneal' | 'relax'> {
  /** As purposes of tasks begin. */
  readonly name: string;
  /** What the seed of the annealing's velocities is for. */
  readonly seedPurpose: readonly (string | number)[];
  /** The structure whose γ-surface is searched first, where it has one. */
  readonly shift?: string | undefined;
}

export function planPreparation(
  spec: CampaignSpec,
  request: PreparationRequest,
  structureSlot: Slot,
  fitSlot: Slot,
  planner: Planner,
): Preparation {
  const { structure, realisation, potential, fit } = request;
  const { anneal, relax } = spec.structures[structure]!;
  const unshifted = request.unshifted === true;
  const start = `${structure}${unshifted ? ', without a shift' : ''}`;
  const name = `${start}, realisation ${realisation + 1}, fit ${fit + 1} of ${potential}`;
  const seedPurpose = ['annealing', structure, realisation, fit];
  const steps = { anneal, relax, name, seedPurpose, shift: unshifted ? undefined : structure };
  return planSteps(spec, steps, structureSlot, fitSlot, planner);
}

export function planSteps(
  spec: CampaignSpec,
  { anneal, relax, name, seedPurpose, shift }: PreparationSteps,
  structureSlot: Slot,
  fitSlot: Slot,
  planner: Planner,
): Preparation {
  const stages = annealStages(spec, anneal);
  const events: StoredEvent[] = [];
  const structure = eventIn(structureSlot);
  const surface = shift === undefined ? undefined : gammaSurfaceOf(spec, shift);
  const planned = (surface === undefined ? 0 : surface.mesh[0] + 1) + stages.length + (relax === undefined ? 0 : 1);
  const withdrawn = withdrawalIn(structureSlot) ?? (planned === 0 ? undefined : withdrawalIn(fitSlot));
  const prepared = (over: Partial<Preparation>): Preparation => ({
    name,
    structure: undefined,
    stopped: undefined,
    withdrawn,
    events,
    planned,
    ...over,
  });
  if (relax === undefined && surface === undefined) return prepared({ structure });
  const fit = eventIn(fitSlot);
  if (structure === undefined || fit === undefined) return prepared({});
  let from = structure;
  if (shift !== undefined && surface !== undefined) {
    const search = planGammaSurface(spec, shift, name, structure, fit, planner);
    events.push(...search.events);
    const lowest = eventIn(search.start);
    if (lowest === undefined) return prepared({ withdrawn: withdrawalIn(search.start) });
    if (lowest.core.outcome.status === 'stopped') return prepared({ stopped: lowest });
    from = lowest;
  }
  if (relax === undefined) return prepared({ structure: from });
  const start: JsonObject = { from: 'structure', seed: deriveSeed(spec.seed, seedPurpose) };
  let previous: StoredEvent | undefined;
  const inputs = {
    structure: outputOf(from, 'structure'),
    potential: outputOf(fit, 'potential'),
    range: outputOf(fit, 'range'),
  };
  const onwards = (): Task['inputs'] =>
    previous === undefined ? inputs : { ...inputs, state: outputOf(previous, 'state') };
  for (const [k, stage] of stages.entries()) {
    const params = { ...stage, start: previous === undefined ? start : stage.start! };
    const task: Task = { kind: 'md.run', v: 3, params, inputs: onwards() };
    const slot = planner.ask(task, `${name}, annealing, segment ${k + 1} of ${stages.length}`);
    const event = eventIn(slot);
    if (event === undefined) return prepared({ withdrawn: withdrawalIn(slot) });
    events.push(event);
    previous = event;
    if (event.core.outcome.status === 'stopped') return prepared({ stopped: event });
  }
  const task: Task = {
    kind: 'structure.relax',
    v: 1,
    params: { ...(relax as JsonObject), pairDistanceFraction: spec.dynamics.watch.pairDistanceFraction },
    inputs: onwards(),
  };
  const slot = planner.ask(task, `${name}, relaxed`);
  const event = eventIn(slot);
  if (event === undefined) return prepared({ withdrawn: withdrawalIn(slot) });
  events.push(event);
  return event.core.outcome.status === 'stopped' ? prepared({ stopped: event }) : prepared({ structure: event });
}

/** Parameters of the segments: held at the first temperature, then cooled to the second. */
function annealStages(spec: CampaignSpec, anneal: PreparationSteps['anneal']): JsonObject[] {
  if (anneal === undefined) return [];
  const { timeStepFs, production, watch } = spec.dynamics;
  const common: JsonObject = {
    ensemble: 'npt',
    temperatureK: anneal.fromK,
    timeStepFs,
    dampingFs: anneal.dampingFs,
    barostat: anneal.barostat as JsonObject,
    sampleEverySteps: Math.round(production.sampleEveryFs / timeStepFs),
    watch: watch as JsonObject,
  };
  const overSteps = Math.round((anneal.coolPs * 1000) / timeStepFs);
  const stage = (timePs: number, more: JsonObject): JsonObject[] =>
    cutIntoSegments(spec.dynamics, timePs).map((steps, k) => ({
      ...common,
      ...more,
      steps,
      start: { from: 'state', newRun: k === 0, rescaleToMeanEnergy: false },
    }));
  return [...stage(anneal.holdPs, {}), ...stage(anneal.coolPs, { ramp: { toK: anneal.toK, overSteps } })];
}
