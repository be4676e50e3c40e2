/** A campaign as the log shows it now: its plan, its tables, its result hash. What the commands read. */
import type { StoredEvent } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { attest } from '../execution/attestation.ts';
import { InputError } from '../numerics/input-error.ts';
import { deriveArrheniusFigure } from '../projections/arrhenius-figure.ts';
import { deriveArrheniusTable } from '../projections/arrhenius-table.ts';
import { withBoundaryLines } from '../projections/boundary-lines.ts';
import { findDependants } from '../projections/dependants.ts';
import { deriveDiffusionTable } from '../projections/diffusion-table.ts';
import { deriveDisplacementFigure } from '../projections/displacement-figure.ts';
import { checkedFigure, type Figure, type Panel, type Series, seriesOf } from '../projections/figure.ts';
import { deriveFitTable } from '../projections/fit-table.ts';
import { type FoldedLineage, foldLineage } from '../projections/folded-lineage.ts';
import { deriveGroundStateTable } from '../projections/ground-state-table.ts';
import { deriveJumpFigure } from '../projections/jump-figure.ts';
import { deriveJumpTable } from '../projections/jump-table.ts';
import { type Lineage, type LineageSource, lineageSource, traceLineage } from '../projections/lineage.ts';
import { deriveMsdFigure } from '../projections/msd-figure.ts';
import { outputReader, type ReadOutput } from '../projections/output-reader.ts';
import { deriveRadialFigure } from '../projections/radial-figure.ts';
import { readStandings } from '../projections/standing.ts';
import { type Cell, cellsOf, type Table } from '../projections/table.ts';
import { deriveVarianceTables, VARIANCE_TABLES } from '../projections/variance/variance-table.ts';
import { joinedPurposes, type Purposes } from './campaign-events.ts';
import { chainMemoryOf } from './chain-memory.ts';
import { learningFigures, learningTables } from './learning-views.ts';
import { type Campaign, findCampaign, listCampaigns, readCampaignSpec } from './open-campaign.ts';
import { type CampaignPlan, planCampaign } from './plan.ts';
import { correctedLog } from './planner.ts';
import { scaleFigures } from './scale-figures.ts';
import { withScales } from './scale-tables.ts';
import type { CampaignSpec } from './spec.ts';
import { studyCampaignVariance, varianceFigures, varianceTables } from './variance-study.ts';

export interface CampaignView {
  readonly campaign: Campaign;
  readonly spec: CampaignSpec;
  readonly plan: CampaignPlan;
  /** What the events of the campaign rest on. */
  readonly lineage: LineageSource;
  /** What the events of the campaign put out. */
  readonly read: ReadOutput;
}

/**
 * What tables, figures and comparisons are made of: a campaign's spec and its plan; the variance study needs lineages
 * besides, and figures of curves what events put out.
 */
export type PlannedCampaign = Pick<CampaignView, 'spec' | 'plan'> & Partial<Pick<CampaignView, 'lineage' | 'read'>>;

/** The campaign as the version of varve that opened it would plan it: later versions' events are other campaigns'. */
export function viewCampaign(store: Store, campaign: Campaign, standings = readStandings(store)): CampaignView {
  const spec = readCampaignSpec(store, campaign);
  const memory = chainMemoryOf(store);
  const plan = planCampaign(spec, correctedLog(store, standings), campaign.planVersion, memory);
  memory.keep();
  return { campaign, spec, plan, lineage: lineageSource(store), read: outputReader(store) };
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

export function campaignTables(campaign: PlannedCampaign): Table[] {
  const { spec, plan, lineage } = campaign;
  const fits = deriveFitTable(plan);
  const tables = [
    ...learningTables(campaign, fits),
    fits,
    deriveDiffusionTable(plan.profiles, spec.published),
    deriveArrheniusTable(plan.profiles, spec.analysis.extrapolateToK, spec.published),
    deriveJumpTable(plan.runAnalyses) ?? [],
    deriveGroundStateTable(plan.groundStates, spec.published) ?? [],
    ...(lineage === undefined ? [] : varianceTables({ spec, plan }, lineage)),
  ].flat();
  return withScales(tables, campaign);
}

/** Every figure that the campaign has something to say of, in the order of their numbers. */
export function campaignFigures(campaign: PlannedCampaign): Figure[] {
  const { spec, plan, lineage, read } = campaign;
  const diagram = deriveArrheniusFigure(plan.profiles, spec.analysis.extrapolateToK, spec.published);
  return [
    ...learningFigures(campaign),
    ...(lineage === undefined ? [] : varianceFigures({ spec, plan }, lineage)),
    withBoundaryLines(diagram, plan.boundaries, spec.analysis.extrapolateToK, spec.published),
    ...(read === undefined ? [] : [...motionFigures(campaign, read), ...scaleFigures(campaign, read)]),
  ]
    .map(checkedFigure)
    .sort((a, b) => numberOf(a) - numberOf(b));
}

const numberOf = ({ name }: Figure): number => Number(name.replace(/^fig/, ''));

/** Of what the campaign's runs did: Figs. 5, 8, 9 and 10. */
function motionFigures({ spec: { analysis }, plan }: PlannedCampaign, read: ReadOutput): Figure[] {
  return [
    deriveRadialFigure(plan.runAnalyses, plan.labelledDistributions, analysis.rdf?.pairs ?? [], read) ?? [],
    deriveJumpFigure(plan.runAnalyses) ?? [],
    deriveDisplacementFigure(plan.runAnalyses, read) ?? [],
    deriveMsdFigure(plan.profiles, analysis.alphaRange, read),
  ].flat();
}

export const campaignCells = (campaign: PlannedCampaign): Cell[] => cellsOf(campaignTables(campaign));

/**
 * The tables among which a cell is. Those of `varve compare` a campaign has even where its runs make no variance study.
 * @param name of the cell
 */
export function tablesAbout(view: CampaignView, name: string): Table[] {
  if (!VARIANCE_TABLES.includes(name.split('/')[0]!)) return campaignTables(view);
  const { levels, notesOf } = studyCampaignVariance(view, view.lineage);
  return deriveVarianceTables(levels, notesOf);
}

/**
 * @param name `TABLE/ROW/COLUMN`, with `CAMPAIGN:` before it for another campaign than the newest
 * @throws InputError `no-cell` that lists what there is
 */
export function findCell(store: Store, name: string): { view: CampaignView; cell: Cell } {
  const { view, path } = placeOf(store, name);
  const cells = cellsOf(tablesAbout(view, path));
  const cell = cells.find((candidate) => candidate.name === path);
  if (cell === undefined) throw noCell(view, path, cells);
  return { view, cell };
}

/** What a name with slashes stands for: a cell of a table, or a series of a figure. */
export type NamedNumbers = {
  readonly view: CampaignView;
  readonly name: string;
  /** Event ids that the numbers rest on directly. */
  readonly events: readonly string[];
} & (
  | { readonly type: 'cell'; readonly cell: Cell }
  | { readonly type: 'series'; readonly figure: Figure; readonly panel: Panel; readonly series: Series }
);

/**
 * @param name `TABLE/ROW/COLUMN` or `FIGURE/PANEL/SERIES`, with `CAMPAIGN:` before it as in `findCell`
 * @throws InputError `no-cell` that lists what there is
 */
export function findNumbers(store: Store, name: string): NamedNumbers {
  const { view, path } = placeOf(store, name);
  const cells = cellsOf(tablesAbout(view, path));
  const cell = cells.find((candidate) => candidate.name === path);
  if (cell !== undefined) return { view, name: path, events: cell.events, type: 'cell', cell };
  const all = campaignFigures(view).flatMap((figure) => seriesOf(figure).map((found) => ({ figure, ...found })));
  const found = all.find(({ series }) => series.name === path);
  if (found !== undefined) return { view, name: path, events: found.series.events, type: 'series', ...found };
  throw noCell(view, path, [...cells, ...all.map(({ series }) => series)]);
}

function placeOf(store: Store, name: string): { view: CampaignView; path: string } {
  const [campaignName, path] = name.includes(':') ? (name.split(':', 2) as [string, string]) : [undefined, name];
  return { view: viewCampaign(store, findCampaign(store, campaignName)), path };
}

/** @param named what the name might have been, those of the same table or figure if there are any */
function noCell(view: CampaignView, path: string, named: readonly { readonly name: string }[]): InputError {
  const table = path.split('/')[0];
  const near = named.filter(({ name }) => name.startsWith(`${table}/`));
  return new InputError('no-cell', `no cell is called ${path}`, {
    where: `campaign ${view.campaign.name}`,
    expected: 'one of',
    list: (near.length > 0 ? near : named).map(({ name }) => name),
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
    seqOfEvent: (eventId) => log.seqOfEvent(eventId),
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
