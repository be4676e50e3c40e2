/**
 * What the two words of `varve diff` stand for (grammar in docs/cli.md): a store, or a campaign, cell or event of one.
 */
import { existsSync } from 'node:fs';
import type { StoredEvent } from '../../../store/event.ts';
import { logPath } from '../../../store/log-database.ts';
import type { Store } from '../../../store/store.ts';
import { type CampaignView, findCell, viewCampaign } from '../../campaign/campaign-view.ts';
import { findCampaign, isCalled, listCampaigns } from '../../campaign/open-campaign.ts';
import { InputError } from '../../numerics/input-error.ts';
import type { Cell } from '../../projections/table.ts';
import { findEvent } from '../find-event.ts';

export interface SideName {
  /** Folder of the store. */
  readonly dir: string;
  /** What is meant in it; the whole store where undefined. */
  readonly subject: string | undefined;
}

const pathLike = /^(\/|\.{1,2}(\/|$))/;
const cellLike = /^([^/:]+:)?[^/:]+\/[^/]+\/[^/]+$/;

/**
 * `SUBJECT@DIR`, the folder of a store, or a subject of the store in `defaultDir`.
 * @throws InputError `bad-side`
 */
export function parseSide(word: string, defaultDir: string): SideName {
  const at = word.indexOf('@');
  if (at !== -1) return { subject: word.slice(0, at) || undefined, dir: word.slice(at + 1) || defaultDir };
  if (pathLike.test(word) || existsSync(logPath(word))) return { subject: undefined, dir: word };
  if (!word.includes('/') || cellLike.test(word)) return { subject: word, dir: defaultDir };
  throw new InputError('bad-side', `${word} is neither the folder of a store nor a cell`, {
    expected: 'TABLE/ROW/COLUMN, a campaign, an event, or the folder of a store; SUBJECT@DIR for one in another store',
  });
}

export type Subject =
  | { readonly type: 'store'; readonly store: Store }
  | { readonly type: 'campaign'; readonly store: Store; readonly view: CampaignView }
  | { readonly type: 'cell'; readonly store: Store; readonly view: CampaignView; readonly cell: Cell }
  | {
      readonly type: 'event';
      readonly store: Store;
      readonly event: StoredEvent;
      /** The newest campaign that the event belongs to, if any. */
      readonly view: CampaignView | undefined;
    };

/** @throws InputError where the store holds nothing of that name */
export function findSubject(store: Store, name: string | undefined): Subject {
  if (name === undefined) return { type: 'store', store };
  if (name.includes('/')) return { type: 'cell', store, ...findCell(store, name) };
  const campaigns = listCampaigns(store);
  if (campaigns.some((campaign) => isCalled(campaign, name))) {
    return { type: 'campaign', store, view: viewCampaign(store, findCampaign(store, name)) };
  }
  if (!/^([0-9a-f]{4,64}|\d{1,9})$/.test(name)) {
    throw new InputError('no-subject', `the store has nothing called ${name}`, {
      where: store.dir,
      expected: 'a campaign, an event (its number, or at least 4 digits of its id), or a cell TABLE/ROW/COLUMN',
      ...(campaigns.length === 0 ? {} : { list: campaigns.map((campaign) => `campaign ${campaign.name}`) }),
    });
  }
  const event = findEvent(store, name);
  return { type: 'event', store, event, view: campaignOf(store, event) };
}

export function campaignOf(store: Store, event: StoredEvent): CampaignView | undefined {
  for (const campaign of [...listCampaigns(store)].reverse()) {
    const view = viewCampaign(store, campaign);
    if (view.plan.events.has(event.taskId)) return view;
  }
  return undefined;
}
