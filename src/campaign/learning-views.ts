/** Tables and figures of active learning: which event is which in a campaign's plan. */
import type { Figure } from '../projections/figure.ts';
import { deriveLearningTable } from '../projections/learning-table.ts';
import { deriveLevelFigure } from '../projections/level-figure.ts';
import type { Table } from '../projections/table.ts';
import { deriveTrainingTable } from '../projections/training-table.ts';
import type { PlannedCampaign } from './campaign-view.ts';
import { refitPotential, schemePotential } from './spec-scheme.ts';

/** Round by round, and Table III. @param fits the table of fits */
export function learningTables({ spec, plan }: PlannedCampaign, fits: Table): Table[] {
  const trained = Object.entries(spec.schemes ?? {}).map(([name, { levels, targets }]) => ({
    name,
    runs: plan.schemes[name]!,
    potential: schemePotential(name, levels.at(-1)!),
    targets: targets.flatMap((target) => plan.structures[target]!),
  }));
  return [deriveLearningTable(plan.schemes) ?? [], deriveTrainingTable(trained, fits, spec.published) ?? []].flat();
}

/** Fig. 3. */
export function learningFigures({ spec, plan }: PlannedCampaign): Figure[] {
  const { schemes = {}, variance } = spec;
  const figure = deriveLevelFigure(
    Object.entries(schemes).map(([scheme, { levels }]) => ({
      scheme,
      levels: levels.map((level) => ({
        level,
        own: schemePotential(scheme, level),
        refitted: refitPotential(scheme, level),
      })),
      validation: plan.validations[scheme],
      points: variance?.scheme === scheme ? plan.variance : [],
    })),
  );
  return figure === undefined ? [] : [figure];
}
