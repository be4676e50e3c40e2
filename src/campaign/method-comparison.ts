/** How the campaign's method differs from the published one: printed wherever their numbers stand side by side. */
import { methodIdentity } from '../tasks/label-method.ts';
import type { PlannedCampaign } from './campaign-view.ts';
import { productionTimePs } from './spec.ts';

export interface MethodLine {
  readonly aspect: string;
  readonly here: string;
  readonly published: string;
}

export function compareMethods({ spec, plan }: PlannedCampaign): MethodLine[] {
  const { published, dynamics, analysis } = spec;
  if (published === undefined) return [];
  const distinct = (values: readonly string[]): string => [...new Set(values)].join('; ');
  const atoms = Object.values(plan.structures)
    .flatMap((realisations) => realisations.map((event) => event?.core.results.atoms))
    .filter((count) => count !== undefined);
  return [
    {
      aspect: 'labels',
      here: distinct(labelMethods({ spec, plan })),
      published: published.labels,
    },
    {
      aspect: 'potential',
      here: distinct(
        [...new Set(spec.dynamics.runs.map(({ potential }) => potential))].map((name) => {
          const { level, members } = spec.potentials[name]!;
          return `MTP level ${level}, ${members} ${members === 1 ? 'fit' : 'fits'}, no active learning within the campaign`;
        }),
      ),
      published: published.potential,
    },
    {
      aspect: 'size',
      here: `${distinct(atoms.map((count) => `${count} atoms`))}, volume fixed`,
      published: published.size,
    },
    {
      aspect: 'production',
      here:
        `${dynamics.equilibration.timePs} ps NVT, then ` +
        `${distinct(dynamics.runs.map((run) => `${productionTimePs(dynamics, run)} ps (${run.structure})`))} ` +
        `${dynamics.production.ensemble.toUpperCase()}; ` +
        `${distinct(dynamics.runs.map((run) => `${run.members} ${run.members === 1 ? 'run' : 'runs'} a temperature`))}; ` +
        `MSD fitted over ${analysis.fitWindow.join('–')} of the run, multiple origins`,
      published: published.production,
    },
  ];
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
  return [...counts].map(([name, count]) => `${count} configurations by ${name}`);
}
