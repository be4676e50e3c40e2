/** One fit's chain of events: segments until one of them has the potential. */

import type { StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { REFINEMENT_COST } from '../potential/fit-state.ts';
import type { EventSequence, Withdrawal } from '../projections/campaign-results.ts';
import type { TrainingSet } from '../projections/training-set.ts';
import type { ChainKind, ChainRequest } from './chain.ts';
import { outputOf, type Planner, type Slot } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';

export interface FitChain {
  readonly segments: EventSequence;
  /** The segment that ended the fit, which has the potential; or what the fit lacks for good. */
  readonly potential: Slot;
}

/** What the members of one potential have in common. */
export interface FitSettings {
  readonly seed: number;
  readonly name: string;
  readonly settings: Omit<CampaignSpec['potentials'][string], 'trainingSet' | 'members'>;
  readonly elements: readonly string[];
  readonly allowMixedMethods: boolean;
  /** SHA-256 of the manifests. */
  readonly training: string;
  readonly validation?: string;
}

interface FitRequest extends ChainRequest {
  readonly common: FitSettings;
  readonly own: { readonly member: number };
}

/** One object for all members, as what they have in common is hashed by identity. */
export function fitSettings(spec: CampaignSpec, name: string, set: TrainingSet): FitSettings {
  const { trainingSet, members: _members, refineIterations, ...settings } = spec.potentials[name]!;
  return {
    seed: spec.seed,
    name,
    settings: { ...settings, ...(refineIterations === undefined ? {} : { refineIterations }) },
    elements: spec.elements,
    allowMixedMethods: spec.trainingSets[trainingSet]!.allowMixedMethods,
    training: sha256Hex(set.training),
    ...(set.validation === undefined ? {} : { validation: sha256Hex(set.validation) }),
  };
}

/** The segments of a fit, the last of which has the potential. */
const fitChain: ChainKind<FitRequest> = {
  name: 'fit',
  next({ common, own }, done) {
    const previous = done.last;
    if (previous?.core.outputs.potential !== undefined) return undefined;
    return segmentTask(common, own.member, previous);
  },
  purpose({ common: { name, settings }, own }, index) {
    const { segmentIterations, preIterations, maxIterations, refineIterations = 0 } = settings;
    const isOneEvent = preIterations + maxIterations + REFINEMENT_COST * refineIterations <= segmentIterations;
    return `${name}, fit ${own.member + 1}${isOneEvent ? '' : `, segment ${index + 1}`}`;
  },
};

/** A fit of each member of a potential. */
export function planFits(
  spec: CampaignSpec,
  name: string,
  set: TrainingSet | Withdrawal | undefined,
  planner: Planner,
): FitChain[] {
  const { members } = spec.potentials[name]!;
  const each = (plan: (member: number) => FitChain): FitChain[] =>
    Array.from({ length: members }, (_, member) => plan(member));
  if (set === undefined || 'because' in set) return each(() => ({ segments: [], potential: set }));
  const manifests = [set.training, ...(set.validation === undefined ? [] : [set.validation])];
  const common = fitSettings(spec, name, set);
  return each((member) => {
    const { events, end, withdrawn } = planner.follow(fitChain, { common, own: { member } }, manifests);
    return { segments: events, potential: end?.whole() ?? withdrawn };
  });
}

function segmentTask(
  { seed, name, settings, elements, allowMixedMethods, training, validation }: FitSettings,
  member: number,
  previous: StoredEvent | undefined,
): Task {
  const start: JsonObject =
    previous === undefined ? { from: 'seed', seed: deriveSeed(seed, ['potential', name, member]) } : { from: 'state' };
  return {
    kind: 'potential.fit',
    v: 3,
    params: { ...(settings as JsonObject), elements: [...elements], allowMixedMethods, start },
    inputs: {
      training: { manifest: training },
      ...(validation === undefined ? {} : { validation: { manifest: validation } }),
      ...(previous === undefined ? {} : { state: outputOf(previous, 'state') }),
    },
  };
}
