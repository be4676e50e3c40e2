/** How the campaign's method differs from the published one: printed wherever their numbers stand side by side. */
import { methodIdentity } from '../tasks/label-method.ts';
import type { PlannedCampaign } from './campaign-view.ts';
import { type CampaignSpec, productionTimePs, rowOf } from './spec.ts';
import { schemePotential } from './spec-scheme.ts';

export interface MethodLine {
  readonly aspect: string;
  readonly here: string;
  readonly published: string;
}

export function compareMethods(campaign: PlannedCampaign): MethodLine[] {
  const { spec } = campaign;
  const { published } = spec;
  if (published === undefined) return [];
  return [
    { aspect: 'labels', here: distinct(labelMethods(campaign)), published: published.labels },
    { aspect: 'potential', here: potentialsOf(spec), published: published.potential },
    { aspect: 'size', here: sizesOf(campaign), published: published.size },
    { aspect: 'production', here: productionOf(spec), published: published.production },
  ];
}

const distinct = (values: readonly string[]): string => [...new Set(values)].join('; ');

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Of the runs. */
function potentialsOf({ dynamics, potentials, schemes = {} }: CampaignSpec): string {
  return distinct(
    dynamics.runs.map(({ potential }) => {
      const own = potentials[potential];
      if (own !== undefined) {
        const learning = Object.hasOwn(schemes, own.trainingSet)
          ? `trained on what scheme ${own.trainingSet} labelled`
          : 'no active learning';
        return `MTP level ${own.level}, ${counted(own.members, 'fit')}, ${learning} (${potential})`;
      }
      const [name, { levels, runs }] = Object.entries(schemes).find(([scheme, of]) =>
        of.levels.some((level) => schemePotential(scheme, level) === potential),
      )!;
      const level = levels.find((candidate) => schemePotential(name, candidate) === potential)!;
      return `MTP level ${level}, quality-level-based active learning, ${counted(runs, 'run')} of the scheme (${potential})`;
    }),
  );
}

/** Of the structures of the runs. */
function sizesOf({ spec, plan }: PlannedCampaign): string {
  const { runs, equilibration } = spec.dynamics;
  const atoms = runs
    .flatMap(({ structure }) => plan.structures[structure]!.map((event) => event?.core.results.atoms))
    .filter((count) => count !== undefined);
  const volume = equilibration.ensemble === 'npt' ? 'volume by NPT at each temperature' : 'volume of the structure';
  return `${distinct(atoms.map((count) => `${count} atoms`))}, ${volume}`;
}

function productionOf({ dynamics, analysis }: CampaignSpec): string {
  const { equilibration, production, runs } = dynamics;
  const times = runs.map((run) => `${productionTimePs(dynamics, run)} ps (${rowOf(run)})`);
  return (
    `${equilibration.timePs} ps ${(equilibration.ensemble ?? 'nvt').toUpperCase()}, then ${distinct(times)} ` +
    `${production.ensemble.toUpperCase()}; ${distinct(runs.map(({ members }) => `${counted(members, 'run')} a temperature`))}; ` +
    `MSD fitted over ${analysis.fitWindow.join('–')} of the run, multiple origins`
  );
}

/** Configurations by method, in the order in which the methods come up. */
function labelMethods({ spec, plan }: PlannedCampaign): string[] {
  const counts = new Map<string, number>();
  for (const [label, written] of Object.entries(spec.labels)) {
    // Others may stand in for those that the spec names.
    const used = plan.labels[label]?.core;
    const name = methodIdentity((used?.task.params.method as typeof written.method | undefined) ?? written.method, '');
    const configurations = (used?.results.configurations as number | undefined) ?? written.configurations;
    counts.set(name, (counts.get(name) ?? 0) + configurations);
  }
  const learnt = Object.values(plan.schemes)
    .flat()
    .flatMap(({ stages }) => stages.flatMap(({ labels }) => labels))
    .flatMap(({ core }) => core.results.methods as string[]);
  for (const name of learnt) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} configurations by ${name}`);
}
