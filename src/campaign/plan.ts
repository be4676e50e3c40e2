/**
 * plan(spec, log) → what can be done next. Pure: the tasks it ever returns depend on the spec and on results alone, not
 * on the order in which results arrived. The campaign has no other state than the log.
 */
import type { StoredEvent } from '../../store/event.ts';
import {
  type CampaignResults,
  pointVerdict,
  type StateProfile,
  type TemperaturePoint,
} from '../projections/campaign-results.ts';
import { deriveTrainingSet } from '../projections/training-set.ts';
import { planArrhenius, planReplicas } from './plan-analysis.ts';
import { planMember } from './plan-dynamics.ts';
import { type FitChain, planFit } from './plan-fit.ts';
import { PLAN_VERSION } from './plan-version.ts';
import { type Lookup, outputOf, type PlannedTask, Planner } from './planner.ts';
import type { CampaignSpec } from './spec.ts';
import { structureTask } from './structure-task.ts';

export interface CampaignPlan extends CampaignResults {
  /** Tasks whose inputs are all there and that are not done, in a fixed order. */
  readonly ready: readonly PlannedTask[];
  /** Events of the campaign's tasks so far, by taskId. */
  readonly events: ReadonlyMap<string, StoredEvent>;
  readonly purposes: ReadonlyMap<string, string>;
  readonly failures: readonly { readonly purpose: string; readonly event: StoredEvent }[];
  /** How many tasks the campaign has at least, done ones included, if no further run stops early. */
  readonly expectedTasks: number;
  readonly labels: { readonly [name: string]: StoredEvent };
  readonly structures: { readonly [name: string]: readonly (StoredEvent | undefined)[] };
}

/** @param version of the plan in which tasks are asked for: that of the campaign's opening, or today's */
export function planCampaign(spec: CampaignSpec, lookup: Lookup, version = PLAN_VERSION): CampaignPlan {
  const planner = new Planner(lookup, version);
  const labels = planLabels(spec, planner);
  const structures = mapNamed(spec.structures, (structure, name) =>
    Array.from({ length: structure.realisations }, (_, k) => planStructure(spec, name, k, planner)),
  );
  const trainingSets = mapNamed(spec.trainingSets, (set) => {
    const events = set.labels.map((name) => labels[name]);
    return events.every((event) => event !== undefined) ? deriveTrainingSet(events, set.validationEvery) : undefined;
  });
  const fits = mapNamed(spec.potentials, (potential, name) =>
    Array.from({ length: potential.members }, (_, member) =>
      planFit(spec, name, member, trainingSets[potential.trainingSet], planner),
    ),
  );
  const potentials = mapNamed(fits, (chains) => chains.map(({ finished }) => finished));
  const profiles = planProfiles(spec, structures, potentials, planner);
  return {
    ready: planner.ready,
    events: planner.events,
    purposes: planner.purposes,
    failures: planner.failures,
    expectedTasks: countTasks(spec, fits, profiles),
    labels,
    potentials,
    structures,
    profiles,
  };
}

function planLabels(spec: CampaignSpec, planner: Planner): { [name: string]: StoredEvent } {
  const done: { [name: string]: StoredEvent } = {};
  for (const [name, file] of Object.entries(spec.labels)) {
    const imported = planner.ask(
      {
        kind: 'blob.import',
        v: 1,
        params: { name: file.name, sha256: file.sha256, bytes: file.bytes, mediaType: 'chemical/x-extxyz' },
        inputs: {},
      },
      `import ${file.name}`,
    );
    if (imported === undefined) continue;
    const labels = planner.ask(
      {
        kind: 'label.import',
        v: 1,
        params: { name: file.name, format: 'extxyz', elements: spec.elements, method: file.method },
        inputs: { file: outputOf(imported, 'content') },
      },
      `labels ${name}`,
    );
    if (labels !== undefined) done[name] = labels;
  }
  return done;
}

function planStructure(spec: CampaignSpec, name: string, k: number, planner: Planner): StoredEvent | undefined {
  return planner.ask(structureTask(spec, name, k), `${name}, realisation ${k + 1}`);
}

function planProfiles(
  spec: CampaignSpec,
  structures: { readonly [name: string]: readonly (StoredEvent | undefined)[] },
  potentials: { readonly [name: string]: readonly (StoredEvent | undefined)[] },
  planner: Planner,
): StateProfile[] {
  const byStructure = new Map<string, TemperaturePoint[]>();
  for (const run of spec.dynamics.runs) {
    const realisations = structures[run.structure]!;
    const fits = potentials[run.potential]!;
    for (const temperatureK of run.temperaturesK) {
      const members = Array.from({ length: run.members }, (_, member) =>
        planMember(
          spec,
          { run, temperatureK, member },
          realisations[member % realisations.length],
          fits[member % fits.length],
          planner,
        ),
      );
      const point = planReplicas(
        spec,
        { structure: run.structure, potential: run.potential, temperatureK, members },
        planner,
      );
      byStructure.set(run.structure, [...(byStructure.get(run.structure) ?? []), point]);
    }
  }
  return [...byStructure].map(([structure, points]) => planArrhenius(spec, structure, points, planner));
}

/**
 * Tasks that the campaign has, as far as is known now: what follows a run that stopped early is not among them, and of a
 * fit that is not finished, which may converge at any time, one more segment is.
 */
function countTasks(
  spec: CampaignSpec,
  fits: { readonly [name: string]: readonly FitChain[] },
  profiles: readonly StateProfile[],
): number {
  const sum = <T>(items: readonly T[], count: (item: T) => number): number =>
    items.reduce((total, item) => total + count(item), 0);
  const ofPoint = (point: TemperaturePoint): number =>
    sum(point.members, (member) =>
      member.stopped === undefined ? member.plannedSegments + 1 : member.segments.length,
    ) + (pointVerdict(point) === 'stopped' ? 0 : 1);
  return (
    2 * Object.keys(spec.labels).length +
    sum(Object.values(spec.structures), (structure) => structure.realisations) +
    sum(Object.values(fits).flat(), ({ segments, finished }) => segments.length + (finished === undefined ? 1 : 0)) +
    sum(profiles, ({ points, withheld }) => sum(points, ofPoint) + (withheld === undefined ? 1 : 0))
  );
}

const mapNamed = <T, U>(
  record: { readonly [name: string]: T },
  map: (item: T, name: string) => U,
): { [name: string]: U } => Object.fromEntries(Object.entries(record).map(([name, item]) => [name, map(item, name)]));
