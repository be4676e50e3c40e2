/** What the two words of `varve compare` stand for, and what there is to compare. */
import type { Store } from '../../../store/store.ts';
import { type CampaignView, campaignCells, viewCampaign } from '../../campaign/campaign-view.ts';
import { findCampaign, listCampaigns } from '../../campaign/open-campaign.ts';
import { InputError } from '../../numerics/input-error.ts';
import { lineageSource } from '../../projections/lineage.ts';
import type { Cell } from '../../projections/table.ts';
import { findSubject, type SideName } from '../diff/diff-sides.ts';
import { sampleOfRuns } from './cell-sample.ts';
import {
  type CellDifference,
  cellDifference,
  compareCellSamples,
  contrastSamples,
  type SampleContrast,
} from './compare-cells.ts';

export type Side =
  | { readonly type: 'campaign'; readonly store: Store; readonly view: CampaignView }
  | { readonly type: 'cell'; readonly store: Store; readonly view: CampaignView; readonly cell: Cell }
  | { readonly type: 'potential'; readonly store: Store; readonly view: CampaignView; readonly potential: string };

export type SidesCompared =
  | {
      readonly type: 'cells';
      readonly a: Cell;
      readonly b: Cell;
      readonly difference: CellDifference;
      readonly contrast: SampleContrast | undefined;
    }
  | { readonly type: 'potentials'; readonly a: string; readonly b: string; readonly points: readonly PointContrast[] }
  | {
      readonly type: 'campaigns';
      readonly a: string;
      readonly b: string;
      readonly pairs: readonly CellPair[];
      readonly onlyInA: readonly string[];
      readonly onlyInB: readonly string[];
    };

export interface PointContrast {
  readonly structure: string;
  readonly temperatureK: number;
  readonly contrast: SampleContrast;
}

export interface CellPair {
  readonly a: Cell;
  readonly b: Cell;
  readonly difference: CellDifference;
}

/** @throws InputError `no-subject`, `no-cell`, `bad-comparison` for an event or a store */
export function findSide(store: Store, { subject, dir }: SideName): Side {
  const newest = listCampaigns(store).length === 0 ? undefined : viewCampaign(store, findCampaign(store));
  if (
    subject !== undefined &&
    newest !== undefined &&
    pointsOf(newest).some(({ potential }) => potential === subject)
  ) {
    return { type: 'potential', store, view: newest, potential: subject };
  }
  if (subject === undefined && newest !== undefined) return { type: 'campaign', store, view: newest };
  const found = findSubject(store, subject);
  if (found.type === 'campaign' || found.type === 'cell') return found;
  throw new InputError('bad-comparison', `${subject ?? dir} holds no numbers that could be compared`, {
    expected: 'A, B and C; or two cells, two potentials or two campaigns; SUBJECT@DIR for one in another store',
    remedy: 'varve diff compares histories, of events too',
  });
}

/** @throws InputError `bad-comparison` where the two are not of one sort */
export function compareSides(a: Side, b: Side): SidesCompared {
  if (a.type === 'cell' && b.type === 'cell') {
    const sides = [a, b].map(({ cell, store }) => ({ cell, source: lineageSource(store) }));
    return {
      type: 'cells',
      a: a.cell,
      b: b.cell,
      difference: cellDifference(a.cell, b.cell),
      contrast: compareCellSamples(sides[0]!, sides[1]!),
    };
  }
  if (a.type === 'potential' && b.type === 'potential') {
    return { type: 'potentials', a: a.potential, b: b.potential, points: comparePotentials(a, b) };
  }
  if (a.type === 'campaign' && b.type === 'campaign') return compareCampaigns(a.view, b.view);
  throw new InputError('bad-comparison', `a ${a.type} cannot be compared with a ${b.type}`, {
    expected: 'two cells, two potentials or two campaigns',
  });
}

const pointsOf = ({ plan }: CampaignView) => [...plan.profiles.flatMap((profile) => profile.points), ...plan.variance];

/** At each structure and temperature at which both have runs. */
function comparePotentials(
  a: Extract<Side, { type: 'potential' }>,
  b: Extract<Side, { type: 'potential' }>,
): PointContrast[] {
  const points = (side: typeof a) =>
    pointsOf(side.view)
      .filter(({ potential }) => potential === side.potential)
      .flatMap(({ structure, temperatureK, members }) => {
        const events = members.flatMap(({ diffusion }) => (diffusion === undefined ? [] : [diffusion]));
        const sample = sampleOfRuns(events, lineageSource(side.store), 'diffusionCm2S', 'cm²/s');
        return sample === undefined ? [] : [{ structure, temperatureK, sample }];
      });
  const others = points(b);
  return points(a).flatMap(({ structure, temperatureK, sample }) => {
    const other = others.find((point) => point.structure === structure && point.temperatureK === temperatureK);
    const contrast = other === undefined ? undefined : contrastSamples(sample, other.sample);
    return contrast === undefined ? [] : [{ structure, temperatureK, contrast }];
  });
}

function compareCampaigns(a: CampaignView, b: CampaignView): SidesCompared {
  const [cellsA, cellsB] = [campaignCells(a), campaignCells(b)];
  const byName = new Map(cellsB.map((cell) => [cell.name, cell]));
  const names = new Set(cellsA.map(({ name }) => name));
  return {
    type: 'campaigns',
    a: a.campaign.name,
    b: b.campaign.name,
    pairs: cellsA.flatMap((cell) => {
      const other = byName.get(cell.name);
      return other === undefined ? [] : [{ a: cell, b: other, difference: cellDifference(cell, other) }];
    }),
    onlyInA: cellsA.filter(({ name }) => !byName.has(name)).map(({ name }) => name),
    onlyInB: cellsB.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  };
}
