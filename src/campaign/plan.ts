/**
 * plan(spec, log) → what can be done next. Pure: the tasks it ever returns depend on the spec, on results and on
 * corrections alone, not on the order in which results arrived. The campaign has no other state than the log.
 */
import { type Correction, correctionsOf } from '../../store/corrections.ts';
import type { StoredEvent } from '../../store/event.ts';
import {
  type CampaignResults,
  distinctWithdrawals,
  pointVerdict,
  pointWithdrawals,
  type StateProfile,
  type TemperaturePoint,
  type Withdrawal,
} from '../projections/campaign-results.ts';
import { deriveTrainingSet } from '../projections/training-set.ts';
import { CampaignEvents, CampaignPurposes } from './campaign-events.ts';
import { ChainMemory } from './chain-memory.ts';
import { planArrhenius, planReplicas } from './plan-analysis.ts';
import { planMember, runSettings } from './plan-dynamics.ts';
import { type FitChain, planFits } from './plan-fit.ts';
import { type Preparation, planPreparation, preparationSettings } from './plan-preparation.ts';
import { PLAN_VERSION } from './plan-version.ts';
import { eventIn, type Lookup, outputOf, type PlannedTask, Planner, type Slot, withdrawalIn } from './planner.ts';
import type { CampaignSpec, ImportedFile } from './spec.ts';
import { structureImport, structureTask } from './structure-task.ts';

export interface CampaignPlan extends CampaignResults {
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
  readonly structures: { readonly [name: string]: readonly (StoredEvent | undefined)[] };
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
    const slots = set.labels.map((name) => labels[name]);
    const withdrawn = slots.map(withdrawalIn).find((found) => found !== undefined);
    if (withdrawn !== undefined) return withdrawn;
    const events = slots.map(eventIn);
    return events.every((event) => event !== undefined) ? deriveTrainingSet(events, set.validationEvery) : undefined;
  });
  const fits = mapNamed(spec.potentials, (potential, name) =>
    planFits(spec, name, trainingSets[potential.trainingSet], planner),
  );
  const potentials = mapNamed(fits, (chains) => chains.map(({ potential }) => potential));
  const preparations = new Map<string, Preparation>();
  const profiles = planProfiles(spec, structures, potentials, preparations, planner);
  const events = new CampaignEvents(planner.events, planner.chains, lookup, memory);
  return {
    ready: planner.ready,
    events,
    purposes: new CampaignPurposes(planner.purposes, planner.chains, lookup),
    failures: planner.failures,
    withdrawn: [...planner.withdrawn.values()],
    replaced: planner.replaced,
    corrections: concerning(events, planner, lookup),
    expectedTasks: countTasks(
      [imports, labels, structures, Object.fromEntries(structureFiles)].flatMap((places) =>
        Object.values(places).flat(),
      ),
      Object.values(fits).flat(),
      [...preparations.values()],
      profiles,
    ),
    labels: Object.fromEntries(
      Object.entries(labels).flatMap(([name, slot]) => {
        const event = eventIn(slot);
        return event === undefined ? [] : [[name, event]];
      }),
    ),
    potentials: mapNamed(potentials, (slots) => slots.map(eventIn)),
    withdrawnFits: mapNamed(potentials, (slots) => distinctWithdrawals(slots.map(withdrawalIn))),
    structures: mapNamed(structures, (slots) => slots.map(eventIn)),
    profiles,
  };
}

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

/** @param preparations filled in: each realisation of a structure under each fit, as far as runs start from it */
function planProfiles(
  spec: CampaignSpec,
  structures: Places,
  potentials: Places,
  preparations: Map<string, Preparation>,
  planner: Planner,
): StateProfile[] {
  const byStructure = new Map<string, TemperaturePoint[]>();
  const preparing = mapNamed(spec.structures, (_, name) => preparationSettings(spec, name));
  for (const run of spec.dynamics.runs) {
    const settings = runSettings(spec, run);
    const realisations = structures[run.structure]!;
    const fits = potentials[run.potential]!;
    const prepare = (realisation: number, fit: number): Preparation => {
      const { structure, potential } = run;
      const key = `${structure}/${realisation}/${potential}/${fit}`;
      const request = { structure, realisation, potential, fit };
      const found =
        preparations.get(key) ??
        planPreparation(preparing[structure]!, request, realisations[realisation], fits[fit], planner);
      preparations.set(key, found);
      return found;
    };
    for (const temperatureK of run.temperaturesK) {
      const members = Array.from({ length: run.members }, (_, member) =>
        planMember(
          settings,
          { temperatureK, member },
          prepare(member % realisations.length, member % fits.length),
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
    sum(preparations, ({ stopped, withdrawn, done, planned }) =>
      stopped === undefined && withdrawn === undefined ? planned : done,
    ) +
    sum(profiles, (profile) => sum(profile.points, ofPoint) + (lineComes(profile) ? 1 : 0))
  );
}

const mapNamed = <T, U>(
  record: { readonly [name: string]: T },
  map: (item: T, name: string) => U,
): { [name: string]: U } => Object.fromEntries(Object.entries(record).map(([name, item]) => [name, map(item, name)]));
