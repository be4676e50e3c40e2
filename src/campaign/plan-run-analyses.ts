/** Analyses of runs besides diffusion (spec-run-analyses.ts): each once for every run that came to its end. */
import type { StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { LabelledDistribution, RunAnalysis } from '../projections/bulk-results.ts';
import type { EventSequence, MemberChain, StateProfile, TemperaturePoint } from '../projections/campaign-results.ts';
import { deriveTrainingSet } from '../projections/training-set.ts';
import type { ChainKind, ChainRequest } from './chain.ts';
import { cutIntoSegments } from './plan-segments.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import { type CampaignSpec, productionTimePs, rowOf } from './spec.ts';
import { hasBoundaries, RUN_ANALYSES, type RunAnalysisName } from './spec-run-analyses.ts';

export function planRunAnalyses(
  spec: CampaignSpec,
  profiles: readonly StateProfile[],
  planner: Planner,
): RunAnalysis[] {
  return RUN_ANALYSES.flatMap((name) =>
    profiles
      .flatMap(({ points }) => points)
      .filter((point) => isChosen(spec, name, point))
      .flatMap((point) => point.members.map((chain) => planAnalysis(spec, name, point, chain, planner))),
  );
}

function isChosen(spec: CampaignSpec, name: RunAnalysisName, point: TemperaturePoint): boolean {
  const asked = spec.analysis[name];
  const { structure } = point;
  if (asked === undefined || (name === 'jumps' && hasBoundaries(spec, structure))) return false;
  const { structures, temperaturesK } = asked;
  return (structures?.includes(structure) ?? true) && (temperaturesK?.includes(point.temperatureK) ?? true);
}

/** The run of the spec that a point is of. */
function runOf({ dynamics }: CampaignSpec, { row, temperatureK }: TemperaturePoint) {
  return dynamics.runs.find((run) => rowOf(run) === row && run.temperaturesK.includes(temperatureK))!;
}

function planAnalysis(
  spec: CampaignSpec,
  name: RunAnalysisName,
  point: TemperaturePoint,
  chain: MemberChain,
  planner: Planner,
): RunAnalysis {
  const { row, potential, temperatureK } = point;
  const { member, stopped } = chain;
  const found = { name, row, potential, temperatureK, member, stopped };
  const equilibration = cutIntoSegments(spec.dynamics, spec.dynamics.equilibration.timePs).length;
  const ended = chain.segments.length === chain.plannedSegments && stopped === undefined;
  if (!ended || chain.structure === undefined) {
    // What the diffusion coefficient alone lacks does not touch the run.
    return { ...found, event: undefined, withdrawn: chain.withdrawn };
  }
  const { events, end, withdrawn } = planner.follow(runAnalysis, {
    common: { name, params: paramsOf(spec, name, point), equilibration },
    own: {
      purpose: `${row}, ${temperatureK} K, member ${member + 1}, ${PURPOSES[name]}`,
      structure: chain.structure.eventId,
      run: chain.segments.at(-1)!.eventId,
    },
    segments: chain.segments,
  });
  return { ...found, event: events.length === 0 ? undefined : end, withdrawn };
}

interface RunAnalysisRequest extends ChainRequest {
  readonly common: { readonly name: RunAnalysisName; readonly params: JsonObject; readonly equilibration: number };
  /** `run` is the last segment: it rests on those before it, so it says which they are. */
  readonly own: { readonly purpose: string; readonly structure: string; readonly run: string };
  readonly segments: EventSequence;
}

/** A chain of one event: its task names all segments of a run, and need not be stated again once it is done. */
const runAnalysis: ChainKind<RunAnalysisRequest> = {
  name: 'run analysis',
  next({ common: { name, params, equilibration }, own, segments }, done) {
    if (done.length > 0) return undefined;
    const all = [...segments];
    return {
      kind: `analysis.${name}`,
      v: 1,
      params,
      inputs: {
        structure: { event: own.structure, output: 'structure' },
        start: outputOf(all[equilibration - 1]!, 'state'),
        trajectory: all.slice(equilibration).map((event) => outputOf(event, 'trajectory')),
      },
    };
  },
  purpose: ({ own }) => own.purpose,
};

const PURPOSES: Readonly<Record<RunAnalysisName, string>> = {
  jumps: 'jumps between cages',
  rdf: 'radial distributions',
  displacements: 'displacements',
};

function paramsOf(spec: CampaignSpec, name: RunAnalysisName, point: TemperaturePoint): JsonObject {
  const { timeStepFs } = spec.dynamics;
  const run = { timeStepFs, ...(spec.dynamics.equilibration.ensemble === 'npt' ? { meanCell: true } : {}) };
  const { mobileSpecies, jumps, rdf, displacements } = spec.analysis;
  if (name === 'jumps') return { mobileSpecies, ...run, ...settingsOf(jumps!) } as JsonObject;
  if (name === 'rdf') {
    const { everyFrames, labels: _labels, ...settings } = settingsOf(rdf!);
    return { ...settings, of: { from: 'run', ...run, everyFrames } } as JsonObject;
  }
  const { lagsPs, ...settings } = settingsOf(displacements!);
  const lagsFs = lagsPs?.map((lagPs) => lagPs * 1000) ?? [wholeRunFs(spec, point)];
  return { mobileSpecies, ...run, ...settings, lagsFs } as JsonObject;
}

/** A section without what says to which runs it applies. */
function settingsOf<T extends { structures?: unknown; temperaturesK?: unknown }>(
  section: T,
): Omit<T, 'structures' | 'temperaturesK'> {
  const { structures: _structures, temperaturesK: _temperaturesK, ...settings } = section;
  return settings;
}

/** From the first frame to the last one that is sampled. */
function wholeRunFs(spec: CampaignSpec, point: TemperaturePoint): number {
  const { timeStepFs, production } = spec.dynamics;
  const steps = Math.round((productionTimePs(spec.dynamics, runOf(spec, point)) * 1000) / timeStepFs);
  const every = Math.round(production.sampleEveryFs / timeStepFs);
  return Math.floor(steps / every) * every * timeStepFs;
}

/** Distributions of labelled configurations, to stand beside those of runs. */
export function planLabelledDistributions(
  spec: CampaignSpec,
  labels: { readonly [name: string]: Slot },
  planner: Planner,
): LabelledDistribution[] {
  const { rdf } = spec.analysis;
  return (rdf?.labels ?? []).map((name) => {
    const event = eventIn(labels[name]);
    if (event === undefined) return { labels: name, event: undefined, withdrawn: withdrawalIn(labels[name]) };
    const slot = planner.ask(...distributionTask(spec, event), [manifestOf(event)]);
    return { labels: name, event: eventIn(slot), withdrawn: withdrawalIn(slot) };
  });
  function distributionTask({ elements }: CampaignSpec, event: StoredEvent): [Task, string] {
    const { everyFrames: _everyFrames, labels: _labels, ...settings } = settingsOf(rdf!);
    const params = { ...settings, of: { from: 'labels', elements } } as unknown as JsonObject;
    const inputs = { configurations: { manifest: sha256Hex(manifestOf(event)) } };
    return [{ kind: 'analysis.rdf', v: 1, params, inputs }, `radial distributions of ${event.core.task.params.name}`];
  }
}

const manifestOf = (labels: StoredEvent): Uint8Array => deriveTrainingSet([labels], undefined).training;
