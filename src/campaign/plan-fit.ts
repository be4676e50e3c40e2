/** One fit's chain of events: segments until one of them has the potential. */

import type { StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { REFINEMENT_COST } from '../potential/fit-state.ts';
import type { Withdrawal } from '../projections/campaign-results.ts';
import type { TrainingSet } from '../projections/training-set.ts';
import { eventIn, outputOf, type Planner, type Slot } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';

export interface FitChain {
  readonly segments: readonly StoredEvent[];
  /** The segment that ended the fit, which has the potential; or what the fit lacks for good. */
  readonly potential: Slot;
}

export function planFit(
  spec: CampaignSpec,
  name: string,
  member: number,
  set: TrainingSet | Withdrawal | undefined,
  planner: Planner,
): FitChain {
  const segments: StoredEvent[] = [];
  if (set === undefined || 'because' in set) return { segments, potential: set };
  const manifests = [set.training, ...(set.validation === undefined ? [] : [set.validation])];
  const { segmentIterations, preIterations, maxIterations, refineIterations = 0 } = spec.potentials[name]!;
  const isOneEvent = preIterations + maxIterations + REFINEMENT_COST * refineIterations <= segmentIterations;
  for (;;) {
    const purpose = `${name}, fit ${member + 1}${isOneEvent ? '' : `, segment ${segments.length + 1}`}`;
    const slot = planner.ask(segmentTask(spec, name, member, set, segments.at(-1)), purpose, manifests);
    const event = eventIn(slot);
    if (event === undefined) return { segments, potential: slot };
    segments.push(event);
    if (event.core.outputs.potential !== undefined) return { segments, potential: event };
  }
}

function segmentTask(
  spec: CampaignSpec,
  name: string,
  member: number,
  set: TrainingSet,
  previous: StoredEvent | undefined,
): Task {
  const { trainingSet, members: _members, refineIterations, ...settings } = spec.potentials[name]!;
  const start: JsonObject =
    previous === undefined
      ? { from: 'seed', seed: deriveSeed(spec.seed, ['potential', name, member]) }
      : { from: 'state' };
  return {
    kind: 'potential.fit',
    v: 3,
    params: {
      ...settings,
      ...(refineIterations === undefined ? {} : { refineIterations }),
      elements: spec.elements,
      allowMixedMethods: spec.trainingSets[trainingSet]!.allowMixedMethods,
      start,
    },
    inputs: {
      training: { manifest: sha256Hex(set.training) },
      ...(set.validation === undefined ? {} : { validation: { manifest: sha256Hex(set.validation) } }),
      ...(previous === undefined ? {} : { state: outputOf(previous, 'state') }),
    },
  };
}
