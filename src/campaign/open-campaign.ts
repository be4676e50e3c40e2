/** The event that opens a campaign, and the campaigns of a store. */
import { ZodError } from 'zod';
import type { StoredEvent, Task } from '../../store/event.ts';
import { taskIdOf } from '../../store/hash.ts';
import { type Projection, ProjectionRunner } from '../../store/projection.ts';
import type { Store } from '../../store/store.ts';
import {
  JSON_MEDIA_TYPE,
  type JsonObject,
  type JsonValue,
  readJsonDocument,
  writeJsonDocument,
} from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { type CampaignSpec, demandNormalisedSpec } from './spec.ts';

export const CAMPAIGN_OPEN = 'campaign.open';

/** Records the normalised spec, once: the same spec again, whatever its comments and key order, is the same campaign. */
export function openCampaign(store: Store, spec: CampaignSpec, attestation: JsonObject): StoredEvent {
  const bytes = writeJsonDocument(spec as unknown as JsonValue);
  const { hash } = store.blobs.put(bytes);
  const task: Task = { kind: CAMPAIGN_OPEN, v: 1, params: { name: spec.name, spec: hash }, inputs: {} };
  const known = store.log.byTaskId(taskIdOf(task));
  if (known !== undefined) return known;
  const [appended] = store.log.append([
    {
      core: {
        task,
        class: 'observed',
        outcome: { status: 'done' },
        outputs: { spec: { hash, bytes: bytes.length, mediaType: JSON_MEDIA_TYPE } },
        results: {},
      },
      attestation,
      obs: { startedAt: new Date().toISOString() },
    },
  ]);
  return appended!.event;
}

export interface Campaign {
  readonly name: string;
  readonly eventId: string;
  readonly seq: number;
  readonly openedAt: string | undefined;
  readonly specHash: string;
}

const campaignsProjection: Projection<Campaign[]> = {
  name: 'campaigns',
  initial: [],
  apply(campaigns, { core, eventId, seq, obs }) {
    if (core.task.kind !== CAMPAIGN_OPEN) return;
    campaigns.push({
      name: String(core.task.params.name),
      eventId,
      seq,
      openedAt: obs === null ? undefined : String(obs.startedAt),
      specHash: core.outputs.spec!.hash,
    });
  },
};

/** Campaigns in the order in which they were opened. */
export const listCampaigns = (store: Store): readonly Campaign[] =>
  new ProjectionRunner(campaignsProjection, store.log).catchUp();

/** @throws InputError `bad-spec` where the blob is not a spec that varve wrote */
export function readCampaignSpec(store: Store, campaign: Campaign): CampaignSpec {
  const document = readJsonDocument(store.blobs.get(campaign.specHash), `spec of ${campaign.name}`);
  try {
    return demandNormalisedSpec(document);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const { path, message } = error.issues[0]!;
    throw new InputError('bad-spec', 'the store holds a campaign whose spec is none', {
      where: `event ${campaign.seq} (${campaign.eventId.slice(0, 12)}) output spec, ${path.join('.') || 'the spec'}`,
      found: message,
      remedy: 'no varve wrote this; do not trust the store',
    });
  }
}

/**
 * The campaign of that name, the newest where several specs share it; the newest of all where no name is given. An
 * event id, or its first digits, names one exactly.
 * @throws InputError `no-campaign`
 */
export function findCampaign(store: Store, name?: string): Campaign {
  const campaigns = listCampaigns(store);
  const matches = campaigns.filter(
    (campaign) =>
      name === undefined || campaign.name === name || (name.length >= 6 && campaign.eventId.startsWith(name)),
  );
  const found = matches.at(-1);
  if (found !== undefined) return found;
  throw new InputError(
    'no-campaign',
    name === undefined ? 'the store holds no campaign' : `no campaign is called ${name}`,
    {
      where: store.dir,
      ...(campaigns.length === 0
        ? {}
        : { expected: `one of ${[...new Set(campaigns.map((c) => c.name))].join(', ')}` }),
      remedy: campaigns.length === 0 ? 'run a spec first: varve run SPEC' : 'varve status lists them',
    },
  );
}
