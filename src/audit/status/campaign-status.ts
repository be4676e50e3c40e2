/** How far a campaign is: what is done, what remains by stage and for how long, what failed, was withheld or withdrawn. */
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { type CampaignState, type CampaignView, campaignCells, campaignState } from '../../campaign/campaign-view.ts';
import { computeInMemory, isStructure } from '../../campaign/forecast/compute-in-memory.ts';
import { forecastCampaign } from '../../campaign/forecast/forecast.ts';
import type { Standings } from '../../projections/standing.ts';
import type { Cell } from '../../projections/table.ts';
import { type RemainingWork, remainingWork, type UnderWay } from '../remaining-work.ts';

export interface CampaignStatus {
  readonly view: CampaignView;
  readonly state: CampaignState;
  /** Null where nothing remains, or where the campaign is so large that only a wish for it is reason enough. */
  readonly remaining: RemainingWork | null;
  /** Runs and relaxations that ended early for a physical reason. */
  readonly stopped: readonly StoredEvent[];
  readonly failed: readonly StoredEvent[];
  readonly withheld: readonly Cell[];
  readonly withdrawnCells: readonly Cell[];
}

/** Beyond so many tasks what remains is worked out only where it is asked for: that takes a second walk over all of them. */
export const FORECAST_TASKS = 20_000;

export interface StatusOptions {
  readonly workers: number;
  readonly underWay?: UnderWay;
  /** Work out what remains, whatever the size of the campaign. */
  readonly always?: boolean;
}

export function campaignStatus(
  store: Store,
  view: CampaignView,
  standings: Standings,
  options: StatusOptions,
): CampaignStatus {
  const { plan } = view;
  const cells = campaignCells(view);
  const isWanted = plan.ready.length > 0 && (options.always === true || plan.expectedTasks <= FORECAST_TASKS);
  return {
    view,
    state: campaignState(plan),
    remaining: isWanted ? remainingOf(store, view, standings, options) : null,
    stopped: plan.events.endedAs('stopped'),
    failed: plan.events.endedAs('failed'),
    withheld: cells.filter(({ status }) => status === 'withheld'),
    withdrawnCells: cells.filter(({ status }) => status === 'withdrawn'),
  };
}

/** All that a campaign still has to do. */
export function remainingOf(
  store: Store,
  { spec, plan, campaign }: Pick<CampaignView, 'spec' | 'plan'> & { readonly campaign?: CampaignView['campaign'] },
  standings: Standings,
  { workers, underWay }: StatusOptions,
): RemainingWork {
  const forecast = forecastCampaign(store, spec, {
    ...(campaign === undefined ? {} : { version: campaign.planVersion }),
    standings,
    like: plan,
    compute: computeInMemory(store, isStructure),
  });
  return remainingWork(store.log, forecast, plan.events.values(), {
    workers,
    ...(underWay === undefined ? {} : { underWay }),
  });
}
