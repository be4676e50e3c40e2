/** One fit's chain of events: segments until one of them has the potential. */

import type { StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
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

export interface FitRequest {
  /** In the campaign's own words. */
  readonly purpose: string;
  /** What `potential.fit` takes as parameters, but for where it starts. */
  readonly params: JsonObject & {
    readonly segmentIterations: number;
    readonly preIterations: number;
    readonly maxIterations: number;
    readonly refineIterations?: number;
  };
  /** A random start, or the potential from which it goes on. */
  readonly start: { readonly seed: string } | { readonly potential: StoredEvent };
}

/** Of a potential that the spec names. */
export function planFit(
  spec: CampaignSpec,
  name: string,
  member: number,
  set: TrainingSet | Withdrawal | undefined,
  planner: Planner,
): FitChain {
  const { trainingSet, members: _members, seed = spec.seed, ...settings } = spec.potentials[name]!;
  return planFitChain(
    {
      purpose: `${name}, fit ${member + 1}`,
      params: fitParams(spec, settings, spec.trainingSets[trainingSet]?.allowMixedMethods ?? false),
      start: { seed: deriveSeed(seed, ['potential', name, member]) },
    },
    set,
    planner,
  );
}

/** As the kind takes them: what was left out is left out. */
export const fitParams = (
  { elements }: Pick<CampaignSpec, 'elements'>,
  { refineIterations, ...settings }: Omit<CampaignSpec['potentials'][string], 'trainingSet' | 'members' | 'seed'>,
  allowMixedMethods: boolean,
): FitRequest['params'] => ({
  ...settings,
  ...(refineIterations === undefined ? {} : { refineIterations }),
  elements,
  allowMixedMethods,
});

export function planFitChain(
  { purpose, params, start }: FitRequest,
  set: TrainingSet | Withdrawal | undefined,
  planner: Planner,
): FitChain {
  const segments: StoredEvent[] = [];
  if (set === undefined || 'because' in set) return { segments, potential: set };
  const manifests = [set.training, ...(set.validation === undefined ? [] : [set.validation])];
  const { segmentIterations, preIterations, maxIterations, refineIterations = 0 } = params;
  const isOneEvent = preIterations + maxIterations + refineIterations <= segmentIterations;
  const segmentTask = (previous: StoredEvent | undefined): Task => ({
    kind: 'potential.fit',
    v: 4,
    params: { ...params, start: startParams(start, previous) },
    inputs: {
      training: { manifest: sha256Hex(set.training) },
      ...(set.validation === undefined ? {} : { validation: { manifest: sha256Hex(set.validation) } }),
      ...(previous !== undefined
        ? { state: outputOf(previous, 'state') }
        : 'potential' in start
          ? { start: outputOf(start.potential, 'potential') }
          : {}),
    },
  });
  for (;;) {
    const named = `${purpose}${isOneEvent ? '' : `, segment ${segments.length + 1}`}`;
    const slot = planner.ask(segmentTask(segments.at(-1)), named, manifests);
    const event = eventIn(slot);
    if (event === undefined) return { segments, potential: slot };
    segments.push(event);
    if (event.core.outputs.potential !== undefined) return { segments, potential: event };
  }
}

function startParams(start: FitRequest['start'], previous: StoredEvent | undefined): JsonObject {
  if (previous !== undefined) return { from: 'state' };
  return 'seed' in start ? { from: 'seed', seed: start.seed } : { from: 'potential' };
}
