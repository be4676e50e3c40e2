/** All that a spec says of active learning, planned: each scheme's runs, its validation set, and the errors on that. */
import type { StoredEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import { writeManifest } from '../formats/manifest.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import type { SchemeRun, Validation, ValidationSet } from '../projections/scheme-record.ts';
import type { TrainingSet } from '../projections/training-set.ts';
import { planLearningRun } from './plan-learning-run.ts';
import { planSchemeRun, referenceLabels, type SchemeNeeds, schemeResults } from './plan-scheme.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';

export interface LearningPlan {
  readonly schemes: { readonly [name: string]: readonly SchemeRun[] };
  readonly validations: { readonly [name: string]: ValidationSet };
  /** Potentials by name, one of each of the scheme's runs. */
  readonly potentials: { readonly [name: string]: readonly Slot[] };
  /** By scheme: the final training set of its first run. */
  readonly trainingSets: { readonly [scheme: string]: TrainingSet | Withdrawal | undefined };
  /** How many tasks there are at least. */
  readonly expectedTasks: number;
}

interface Places {
  readonly structures: { readonly [name: string]: readonly Slot[] };
  /** Those that the spec names. */
  readonly potentials: { readonly [name: string]: readonly Slot[] };
}

export function planLearning(spec: CampaignSpec, places: Places, planner: Planner): LearningPlan {
  const before = planner.asked;
  const schemes: { [name: string]: SchemeRun[] } = {};
  const validations: { [name: string]: ValidationSet } = {};
  const potentials: { [name: string]: readonly Slot[] } = {};
  const trainingSets: { [scheme: string]: TrainingSet | Withdrawal | undefined } = {};
  for (const [name, scheme] of Object.entries(spec.schemes ?? {})) {
    const engine = places.potentials[spec.labelEngines![scheme.engine]!.potential]![0];
    const needs: SchemeNeeds = { structures: places.structures, engine };
    const runs = Array.from({ length: scheme.runs }, (_, run) => planSchemeRun(spec, name, run, needs, planner));
    const results = schemeResults(name, runs);
    schemes[name] = runs;
    Object.assign(potentials, results.potentials);
    trainingSets[name] =
      results.training instanceof Uint8Array ? { training: results.training, validation: undefined } : results.training;
    const validation = planValidation(spec, name, needs, Object.values(results.potentials).at(-1)![0], planner);
    if (validation !== undefined) validations[name] = validation;
  }
  return { schemes, validations, potentials, trainingSets, expectedTasks: planner.asked - before };
}

/** A5: frames of a run under the highest level's potential, labelled. */
function planValidation(
  spec: CampaignSpec,
  name: string,
  { structures, engine: engineSlot }: SchemeNeeds,
  fitSlot: Slot,
  planner: Planner,
): ValidationSet | undefined {
  const { validation, runs } = spec.schemes![name]!;
  if (validation === undefined) return undefined;
  const empty = { run: [], sample: undefined, labels: [], set: undefined, stopped: undefined };
  const [structureSlot] = structures[validation.structure]!;
  const lacking = [structureSlot, fitSlot, engineSlot].map(withdrawalIn).find((found) => found !== undefined);
  const open = (over: Partial<ValidationSet> = {}): ValidationSet => ({
    ...empty,
    withdrawn: lacking,
    ...over,
  });
  const [structure, fit, engine] = [structureSlot, fitSlot, engineSlot].map(eventIn);
  if (structure === undefined || fit === undefined || engine === undefined) return open();
  const said = (what: string): string => `${name}${runs === 1 ? '' : ' 1'}, validation, ${what}`;
  const {
    segments,
    ended,
    open: waiting,
  } = planLearningRun(
    spec,
    {
      purpose: said(validation.structure),
      structure,
      fit,
      seed: deriveSeed(spec.seed, ['scheme', name, 'validation']),
      timePs: validation.equilibrationPs + validation.timePs,
      sampleEveryFs: validation.labelEveryFs,
      params: { ensemble: 'nvt', temperatureK: validation.temperatureK, dampingFs: validation.dampingFs },
    },
    planner,
  );
  if (ended === undefined) return open({ run: segments, withdrawn: withdrawalIn(waiting) });
  if (ended.core.outcome.status === 'stopped') return open({ run: segments, stopped: ended });
  const sample = planner.ask(
    {
      kind: 'configurations.sample',
      v: 1,
      params: {
        everyFrames: 1,
        skipFrames: Math.round((validation.equilibrationPs * 1000) / validation.labelEveryFs),
      },
      inputs: {
        structure: outputOf(structure, 'structure'),
        trajectory: segments.map((event) => outputOf(event, 'trajectory')),
      },
    },
    said('configurations'),
  );
  const sampled = eventIn(sample);
  if (sampled === undefined) return open({ run: segments, withdrawn: withdrawalIn(sample) });
  const slots = referenceLabels(spec, engine, sampled, said, planner);
  const labels = slots.flatMap((slot) => eventIn(slot) ?? []);
  const withdrawn = slots.map(withdrawalIn).find((found) => found !== undefined);
  const isWhole = labels.length === slots.length && labels.length > 0;
  return {
    run: segments,
    sample: sampled,
    labels,
    set: isWhole
      ? writeManifest(labels.map(({ eventId }) => ({ event: eventId, output: 'labels', index: 0 })))
      : undefined,
    stopped: undefined,
    withdrawn,
  };
}

/** Errors on a scheme's validation set. @param potentials its own, and others that were fitted to its training set */
export function planErrors(
  spec: CampaignSpec,
  name: string,
  { set, withdrawn }: ValidationSet,
  potentials: { readonly [name: string]: readonly Slot[] },
  planner: Planner,
): Validation['errors'] {
  return Object.fromEntries(
    Object.entries(potentials).map(([potential, slots]) => [
      potential,
      slots.map((slot, member): StoredEvent | Withdrawal | undefined => {
        const fit = eventIn(slot);
        if (fit === undefined || set === undefined) return withdrawalIn(slot) ?? withdrawn;
        return planner.ask(
          {
            kind: 'potential.errors',
            v: 1,
            params: { elements: spec.elements },
            inputs: { potential: outputOf(fit, 'potential'), configurations: { manifest: sha256Hex(set) } },
          },
          `${potential}, fit ${member + 1}, errors on the validation set of ${name}`,
          [set],
        );
      }),
    ]),
  );
}
