/**
 * A campaign as it would be without some of its events: a label, a run, a fit. Its sets and means are made of what is
 * left; analyses of what is recorded are computed anew, in memory; fits and runs that would have to be done again are
 * listed with their cost. Log and store are only read.
 *
 * A retraction says less: what rests on the event is then withdrawn, and nothing is put in its place.
 */
import { evaluateCorrections } from '../../../store/corrections.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { kindsOutsideResultHash } from '../../../store/result-hash.ts';
import type { Store } from '../../../store/store.ts';
import { type CampaignView, campaignCells, viewCampaign } from '../../campaign/campaign-view.ts';
import { computeInMemory, isAnalysis } from '../../campaign/forecast/compute-in-memory.ts';
import { type Forecast, forecastCampaign } from '../../campaign/forecast/forecast.ts';
import type { ForecastTask } from '../../campaign/forecast/imagination.ts';
import { findCampaign, listCampaigns } from '../../campaign/open-campaign.ts';
import { InputError } from '../../numerics/input-error.ts';
import { lineageSource } from '../../projections/lineage.ts';
import { describeFall, readStandings, type Standings, standingsOf } from '../../projections/standing.ts';
import type { Cell } from '../../projections/table.ts';
import { hypotheticalRetraction } from '../correct/correction.ts';
import { type CellDifference, diffCells, sameCell } from '../diff/diff-cells.ts';
import { describeEvent } from '../find-event.ts';
import { neededFor, type RemainingWork, remainingWork, timedTasks } from '../remaining-work.ts';
import { type Need, needsOf } from './needs.ts';

export interface WhatIfCell extends CellDifference {
  readonly name: string;
  /** What would have to be done before the value is known; empty where it is known. */
  readonly needs: readonly Need[];
}

export interface WhatIf {
  readonly view: CampaignView;
  readonly without: readonly StoredEvent[];
  /** Events of the campaign that are the events left out, or rest on them. */
  readonly fallen: number;
  /** Analyses that were computed anew, in memory. */
  readonly recomputed: number;
  /** Those that change, as they are (A) and as they would be (B). */
  readonly cells: readonly WhatIfCell[];
  readonly unchanged: number;
  /** Tasks that would have to be done because of this, in their order. */
  readonly redo: readonly ForecastTask[];
  readonly work: RemainingWork;
  /** Tasks that the campaign has before it anyway. */
  readonly remainingAnyway: number;
}

/**
 * @param campaignName the newest campaign that uses all of the events, if not given
 * @throws InputError `no-campaign`, `not-of-campaign`, `nothing-rests-on`, `already-withdrawn`
 */
export function whatIf(
  store: Store,
  without: readonly StoredEvent[],
  campaignName: string | undefined,
  workers: number,
): WhatIf {
  const before = readStandings(store);
  for (const event of without) demandStanding(event, before);
  const view = findUser(store, without, campaignName, before);
  const after = standingsWithout(store, before, without);
  const names = new Set(without.map(({ eventId }) => eventId));
  const { planVersion: version } = view.campaign;
  const forecast = forecastCampaign(store, view.spec, {
    version,
    standings: after,
    like: view.plan,
    compute: computeInMemory(store, isAnalysis),
    doesWithout: ({ event }) => names.has(event.eventId),
  });
  const anyway = new Set(
    forecastCampaign(store, view.spec, { version, standings: before, like: view.plan }).tasks.map(
      (task) => task.taskId,
    ),
  );
  const computed = forecast.tasks.filter((task) => task.computed);
  const redo = forecast.tasks.filter((task) => !task.computed && !anyway.has(task.taskId));
  const cells = compareCells(store, view, forecast);
  const own = [...view.plan.events.values()];
  return {
    view,
    without,
    fallen: own.filter(({ eventId }) => after.fallOf(eventId) !== undefined).length,
    recomputed: computed.length,
    cells: cells.filter((pair) => !sameCell(pair)),
    unchanged: cells.filter(sameCell).length,
    redo,
    work: remainingWork(store.log, { ...forecast, tasks: redo }, own, { workers }),
    remainingAnyway: forecast.tasks.filter((task) => anyway.has(task.taskId)).length,
  };
}

function demandStanding(event: StoredEvent, { fallOf }: Standings): void {
  if (kindsOutsideResultHash.includes(event.core.task.kind)) throw nothingRestsOn(event);
  const fall = fallOf(event.eventId);
  if (fall === undefined) return;
  throw new InputError('already-withdrawn', 'this event does not stand: no table uses it', {
    where: describeEvent(event),
    found: `it ${describeFall(event, fall)}`,
    remedy: 'varve log shows which events stand',
  });
}

const nothingRestsOn = (event: StoredEvent): InputError =>
  new InputError('nothing-rests-on', 'no campaign of the store uses this event, so no table changes without it', {
    where: describeEvent(event),
    remedy: 'name a label, a structure, a fit, a run or an analysis: varve log lists them',
  });

const uses = ({ plan }: CampaignView, event: StoredEvent): boolean =>
  plan.events.get(event.taskId)?.eventId === event.eventId ||
  plan.corrections.some((correction) => correction.event.eventId === event.eventId);

function findUser(
  store: Store,
  events: readonly StoredEvent[],
  name: string | undefined,
  standings: Standings,
): CampaignView {
  const asked = name === undefined ? undefined : findCampaign(store, name);
  const views = listCampaigns(store).map((campaign) => viewCampaign(store, campaign, standings));
  const usersOf = (event: StoredEvent): CampaignView[] => views.filter((view) => uses(view, event));
  const unused = events.find((event) => usersOf(event).length === 0);
  if (unused !== undefined) throw nothingRestsOn(unused);
  const candidates = asked === undefined ? views : views.filter(({ campaign }) => campaign.eventId === asked.eventId);
  const found = candidates.findLast((view) => events.every((event) => uses(view, event)));
  if (found !== undefined) return found;
  const foreign = events.find((event) => !candidates.some((view) => uses(view, event))) ?? events[0]!;
  const whose = [...new Set(usersOf(foreign).map(({ campaign }) => campaign.name))].join(', ');
  throw new InputError(
    'not-of-campaign',
    asked === undefined ? 'no campaign uses all of these events' : `campaign ${asked.name} does not use this event`,
    {
      where: describeEvent(foreign),
      found: `it is used by ${whose}`,
      remedy: asked === undefined ? 'ask for the events of one campaign' : 'name that campaign with --campaign',
    },
  );
}

/** As if each event were retracted. */
function standingsWithout(store: Store, { corrections }: Standings, events: readonly StoredEvent[]): Standings {
  const retractions = events.map((event, k) => hypotheticalRetraction(event, store.log.size + 1 + k));
  return standingsOf(
    evaluateCorrections([...corrections.all.map((correction) => correction.event), ...retractions]),
    lineageSource(store),
  );
}

function compareCells(store: Store, view: CampaignView, forecast: Forecast): WhatIfCell[] {
  const { tasks, imagination } = forecast;
  const times = timedTasks(store.log, forecast, view.plan.events.values());
  const byTask = new Map(tasks.map((task) => [task.taskId, task]));
  const afterwards = new Map(
    campaignCells({ spec: view.spec, plan: forecast.plan, lineage: imagination }).map((cell) => [cell.name, cell]),
  );
  return campaignCells(view).map((a) => {
    const b = afterwards.get(a.name);
    const roots = (b?.events ?? []).flatMap((eventId) => imagination.taskOf(eventId)?.taskId ?? []);
    const needed = neededFor(roots, byTask).filter((task) => !task.computed);
    const needs = needsOf(needed, times);
    const known = b === undefined ? null : needs.length === 0 ? b : unknownYet(b);
    return { name: a.name, needs, ...diffCells(a, known) };
  });
}

/** What stands in a cell was taken from events that are only imagined. */
const unknownYet = ({ name, unit, events, published }: Cell): Cell => ({
  name,
  unit,
  value: null,
  interval95: null,
  status: 'missing',
  notes: [],
  events,
  published,
});
