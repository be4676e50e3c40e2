/** The variance study of a campaign: its diffusion coefficients by what they descend from, in the campaign's words. */
import type { StoredEvent } from '../../store/event.ts';
import type { LineageSource } from '../projections/lineage.ts';
import { deriveVarianceSets, type VarianceSets } from '../projections/variance/variance-sets.ts';
import { type LevelStudy, studyVariance } from '../projections/variance/variance-study.ts';
import type { NotesOf } from '../projections/variance/variance-table.ts';
import type { PlannedCampaign } from './campaign-view.ts';

export interface CampaignVariance {
  readonly sets: VarianceSets;
  readonly levels: readonly LevelStudy[];
  readonly notesOf: NotesOf;
}

export function studyCampaignVariance({ spec, plan }: PlannedCampaign, source: LineageSource): CampaignVariance {
  const points = plan.profiles.flatMap((profile) => profile.points);
  const diffusions = new Map<string, { event: StoredEvent; structure: string }>();
  for (const { structure, members } of points) {
    for (const { diffusion } of members) {
      if (diffusion !== undefined) diffusions.set(diffusion.eventId, { event: diffusion, structure });
    }
  }
  const sets = deriveVarianceSets(
    [...diffusions.values()].map(({ event }) => event),
    source,
  );
  return {
    sets,
    levels: studyVariance(sets, ({ diffusion }) => diffusions.get(diffusion.eventId)!.structure),
    notesOf: ({ structure, temperatureK, runs: { level } }) => {
      const members = points
        .filter((point) => point.structure === structure && point.temperatureK === temperatureK)
        .filter(({ potential }) => spec.potentials[potential]?.level === level)
        .flatMap((point) => point.members);
      const counted = (count: number, what: string): string[] =>
        count === 0 ? [] : [`${count} of ${members.length} runs ${what}`];
      return [
        ...counted(members.filter(({ stopped }) => stopped !== undefined).length, 'stopped early and have no D'),
        ...counted(members.filter(({ withdrawn }) => withdrawn !== undefined).length, 'were withdrawn'),
      ];
    },
  };
}
