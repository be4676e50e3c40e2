/** Tables of boundaries and of the scale of grains, for campaigns whose spec has these. */
import { boundaryArrheniusRows, deriveBoundaryTable } from '../projections/boundary-table.ts';
import { deriveConductivityTable, deriveMacroTables } from '../projections/macro-tables.ts';
import { deriveModelTable } from '../projections/model-table.ts';
import type { Table } from '../projections/table.ts';
import type { PlannedCampaign } from './campaign-view.ts';

/** @param tables of every campaign, among them that in the layout of Table V, which boundaries add rows to */
export function withScales(tables: readonly Table[], { spec, plan }: PlannedCampaign): Table[] {
  const { boundaries, macro, carrierDensities, profiles, structures } = plan;
  const { published } = spec;
  const { extrapolateToK } = spec.analysis;
  const lines = boundaryArrheniusRows(boundaries, extrapolateToK, published);
  return [
    ...(boundaries.length === 0 ? [] : [deriveModelTable(profiles, boundaries, structures, published)]),
    ...tables.map((table) => (table.name === 'tableV' ? { ...table, rows: [...table.rows, ...lines] } : table)),
    ...(boundaries.length === 0 ? [] : [deriveBoundaryTable(boundaries)]),
    ...(carrierDensities.length === 0 ? [] : [deriveConductivityTable(carrierDensities, published)]),
    ...(macro === undefined ? [] : deriveMacroTables(macro, extrapolateToK)),
  ];
}
