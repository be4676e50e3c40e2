/** The event that opens a campaign, and the campaigns of a store. */
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent, Task } from '../../store/event.ts';
import { taskIdOf } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';
import {
  JSON_MEDIA_TYPE,
  type JsonObject,
  type JsonValue,
  readJsonDocument,
  writeJsonDocument,
} from '../formats/json-document.ts';
import { InputError, type InputErrorDetails } from '../numerics/input-error.ts';
import { PLAN_VERSION } from './plan-version.ts';
import { type CampaignSpec, recordedSpecSchema } from './spec.ts';

export const CAMPAIGN_OPEN = 'campaign.open';

/**
 * Records the normalised spec, once: the same spec again, whatever its comments and key order, is the same campaign; run
 * by a version of varve that asks for other tasks, it is another. The event's `v` is the version of the plan.
 */
export function openCampaign(store: Store, spec: CampaignSpec, attestation: JsonObject): StoredEvent {
  const bytes = writeJsonDocument(spec as unknown as JsonValue);
  const { hash } = store.blobs.put(bytes);
  const task: Task = { kind: CAMPAIGN_OPEN, v: PLAN_VERSION, params: { name: spec.name, spec: hash }, inputs: {} };
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
  /** Version of the plan at which the campaign was opened. */
  readonly planVersion: number;
}

/** Campaigns in the order in which they were opened. */
export const listCampaigns = (store: Store): readonly Campaign[] =>
  Array.from(store.log.byKind(CAMPAIGN_OPEN), ({ core, eventId, seq, obs }) => ({
    name: String(core.task.params.name),
    eventId,
    seq,
    openedAt: obs === null ? undefined : String(obs.startedAt),
    specHash: core.outputs.spec!.hash,
    planVersion: core.task.v,
  }));

/**
 * @throws InputError `newer-campaign` where a newer version of varve opened it, or its spec has fields unknown here;
 *   `bad-spec` where the blob is not a spec that varve wrote
 */
export function readCampaignSpec(store: Store, campaign: Campaign): CampaignSpec {
  const where = `campaign ${campaign.name}`;
  if (campaign.planVersion > PLAN_VERSION) {
    throw newerCampaign({
      where,
      expected: `version ${PLAN_VERSION} of the plan or an earlier one`,
      found: `version ${campaign.planVersion}`,
    });
  }
  const checked = recordedSpecSchema.safeParse(readJsonDocument(store.blobs.get(campaign.specHash), where));
  if (checked.success) return checked.data;
  const { issues } = checked.error;
  const list = issues.map(({ path, message }) => escapeControl(`${path.join('.') || 'the spec'}: ${message}`));
  if (issues.every(({ code }) => code === 'unrecognized_keys')) throw newerCampaign({ where, list });
  throw new InputError('bad-spec', 'the store holds a campaign whose spec is none', {
    where: `event ${campaign.seq} (${campaign.eventId.slice(0, 12)}) output spec`,
    remedy: 'no varve wrote this; do not trust the store',
    list,
  });
}

const newerCampaign = (details: InputErrorDetails): InputError =>
  new InputError('newer-campaign', 'the campaign was opened by a version of varve that this one does not know', {
    ...details,
    remedy: 'look at it with the version that opened it, or a newer one',
  });

/** A campaign is called by its name, or by at least six first digits of its event id. */
export const isCalled = ({ name, eventId }: Campaign, text: string): boolean =>
  name === text || (text.length >= 6 && eventId.startsWith(text));

/**
 * The campaign of that name, the newest where several specs share it; the newest of all where no name is given. An
 * event id, or its first digits, names one exactly.
 * @throws InputError `no-campaign`
 */
export function findCampaign(store: Store, name?: string): Campaign {
  const campaigns = listCampaigns(store);
  const found = campaigns.filter((campaign) => name === undefined || isCalled(campaign, name)).at(-1);
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
