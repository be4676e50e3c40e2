/** Compares two cells, events, campaigns or stores: their values, their specs, and where their histories part. */

import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import type { Purposes } from '../../campaign/campaign-events.ts';
import { type CampaignView, campaignTables, findCell, viewCampaign } from '../../campaign/campaign-view.ts';
import { type Campaign, listCampaigns } from '../../campaign/open-campaign.ts';
import type { JsonValue } from '../../formats/json-document.ts';
import { InputError } from '../../numerics/input-error.ts';
import { lineageSource, traceLineage } from '../../projections/lineage.ts';
import type { Cell } from '../../projections/table.ts';
import { type CellDifference, diffCells, differentCells, sameCell } from './diff-cells.ts';
import { diffHistories, type HistoryDifference, sameHistory } from './diff-histories.ts';
import { diffJson, type FieldDifference } from './diff-json.ts';
import { type History, historyOf } from './diff-matching.ts';
import type { Subject } from './diff-sides.ts';
import { itemsOf } from './diff-tasks.ts';
import { campaignRoles } from './event-roles.ts';

/** One side of a comparison. */
export interface ComparedSide {
  readonly store: string;
  readonly campaign: Campaign | undefined;
  readonly cell?: string;
  readonly event?: StoredEvent;
  /** What each task is for, by taskId. */
  readonly purposes: Purposes;
  /** Every event that it rests on, by id. */
  readonly events: ReadonlyMap<string, StoredEvent>;
}

export interface Comparison {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** Fields of the campaigns' specs. */
  readonly spec: readonly FieldDifference[];
  /** Of two cells: the two; of two campaigns: those that are not the same. */
  readonly cells: readonly CellDifference[];
  readonly history: HistoryDifference;
  /** Same history, and same values. */
  readonly same: boolean;
}

export interface DiffReport {
  readonly comparisons: readonly Comparison[];
  /** Of two whole stores: names of campaigns that only one of them has. */
  readonly campaignsOnlyInA: readonly string[];
  readonly campaignsOnlyInB: readonly string[];
}

/**
 * @param cell of two campaigns or stores: the cell to compare
 * @throws InputError `unlike-sides`, `no-cell`, `no-common-campaign`
 */
export function diffSubjects(a: Subject, b: Subject, cell?: string): DiffReport {
  if (a.type === 'store' && b.type === 'store') return diffStores(a.store, b.store, cell);
  const one = (comparison: Comparison): DiffReport => ({
    comparisons: [comparison],
    campaignsOnlyInA: [],
    campaignsOnlyInB: [],
  });
  if (cell !== undefined && a.type !== 'campaign') {
    throw new InputError('bad-side', `--cell goes with two campaigns or two stores, not with ${withArticle(a.type)}`);
  }
  if (a.type === 'campaign' && b.type === 'campaign') return one(diffCampaigns(a.store, a.view, b.store, b.view, cell));
  if (a.type === 'cell' && b.type === 'cell') return one(diffCellHistories(a, b));
  if (a.type === 'event' && b.type === 'event') return one(diffEvents(a, b));
  throw new InputError('unlike-sides', `A is ${withArticle(a.type)}, B is ${withArticle(b.type)}`, {
    expected: 'two cells, two events, two campaigns, or two stores',
    remedy: 'a cell or campaign of another store is written CELL@DIR or CAMPAIGN@DIR',
  });
}

const withArticle = (type: Subject['type']): string => (type === 'event' ? 'an event' : `a ${type}`);

function diffStores(a: Store, b: Store, cell: string | undefined): DiffReport {
  const [newestA, newestB] = [newestByName(a), newestByName(b)];
  const hasCell = (view: CampaignView): boolean =>
    campaignTables(view).some(({ rows }) => rows.some(({ cells }) => cells.some(({ name }) => name === cell)));
  const missingFrom = (other: ReadonlyMap<string, Campaign>, names: Iterable<string>): string[] =>
    [...names].filter((name) => !other.has(name));
  const common = [...newestA.keys()].filter((name) => newestB.has(name));
  if (common.length === 0) {
    const listed = (campaigns: ReadonlyMap<string, Campaign>): string => [...campaigns.keys()].join(', ') || 'none';
    throw new InputError('no-common-campaign', 'the two stores have no campaign of the same name', {
      found: `in A: ${listed(newestA)}; in B: ${listed(newestB)}`,
      remedy: 'name the two campaigns: varve diff CAMPAIGN@DIR CAMPAIGN@DIR',
    });
  }
  const views = common.map((name) => ({
    viewA: viewCampaign(a, newestA.get(name)!),
    viewB: viewCampaign(b, newestB.get(name)!),
  }));
  const withCell = cell === undefined ? views : views.filter(({ viewA, viewB }) => hasCell(viewA) && hasCell(viewB));
  return {
    comparisons: (withCell.length > 0 ? withCell : views).map(({ viewA, viewB }) =>
      diffCampaigns(a, viewA, b, viewB, cell),
    ),
    campaignsOnlyInA: cell === undefined ? missingFrom(newestB, newestA.keys()) : [],
    campaignsOnlyInB: cell === undefined ? missingFrom(newestA, newestB.keys()) : [],
  };
}

const newestByName = (store: Store): Map<string, Campaign> =>
  new Map(listCampaigns(store).map((campaign) => [campaign.name, campaign]));

function diffCampaigns(
  storeA: Store,
  viewA: CampaignView,
  storeB: Store,
  viewB: CampaignView,
  cell: string | undefined,
): Comparison {
  if (cell !== undefined) {
    const ofCampaign = (store: Store, view: CampaignView) => ({
      store,
      ...findCell(store, `${view.campaign.eventId}:${cell}`),
    });
    return diffCellHistories(ofCampaign(storeA, viewA), ofCampaign(storeB, viewB));
  }
  return compare(
    { store: storeA, view: viewA, roots: resultsOf(storeA, viewA), side: {} },
    { store: storeB, view: viewB, roots: resultsOf(storeB, viewB), side: {} },
    differentCells(campaignTables(viewA), campaignTables(viewB)),
    (cells) => cells.length === 0,
  );
}

interface CellSide {
  readonly store: Store;
  readonly view: CampaignView;
  readonly cell: Cell;
}

function diffCellHistories(a: CellSide, b: CellSide): Comparison {
  const asked = ({ store, view, cell }: CellSide): Asked => ({
    store,
    view,
    roots: cell.events,
    side: { cell: cell.name },
  });
  return compare(asked(a), asked(b), [diffCells(a.cell, b.cell)], ([cells]) => sameCell(cells!));
}

function diffEvents(a: Subject & { type: 'event' }, b: Subject & { type: 'event' }): Comparison {
  const asked = ({ store, view, event }: Subject & { type: 'event' }): Asked => ({
    store,
    view,
    roots: [event.eventId],
    side: { event },
  });
  return compare(asked(a), asked(b), [], () => true);
}

interface Asked {
  readonly store: Store;
  readonly view: CampaignView | undefined;
  readonly roots: readonly string[];
  readonly side: Pick<ComparedSide, 'cell' | 'event'>;
}

function compare(
  a: Asked,
  b: Asked,
  cells: readonly CellDifference[],
  sameValues: (cells: readonly CellDifference[]) => boolean,
): Comparison {
  const historyA = traceHistory(a, new Map());
  const historyB = traceHistory(b, historyA.nodes);
  const history = diffHistories(historyA, historyB, a.side.event !== undefined);
  const side = ({ store, view, side: { cell, event } }: Asked, { nodes }: History): ComparedSide => ({
    store: store.dir,
    campaign: view?.campaign,
    ...(cell === undefined ? {} : { cell }),
    ...(event === undefined ? {} : { event }),
    purposes: view?.plan.purposes ?? new Map(),
    events: nodes,
  });
  const bothCampaigns = a.view !== undefined && b.view !== undefined;
  return {
    a: side(a, historyA),
    b: side(b, historyB),
    spec: bothCampaigns ? diffJson(specOf(a.view), specOf(b.view), '') : [],
    cells,
    history,
    same: sameHistory(history) && sameValues(cells),
  };
}

const specOf = (view: CampaignView): JsonValue => view.spec as unknown as JsonValue;

/** @param known events that were read before: an event id says all that is compared */
function traceHistory({ store, view, roots }: Asked, known: History['nodes']): History {
  const source = lineageSource(store);
  const byEventId = (eventId: string): StoredEvent | undefined => known.get(eventId) ?? source.byEventId(eventId);
  const roles = view === undefined ? new Map<string, string>() : campaignRoles(view);
  return historyOf(traceLineage(roots, { ...source, byEventId }), roles, source.manifest);
}

/** The campaign's events that no other of its events rests on. */
function resultsOf(store: Store, { plan }: CampaignView): string[] {
  const events = [...plan.events.values()];
  const used = new Set(
    events.flatMap(({ core }) =>
      Object.values(core.task.inputs).flatMap((input) =>
        itemsOf(input, lineageSource(store).manifest).map(({ event }) => event),
      ),
    ),
  );
  return events.map(({ eventId }) => eventId).filter((eventId) => !used.has(eventId));
}
