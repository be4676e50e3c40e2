/** All that can be said of how a number, or an event, came about: what the page of `varve why --html` shows. */
import type { Store } from '../../../store/store.ts';
import type { Purposes } from '../../campaign/campaign-events.ts';
import {
  type CampaignView,
  campaignResultHash,
  type NamedNumbers,
  tablesAbout,
  traceEvents,
} from '../../campaign/campaign-view.ts';
import { compareMethods, type MethodLine } from '../../campaign/method-comparison.ts';
import { type Campaign, findCampaign } from '../../campaign/open-campaign.ts';
import type { Figure, Panel, Series } from '../../projections/figure.ts';
import type { Lineage } from '../../projections/lineage.ts';
import type { Cell } from '../../projections/table.ts';
import { type RecordedCorrections, recordedCorrections } from '../correct/recorded-corrections.ts';
import { type RecordedVerdicts, recordedVerdicts } from '../replay/recorded-verdicts.ts';
import { type CellQuantity, describeQuantity } from './cell-quantities.ts';
import type { Question } from './question.ts';
import { type StagedLineage, stagesOf } from './stages.ts';

export interface Explanation {
  /** null unless a cell was asked for. */
  readonly cell: ExplainedCell | null;
  /** null unless a series of a figure was asked for. */
  readonly series: ExplainedSeries | null;
  readonly lineage: Lineage;
  readonly staged: StagedLineage;
  /** What each task is for, by taskId. */
  readonly purposes: Purposes;
  readonly verdicts: RecordedVerdicts;
  readonly corrections: RecordedCorrections;
  /** The log that all of this was read from. */
  readonly log: { readonly events: number; readonly historyHash: string };
}

/** Of numbers that were asked for by name, the campaign they are of. */
export interface CampaignOfNumbers {
  readonly campaign: Campaign;
  /** As commands take it, with the campaign, so that it means the same when the store has others. */
  readonly fullName: string;
  readonly seed: number;
  readonly tasks: { readonly done: number; readonly expected: number };
  readonly resultHash: string;
}

export interface ExplainedSeries extends CampaignOfNumbers {
  readonly figure: Figure;
  readonly panel: Panel;
  readonly series: Series;
}

export interface ExplainedCell extends CampaignOfNumbers {
  readonly cell: Cell;
  readonly quantity: CellQuantity | undefined;
  readonly table: string;
  readonly row: string;
  readonly column: string;
  readonly published: { readonly source: string; readonly methods: readonly MethodLine[] } | null;
}

/** @throws InputError `bad-verdicts` */
export function explain(store: Store, { asked, roots, purposes }: Question): Explanation {
  const lineage = traceEvents(store, roots);
  return {
    cell: asked?.type === 'cell' ? explainCell(store, asked.view, asked.cell) : null,
    series:
      asked?.type === 'series'
        ? {
            ...campaignOfNumbers(store, asked),
            figure: asked.figure,
            panel: asked.panel,
            series: asked.series,
          }
        : null,
    lineage,
    staged: stagesOf(lineage),
    purposes,
    verdicts: recordedVerdicts(store),
    corrections: recordedCorrections(store),
    log: { events: store.log.size, historyHash: store.log.historyHash() },
  };
}

function explainCell(store: Store, view: CampaignView, cell: Cell): ExplainedCell {
  const { spec } = view;
  return {
    ...campaignOfNumbers(store, { view, name: cell.name }),
    cell,
    ...placeInTable(view, cell),
    quantity: describeQuantity(cell.name, spec),
    published:
      cell.published === null || spec.published === undefined
        ? null
        : { source: spec.published.source, methods: compareMethods(view) },
  };
}

function campaignOfNumbers(store: Store, { view, name }: Pick<NamedNumbers, 'view' | 'name'>): CampaignOfNumbers {
  const { campaign, spec, plan } = view;
  const newest = findCampaign(store, campaign.name).eventId === campaign.eventId;
  return {
    campaign,
    fullName: `${newest ? campaign.name : campaign.eventId.slice(0, 16)}:${name}`,
    seed: spec.seed,
    tasks: { done: plan.events.size, expected: plan.expectedTasks },
    resultHash: campaignResultHash(plan),
  };
}

function placeInTable(view: CampaignView, cell: Cell): Pick<ExplainedCell, 'table' | 'row' | 'column'> {
  for (const { title, columns, rows } of tablesAbout(view, cell.name)) {
    for (const { heading, cells } of rows) {
      const at = cells.findIndex(({ name }) => name === cell.name);
      if (at >= 0) return { table: title, row: heading, column: columns[at]!.heading };
    }
  }
  throw new Error(`no table holds ${cell.name}`);
}
