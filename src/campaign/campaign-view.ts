/** A campaign as the log shows it now: its plan, its tables, its result hash. What the commands read. */
import type { StoredEvent } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { attest } from '../execution/attestation.ts';
import { InputError } from '../numerics/input-error.ts';
import { deriveArrheniusTable } from '../projections/arrhenius-table.ts';
import { findDependants } from '../projections/dependants.ts';
import { deriveDiffusionTable } from '../projections/diffusion-table.ts';
import { deriveFitTable } from '../projections/fit-table.ts';
import { type FoldedLineage, foldLineage } from '../projections/folded-lineage.ts';
import { deriveLearningTable } from '../projections/learning-table.ts';
import { type Lineage, lineageSource, traceLineage } from '../projections/lineage.ts';
import { readStandings } from '../projections/standing.ts';
import { type Cell, cellsOf, type Table } from '../projections/table.ts';
import { joinedPurposes, type Purposes } from './campaign-events.ts';
import { chainMemoryOf } from './chain-memory.ts';
import { type Campaign, findCampaign, listCampaigns, readCampaignSpec } from './open-campaign.ts';
import { type CampaignPlan, planCampaign } from './plan.ts';
import { correctedLog } from './planner.ts';
import type { CampaignSpec } from './spec.ts';

export interface CampaignView {
  readonly campaign: Campaign;
  readonly spec: CampaignSpec;
  readonly plan: CampaignPlan;
}

/** What tables and comparisons are made of: a campaign's spec and its plan. */
export type PlannedCampaign = Pick<CampaignView, 'spec' | 'plan'>;

/** The campaign as the version of varve that opened it would plan it: later versions' events are other campaigns'. */
export function viewCampaign(store: Store, campaign: Campaign, standings = readStandings(store)): CampaignView {
  const spec = readCampaignSpec(store, campaign);
  const memory = chainMemoryOf(store);
  const plan = planCampaign(spec, correctedLog(store, standings), campaign.planVersion, memory);
  memory.keep();
  return { campaign, spec, plan };
}

/** What each task is for, by taskId, in the words of the campaigns of the store. */
export const campaignPurposes = (store: Store, standings = readStandings(store)): Purposes =>
  joinedPurposes(listCampaigns(store).map((campaign) => viewCampaign(store, campaign, standings).plan.purposes));

/** Root over the sorted eventIds of the campaign's tasks, failed and stopped ones included, and of its corrections. */
export const campaignResultHash = ({ events, corrections }: CampaignPlan): string =>
  events.resultHash(corrections.map(({ event }) => event));

export type CampaignState = 'complete' | 'unfinished' | 'failed';

export const campaignState = ({ ready, failures }: CampaignPlan): CampaignState =>
  ready.length > 0 ? 'unfinished' : failures.length > 0 ? 'failed' : 'complete';

export function campaignTables({ spec, plan }: PlannedCampaign): Table[] {
  const learning = deriveLearningTable(plan.schemes);
  return [
    ...(learning === undefined ? [] : [learning]),
    deriveFitTable(plan),
    deriveDiffusionTable(plan.profiles, spec.published),
    deriveArrheniusTable(plan.profiles, spec.analysis.extrapolateToK, spec.published),
  ];
}

export const campaignCells = (campaign: PlannedCampaign): Cell[] => cellsOf(campaignTables(campaign));

/**
 * @param name `TABLE/ROW/COLUMN`, with `CAMPAIGN:` before it for another campaign than the newest
 * @throws InputError `no-cell` that lists what there is
 */
export function findCell(store: Store, name: string): { view: CampaignView; cell: Cell } {
  const [campaignName, cellPath] = name.includes(':') ? (name.split(':', 2) as [string, string]) : [undefined, name];
  const view = viewCampaign(store, findCampaign(store, campaignName));
  const cells = campaignCells(view);
  const cell = cells.find((candidate) => candidate.name === cellPath);
  if (cell !== undefined) return { view, cell };
  const table = cellPath.split('/')[0];
  const near = cells.filter((candidate) => candidate.name.startsWith(`${table}/`));
  throw new InputError('no-cell', `no cell is called ${cellPath}`, {
    where: `campaign ${view.campaign.name}`,
    expected: 'one of',
    list: (near.length > 0 ? near : cells).map((candidate) => candidate.name),
  });
}

export const traceEvents = (store: Store, eventIds: readonly string[]): Lineage =>
  traceLineage(eventIds, lineageSource(store));

/** As `traceEvents`, with the runs of the campaign folded, except those that corrections speak of. */
export function foldEvents(store: Store, { plan }: CampaignView, eventIds: readonly string[]): FoldedLineage {
  const { log } = store;
  const named = new Set(
    plan.corrections
      .flatMap(({ corrected, by }) => [corrected, ...(by === undefined ? [] : [by])])
      .flatMap((eventId) => log.byEventId(eventId)?.seq ?? []),
  );
  return foldLineage(eventIds, {
    ...lineageSource(store),
    bySeq: (seq) => log.bySeq(seq),
    chainAt(seq) {
      const place = plan.events.chainAt(seq);
      return place !== undefined && named.size > 0 && place.seqs.some((each) => named.has(each)) ? undefined : place;
    },
  });
}

/** The events that rest on this one, in the order of the log. */
export const traceDependants = (store: Store, eventId: string): StoredEvent[] =>
  findDependants(
    eventId,
    { log: store.log, manifest: lineageSource(store).manifest },
    { dir: store.dir, code: String(attest().sourceBuild) },
  );
