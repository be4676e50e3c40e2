/** One fit's chain of events: segments until one of them has the potential. */
import type { StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { TrainingSet } from '../projections/training-set.ts';
import { outputOf, type Planner } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';

export interface FitChain {
  readonly segments: readonly StoredEvent[];
  /** The segment that ended the fit, whose output the potential is; undefined while it is not done. */
  readonly finished: StoredEvent | undefined;
}

export function planFit(
  spec: CampaignSpec,
  name: string,
  member: number,
  set: TrainingSet | undefined,
  planner: Planner,
): FitChain {
  const segments: StoredEvent[] = [];
  if (set === undefined) return { segments, finished: undefined };
  const manifests = [set.training, ...(set.validation === undefined ? [] : [set.validation])];
  const { segmentIterations, preIterations, maxIterations } = spec.potentials[name]!;
  const isOneEvent = preIterations + maxIterations <= segmentIterations;
  for (;;) {
    const purpose = `${name}, fit ${member + 1}${isOneEvent ? '' : `, segment ${segments.length + 1}`}`;
    const event = planner.ask(segmentTask(spec, name, member, set, segments.at(-1)), purpose, manifests);
    if (event === undefined) return { segments, finished: undefined };
    segments.push(event);
    if (event.core.outputs.potential !== undefined) return { segments, finished: event };
  }
}

function segmentTask(
  spec: CampaignSpec,
  name: string,
  member: number,
  set: TrainingSet,
  previous: StoredEvent | undefined,
): Task {
  const { trainingSet, members: _members, ...settings } = spec.potentials[name]!;
  const start: JsonObject =
    previous === undefined
      ? { from: 'seed', seed: deriveSeed(spec.seed, ['potential', name, member]) }
      : { from: 'state' };
  return {
    kind: 'potential.fit',
    v: 2,
    params: {
      ...settings,
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
