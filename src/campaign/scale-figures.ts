/** Figures of boundaries and of the scale of grains, for campaigns whose spec has these. */
import type { Figure } from '../projections/figure.ts';
import { deriveMacroFigure } from '../projections/macro-figure.ts';
import type { ReadOutput } from '../projections/output-reader.ts';
import { deriveProfileFigure } from '../projections/profile-figure.ts';
import { deriveWidthFigure } from '../projections/width-figure.ts';
import type { PlannedCampaign } from './campaign-view.ts';

/** Figs. 7, 12 and 13; Fig. 11 is that of every campaign, to which `withBoundaryLines` adds. */
export function scaleFigures({ spec, plan }: PlannedCampaign, read: ReadOutput): Figure[] {
  const { boundaries, macro, profiles } = plan;
  const { mobileSpecies, extrapolateToK } = spec.analysis;
  if (boundaries.length === 0) return [];
  const bicrystals = new Set(boundaries.map(({ boundary }) => boundary));
  const chosen = macro?.grains.map(({ bulk }) => bulk);
  const bulks = profiles.filter(({ row, structure }) => chosen?.includes(row) ?? !bicrystals.has(structure));
  const widthsA = Object.values(spec.boundaries!).flatMap((boundary) => boundary.widthsA);
  return [
    deriveProfileFigure(boundaries, mobileSpecies, read),
    deriveWidthFigure(boundaries, bulks, widthsA, extrapolateToK, read),
    ...(macro === undefined ? [] : [deriveMacroFigure(macro, extrapolateToK, spec.published, read)]),
  ];
}
