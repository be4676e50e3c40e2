/** The variance study of a campaign: its diffusion coefficients by what they descend from, in the campaign's words. */
import type { StoredEvent } from '../../store/event.ts';
import type { TemperaturePoint } from '../projections/campaign-results.ts';
import type { Figure } from '../projections/figure.ts';
import type { LineageSource } from '../projections/lineage.ts';
import type { Table } from '../projections/table.ts';
import { deriveVarianceFigure } from '../projections/variance/variance-figure.ts';
import { deriveVarianceSets, type VarianceSets } from '../projections/variance/variance-sets.ts';
import { type LevelStudy, studyVariance } from '../projections/variance/variance-study.ts';
import { deriveVarianceTables, type NotesOf } from '../projections/variance/variance-table.ts';
import type { PlannedCampaign } from './campaign-view.ts';

export interface CampaignVariance {
  readonly sets: VarianceSets;
  readonly levels: readonly LevelStudy[];
  readonly notesOf: NotesOf;
}

/** Of a campaign that has such a study: at some level two of the sets A, B and C. None otherwise. */
export function varianceTables(campaign: PlannedCampaign, source: LineageSource): Table[] {
  if (!hasStudy(campaign, source)) return [];
  const { levels, notesOf } = studyCampaignVariance(campaign, source);
  return deriveVarianceTables(
    levels.filter(({ sets }) => Object.keys(sets).length > 0),
    notesOf,
  );
}

/** Fig. 4 of a campaign that has such a study. */
export const varianceFigures = (campaign: PlannedCampaign, source: LineageSource): Figure[] =>
  hasStudy(campaign, source) ? [deriveVarianceFigure(studyCampaignVariance(campaign, source).levels, source)] : [];

const hasStudy = (campaign: PlannedCampaign, source: LineageSource): boolean =>
  setsOf(campaign, source).sets.alike.some(({ levels }) =>
    levels.some(({ sets }) => Object.values(sets).filter(({ groups }) => groups.length > 0).length > 1),
  );

export function studyCampaignVariance({ plan }: PlannedCampaign, source: LineageSource): CampaignVariance {
  const { sets, diffusions } = setsOf({ plan }, source);
  return {
    sets,
    levels: studyVariance(sets, ({ diffusion }) => diffusions.get(diffusion.eventId)!.structure),
    notesOf: ({ structure, temperatureK, runs: { level } }) => {
      const members = pointsOf(plan)
        .filter((point) => point.structure === structure && point.temperatureK === temperatureK)
        .flatMap((point) => point.members)
        .filter(({ fit }) => fit?.core.task.params.level === level);
      // A run that serves two sets has a place in each.
      const distinct = (events: readonly (StoredEvent | undefined)[]): number =>
        new Set(events.flatMap((event) => (event === undefined ? [] : [event.eventId]))).size;
      const counted = (count: number, what: string): string[] =>
        count === 0 ? [] : [`${count} ${count === 1 ? 'run' : 'runs'} besides ${what}`];
      return [
        ...counted(distinct(members.map(({ stopped }) => stopped)), 'stopped early and have no D'),
        ...counted(distinct(members.map(({ withdrawn }) => withdrawn?.event)), 'were withdrawn'),
      ];
    },
  };
}

/** Of the campaign's own structures and temperatures, and of its variance study. */
const pointsOf = ({ profiles, variance }: PlannedCampaign['plan']): TemperaturePoint[] => [
  ...profiles.flatMap((profile) => profile.points),
  ...variance,
];

/** Diffusion coefficients of the campaign by event id, and the sets that they make. */
function setsOf({ plan }: Pick<PlannedCampaign, 'plan'>, source: LineageSource) {
  const diffusions = new Map<string, { event: StoredEvent; structure: string }>();
  for (const { structure, members } of pointsOf(plan)) {
    for (const { diffusion } of members) {
      if (diffusion !== undefined) diffusions.set(diffusion.eventId, { event: diffusion, structure });
    }
  }
  const events = [...diffusions.values()].map(({ event }) => event);
  return { diffusions, sets: deriveVarianceSets(events, source) };
}
