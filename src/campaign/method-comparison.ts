/** How the campaign's method differs from the published one: printed wherever their numbers stand side by side. */
import type { CampaignView } from './campaign-view.ts';

export interface MethodLine {
  readonly aspect: string;
  readonly here: string;
  readonly published: string;
}

export function compareMethods({ spec, plan }: CampaignView): MethodLine[] {
  const { published, dynamics, analysis } = spec;
  if (published === undefined) return [];
  const distinct = (values: readonly string[]): string => [...new Set(values)].join('; ');
  const atoms = Object.values(plan.structures)
    .flatMap((realisations) => realisations.map((event) => event?.core.results.atoms))
    .filter((count) => count !== undefined);
  return [
    {
      aspect: 'labels',
      here: distinct(
        Object.values(spec.labels).map(
          ({ method, configurations }) =>
            `${configurations} by ${method.engine} ${method.version}, ${method.functional}, ${method.settings}`,
        ),
      ),
      published: published.labels,
    },
    {
      aspect: 'potential',
      here: distinct(
        Object.values(spec.potentials).map(
          ({ level, members }) =>
            `MTP level ${level}, ${members} ${members === 1 ? 'fit' : 'fits'}, no active learning`,
        ),
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
        `${dynamics.equilibration.timePs} ps NVT, then ${dynamics.production.timePs} ps ${dynamics.production.ensemble.toUpperCase()}; ` +
        `${distinct(dynamics.runs.map((run) => `${run.members} ${run.members === 1 ? 'run' : 'runs'} a temperature`))}; ` +
        `MSD fitted over ${analysis.fitWindow.join('–')} of the run, multiple origins`,
      published: published.production,
    },
  ];
}
