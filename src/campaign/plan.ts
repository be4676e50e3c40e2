/**
 * plan(spec, log) → what can be done next. Pure: the tasks it ever returns depend on the spec, on results and on
 * corrections alone, not on the order in which results arrived. The campaign has no other state than the log.
 */
import { type Correction, correctionsOf } from '../../store/corrections.ts';
import type { StoredEvent } from '../../store/event.ts';
import type { ScaleResults } from '../projections/boundary-results.ts';
import type { BulkResults, LabelledDistribution, RunAnalysis } from '../projections/bulk-results.ts';
import {
  type CampaignResults,
  distinctWithdrawals,
  pointVerdict,
  pointWithdrawals,
  type StateProfile,
  type TemperaturePoint,
  type Withdrawal,
} from '../projections/campaign-results.ts';
import type { Validation } from '../projections/scheme-record.ts';
import { deriveTrainingSet, type TrainingSet } from '../projections/training-set.ts';
import { CampaignEvents, CampaignPurposes, ChainPlaces } from './campaign-events.ts';
import { ChainMemory } from './chain-memory.ts';
import { planArrhenius, planReplicas } from './plan-analysis.ts';
import type { PlannedParts } from './plan-boundaries.ts';
import { planMember } from './plan-dynamics.ts';
import { type FitChain, planFit } from './plan-fit.ts';
import { type PlannedGroundState, planGroundStates } from './plan-ground-states.ts';
import { type LearningPlan, planErrors, planLearning } from './plan-learning.ts';
import { type Preparation, planPreparation } from './plan-preparation.ts';
import { planLabelledDistributions, planRunAnalyses } from './plan-run-analyses.ts';
import { planScales } from './plan-scales.ts';
import { planVariance, tasksToCome } from './plan-variance.ts';
import { PLAN_VERSION } from './plan-version.ts';
import { eventIn, type Lookup, outputOf, type PlannedTask, Planner, type Slot, withdrawalIn } from './planner.ts';
import { type CampaignSpec, type ImportedFile, rowOf } from './spec.ts';
import { refitPotential, schemePotential } from './spec-scheme.ts';
import { structureImport, structureTask } from './structure-task.ts';

export interface CampaignPlan extends CampaignResults, ScaleResults, BulkResults {
  /** Tasks whose inputs are all there and that are not done, in a fixed order. */
  readonly ready: readonly PlannedTask[];
  /** Of the campaign's tasks so far. */
  readonly events: CampaignEvents;
  readonly purposes: CampaignPurposes;
  readonly failures: readonly { readonly purpose: string; readonly event: StoredEvent }[];
  /** Tasks whose events corrections took back; what follows from them is not planned. */
  readonly withdrawn: readonly Withdrawal[];
  /** Events that others stand in for. */
  readonly replaced: readonly StoredEvent[];
  /** Corrections that concern the campaign, in effect or not: they name an event that it has or had. */
  readonly corrections: readonly Correction[];
  /** How many tasks the campaign has at least, done ones included and withdrawn ones not, if no further run stops early. */
  readonly expectedTasks: number;
  readonly labels: { readonly [name: string]: StoredEvent };
  /** What active learning has done so far, by scheme. */
  readonly schemes: LearningPlan['schemes'];
  readonly validations: { readonly [scheme: string]: Validation };
  /** Runs of the variance study, besides those of the profiles. */
  readonly variance: readonly TemperaturePoint[];
  readonly structures: { readonly [name: string]: readonly (StoredEvent | undefined)[] };
  /** What became of structures before the runs that start from them. */
  readonly preparations: readonly Preparation[];
}

/**
 * @param version of the plan in which tasks are asked for: that of the campaign's opening, or today's
 * @param memory of what earlier plans found in the same log, and of what this one finds
 */
export function planCampaign(
  spec: CampaignSpec,
  lookup: Lookup,
  version = PLAN_VERSION,
  memory = new ChainMemory(),
): CampaignPlan {
  const planner = new Planner(lookup, version, memory);
  const imports = mapNamed(spec.labels, (file) => planImport(file, planner));
  const labels = mapNamed(spec.labels, (_, name) => planLabels(spec, name, imports[name], planner));
  const structureFiles = new Map<string, Slot>();
  const structures = mapNamed(spec.structures, (structure, name) => {
    const { file } = structure;
    if (file === undefined) return planStructures(spec, name, undefined, planner);
    const imported = planner.ask(structureImport(file), `import ${file.name}`);
    structureFiles.set(`${file.sha256} ${file.name}`, imported);
    const event = eventIn(imported);
    return event === undefined
      ? Array.from({ length: structure.realisations }, () => imported)
      : planStructures(spec, name, event, planner);
  });
  const trainingSets = mapNamed(spec.trainingSets, (set) => {
    const slots = planner.without(
      set.labels.map((name) => labels[name]),
      lackingIn,
    );
    const withdrawn = slots.map(withdrawalIn).find((found) => found !== undefined);
    if (withdrawn !== undefined) return withdrawn;
    const events = slots.map(eventIn);
    return events.every((event) => event !== undefined) ? deriveTrainingSet(events, set.validationEvery) : undefined;
  });
  const planned = (name: string, set: TrainingSet | Withdrawal | undefined): FitChain[] =>
    Array.from({ length: spec.potentials[name]!.members }, (_, member) => planFit(spec, name, member, set, planner));
  const isLearned = (name: string): boolean => spec.schemes?.[spec.potentials[name]!.trainingSet] !== undefined;
  const fits: { [name: string]: FitChain[] } = {};
  for (const [name, { trainingSet }] of Object.entries(spec.potentials)) {
    if (!isLearned(name)) fits[name] = planned(name, trainingSets[trainingSet]);
  }
  const learning = planLearning(spec, { structures, potentials: potentialsOf(fits) }, planner);
  for (const [name, { trainingSet }] of Object.entries(spec.potentials)) {
    if (isLearned(name)) fits[name] = planned(name, learning.trainingSets[trainingSet]);
  }
  const potentials: { [name: string]: readonly Slot[] } = { ...potentialsOf(fits), ...learning.potentials };
  /** What ended the scheme that was to give the potential, or its training set; nothing follows then. */
  const stuckBefore = (potential: string, fit: number): StoredEvent | undefined => {
    const scheme = schemeBehind(spec, potential);
    if (scheme === undefined) return undefined;
    return learning.schemes[scheme]![Object.hasOwn(learning.potentials, potential) ? fit : 0]!.stuck;
  };
  const preparations = new Map<string, Preparation>();
  const prepare: Prepare = (request, fitSlot) => {
    const { structure, realisation, potential, fit, unshifted = false } = request;
    const key = `${structure}/${realisation}/${potential}/${fit}/${unshifted}`;
    const slot = structures[structure]![realisation];
    const known = preparations.get(key);
    if (known !== undefined) return known;
    const planned = planPreparation(spec, request, slot, fitSlot, planner);
    const stopped = stuckBefore(potential, fit) ?? planned.stopped;
    preparations.set(key, { ...planned, stopped });
    return preparations.get(key)!;
  };
  const profiles = planProfiles(spec, structures, potentials, prepare, planner);
  const preparedForProfiles = preparations.size;
  const askedBefore = planner.asked;
  const { variance } = spec;
  const study =
    variance === undefined
      ? undefined
      : planVariance(
          spec,
          variance,
          {
            potentials,
            training: learning.trainingSets[variance.scheme],
            prepare: (potential, fit, fitSlot) =>
              prepare({ structure: variance.structure, realisation: 0, potential, fit }, fitSlot),
          },
          planner,
        );
  if (study !== undefined) Object.assign(potentials, potentialsOf(study.fits));
  const keptPotentials = mapNamed(potentials, (slots) => planner.without(slots, lackingIn));
  const validations = mapNamed(learning.validations, (set, scheme): Validation => {
    const own = Object.keys(potentials).filter((name) => schemeBehind(spec, name) === scheme);
    const ofScheme = Object.fromEntries(own.map((name) => [name, potentials[name]!]));
    return { ...set, errors: planErrors(spec, scheme, set, ofScheme, planner) };
  });
  // What the study prepares is counted among the tasks that it asks for.
  const tasksOfStudy = planner.asked - askedBefore;
  const preparedForStudy = new Set([...preparations.values()].slice(preparedForProfiles));
  const realisations = (structure: string): number => structures[structure]!.length;
  const scales = planScales(spec, { profiles, potentials, realisations, prepare }, planner);
  const runAnalyses = planRunAnalyses(spec, profiles, planner);
  const labelledDistributions = planLabelledDistributions(spec, labels, planner);
  const groundStates = planGroundStates(spec, structures, potentials, planner);
  const places = new ChainPlaces(planner.chains);
  const events = new CampaignEvents(planner.events, planner.chains, lookup, memory, places);
  return {
    ...scales.results,
    ready: planner.ready,
    events,
    purposes: new CampaignPurposes(planner.purposes, places, lookup),
    failures: planner.failures,
    withdrawn: [...planner.withdrawn.values()],
    replaced: planner.replaced,
    corrections: concerning(events, planner, lookup),
    expectedTasks:
      countTasks(
        [imports, labels, structures, Object.fromEntries(structureFiles)].flatMap((places) =>
          Object.values(places).flat(),
        ),
        Object.entries(fits).flatMap(([name, chains]) => (stuckBefore(name, 0) === undefined ? chains : [])),
        [...preparations.values()].filter((prepared) => !preparedForStudy.has(prepared)),
        profiles,
      ) +
      learning.expectedTasks +
      tasksOfStudy +
      tasksToCome(
        study?.points ?? [],
        profiles.flatMap(({ points }) => points),
      ) +
      scales.expected +
      countBulk(runAnalyses, labelledDistributions, groundStates),
    schemes: learning.schemes,
    validations,
    variance: study?.points ?? [],
    labels: Object.fromEntries(
      Object.entries(labels).flatMap(([name, slot]) => {
        const event = eventIn(slot);
        return event === undefined ? [] : [[name, event]];
      }),
    ),
    potentials: mapNamed(keptPotentials, (slots) => slots.map(eventIn)),
    stuckFits: mapNamed(potentials, (slots, name) => [
      ...new Set(slots.flatMap((_, fit) => stuckBefore(name, fit) ?? [])),
    ]),
    withdrawnFits: mapNamed(keptPotentials, (slots) => distinctWithdrawals(slots.map(withdrawalIn))),
    structures: mapNamed(structures, (slots) => slots.map(eventIn)),
    preparations: [...preparations.values()],
    profiles,
    runAnalyses,
    labelledDistributions,
    groundStates,
  };
}

/** Of what a run that stopped, or was withdrawn, cannot have, nothing is counted. */
const countBulk = (
  analyses: readonly RunAnalysis[],
  distributions: readonly LabelledDistribution[],
  groundStates: readonly PlannedGroundState[],
): number =>
  analyses.filter(({ stopped, withdrawn }) => stopped === undefined && withdrawn === undefined).length +
  distributions.filter(({ withdrawn }) => withdrawn === undefined).length +
  groundStates.reduce((sum, { tasks }) => sum + tasks, 0);
const lackingIn = (slot: Slot) => [withdrawalIn(slot)];

const potentialsOf = (fits: { readonly [name: string]: readonly FitChain[] }): { [name: string]: Slot[] } =>
  mapNamed(fits, (chains) => chains.map(({ potential }) => potential));

function concerning(events: CampaignEvents, { withdrawn, replaced }: Planner, lookup: Lookup): Correction[] {
  const { corrections } = lookup;
  const others = [...replaced, ...[...withdrawn.values()].map(({ event }) => event)].map(({ eventId }) => eventId);
  const corrected = new Set(corrections.all.map((correction) => correction.corrected));
  const own = [...corrected].filter((eventId) => {
    const event = lookup.byEventId(eventId);
    return event !== undefined && events.hasEvent(event);
  });
  return correctionsOf(corrections, [...own, ...others]);
}

function planImport(file: ImportedFile, planner: Planner): Slot {
  return planner.ask(
    {
      kind: 'blob.import',
      v: 1,
      params: { name: file.name, sha256: file.sha256, bytes: file.bytes, mediaType: 'chemical/x-extxyz' },
      inputs: {},
    },
    `import ${file.name}`,
  );
}

function planLabels(spec: CampaignSpec, name: string, importSlot: Slot, planner: Planner): Slot {
  const imported = eventIn(importSlot);
  if (imported === undefined) return importSlot;
  const file = spec.labels[name]!;
  return planner.ask(
    {
      kind: 'label.import',
      v: 1,
      params: { name: file.name, format: 'extxyz', elements: spec.elements, method: file.method },
      inputs: { file: outputOf(imported, 'content') },
    },
    `labels ${name}`,
  );
}

/** @param file the event of the file that the structure comes from, where it comes from one */
function planStructures(spec: CampaignSpec, name: string, file: StoredEvent | undefined, planner: Planner): Slot[] {
  const { realisations } = spec.structures[name]!;
  return Array.from({ length: realisations }, (_, k) =>
    planner.ask(structureTask(spec, name, k, file), `${name}, realisation ${k + 1}`),
  );
}

/** Slots by name, as many as there are members or realisations. */
interface Places {
  readonly [name: string]: readonly Slot[];
}

/** Each realisation of a structure under each fit, as far as runs start from it: planned once. */
type Prepare = PlannedParts['prepare'];

/** The scheme whose training set a potential is fitted to, if it is one's. */
function schemeBehind(spec: CampaignSpec, potential: string): string | undefined {
  const { schemes = {} } = spec;
  const named = spec.potentials[potential]?.trainingSet;
  if (named !== undefined) return Object.hasOwn(schemes, named) ? named : undefined;
  return Object.entries(schemes).find(([name, { levels }]) =>
    levels.some((level) => [schemePotential(name, level), refitPotential(name, level)].includes(potential)),
  )?.[0];
}

function planProfiles(
  spec: CampaignSpec,
  structures: Places,
  potentials: Places,
  prepare: Prepare,
  planner: Planner,
): StateProfile[] {
  const byRow = new Map<string, TemperaturePoint[]>();
  for (const run of spec.dynamics.runs) {
    const realisations = structures[run.structure]!;
    const fits = potentials[run.potential]!;
    const { structure, potential } = run;
    const row = rowOf(run);
    for (const temperatureK of run.temperaturesK) {
      const members = Array.from({ length: run.members }, (_, member) =>
        planMember(
          spec,
          { run, temperatureK, member },
          prepare(
            { structure, realisation: member % realisations.length, potential, fit: member % fits.length },
            fits[member % fits.length],
          ),
          fits[member % fits.length],
          planner,
        ),
      );
      const point = planReplicas(spec, { row, structure, potential, temperatureK, members }, planner);
      byRow.set(row, [...(byRow.get(row) ?? []), point]);
    }
  }
  return [...byRow].map(([row, points]) => planArrhenius(spec, row, points, planner));
}

/**
 * Tasks that the campaign has, as far as is known now: what follows a run that stopped early is not among them, nor
 * what was withdrawn and what would follow from that; and of a fit that is not finished, which may converge at any
 * time, one more segment is.
 */
function countTasks(
  slots: readonly Slot[],
  fits: readonly FitChain[],
  preparations: readonly Preparation[],
  profiles: readonly StateProfile[],
): number {
  const sum = <T>(items: readonly T[], count: (item: T) => number): number =>
    items.reduce((total, item) => total + count(item), 0);
  const ofPoint = (point: TemperaturePoint): number =>
    sum(point.members, ({ stopped, withdrawn, segments, plannedSegments }) =>
      stopped === undefined && withdrawn === undefined ? plannedSegments + 1 : segments.length,
    ) + (pointVerdict(point) === 'stopped' || pointWithdrawals(point).length > 0 ? 0 : 1);
  const lineComes = ({ withheld, withdrawn }: StateProfile): boolean =>
    withheld === undefined && withdrawn.length === 0;
  return (
    slots.filter((slot) => withdrawalIn(slot) === undefined).length +
    sum(fits, ({ segments, potential }) => segments.length + (potential === undefined ? 1 : 0)) +
    sum(preparations, ({ stopped, withdrawn, events, planned }) =>
      stopped === undefined && withdrawn === undefined ? planned : events.length,
    ) +
    sum(profiles, (profile) => sum(profile.points, ofPoint) + (lineComes(profile) ? 1 : 0))
  );
}

const mapNamed = <T, U>(
  record: { readonly [name: string]: T },
  map: (item: T, name: string) => U,
): { [name: string]: U } => Object.fromEntries(Object.entries(record).map(([name, item]) => [name, map(item, name)]));
