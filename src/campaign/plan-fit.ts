/** One fit's chain of events: segments until one of them has the potential. */

import type { StoredEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
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

interface FitChainRequest extends ChainRequest {
  readonly common: {
    readonly params: FitRequest['params'];
    /** SHA-256 of the manifests. */
    readonly training: string;
    readonly validation?: string;
  };
  /** eventId of the potential from which it goes on. */
  readonly own:
    | { readonly purpose: string; readonly seed: string }
    | { readonly purpose: string; readonly from: string };
}

/** The segments of a fit, the last of which has the potential. */
const fitChain: ChainKind<FitChainRequest> = {
  name: 'fit',
  next({ common: { params, training, validation }, own }, { last: previous }) {
    if (previous?.core.outputs.potential !== undefined) return undefined;
    return {
      kind: 'potential.fit',
      v: 4,
      params: { ...params, start: startParams(own, previous) },
      inputs: {
        training: { manifest: training },
        ...(validation === undefined ? {} : { validation: { manifest: validation } }),
        ...(previous !== undefined
          ? { state: outputOf(previous, 'state') }
          : 'from' in own
            ? { start: { event: own.from, output: 'potential' } }
            : {}),
      },
    };
  },
  purpose({ common: { params }, own: { purpose } }, index) {
    const { segmentIterations, preIterations, maxIterations, refineIterations = 0 } = params;
    const isOneEvent = preIterations + maxIterations + refineIterations <= segmentIterations;
    return `${purpose}${isOneEvent ? '' : `, segment ${index + 1}`}`;
  },
};

export function planFitChain(
  { purpose, params, start }: FitRequest,
  set: TrainingSet | Withdrawal | undefined,
  planner: Planner,
): FitChain {
  if (set === undefined || 'because' in set) return { segments: [], potential: set };
  const manifests = [set.training, ...(set.validation === undefined ? [] : [set.validation])];
  const { events, end, withdrawn } = planner.follow(
    fitChain,
    {
      common: {
        params,
        training: hashOf(set.training),
        ...(set.validation === undefined ? {} : { validation: hashOf(set.validation) }),
      },
      own: 'seed' in start ? { purpose, seed: start.seed } : { purpose, from: start.potential.eventId },
    },
    manifests,
  );
  return { segments: events, potential: end?.whole() ?? withdrawn };
}

const hashes = new WeakMap<Uint8Array, string>();

/** A manifest is named by all fits to it. */
function hashOf(manifest: Uint8Array): string {
  const known = hashes.get(manifest);
  if (known !== undefined) return known;
  const hash = sha256Hex(manifest);
  hashes.set(manifest, hash);
  return hash;
}

function startParams(own: FitChainRequest['own'], previous: StoredEvent | undefined): JsonObject {
  if (previous !== undefined) return { from: 'state' };
  return 'seed' in own ? { from: 'seed', seed: own.seed } : { from: 'potential' };
}
