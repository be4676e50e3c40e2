/** The role of each event in its campaign, which stays the same when the spec is edited: what two campaigns are compared by. */
import type { StoredEvent } from '../../../store/event.ts';
import type { PlannedCampaign } from '../../campaign/campaign-view.ts';

/** Event id by role, e.g. `run anion-ordered-bulk 900 K member 1 production segment 2`. */
export function campaignRoles({ plan }: Pick<PlannedCampaign, 'plan'>): Map<string, string> {
  const roles = new Map<string, string>();
  const give = (role: string, event: StoredEvent | undefined): void => {
    if (event !== undefined) roles.set(role, event.eventId);
  };
  for (const [name, labels] of Object.entries(plan.labels)) {
    give(`labels ${name}`, labels);
    const { file } = labels.core.task.inputs;
    if (file !== undefined && 'event' in file) roles.set(`file of labels ${name}`, file.event);
  }
  for (const [name, realisations] of Object.entries(plan.structures)) {
    realisations.forEach((event, k) => {
      give(`structure ${name} realisation ${k + 1}`, event);
      const file = event?.core.task.inputs.file;
      if (file !== undefined && 'event' in file) roles.set(`file of structure ${name}`, file.event);
    });
  }
  for (const [name, fits] of Object.entries(plan.potentials)) {
    fits.forEach((event, k) => {
      give(`potential ${name} fit ${k + 1}`, event);
    });
  }
  for (const { structure, points, arrhenius } of plan.profiles) {
    give(`line ${structure}`, arrhenius);
    for (const { temperatureK, members, replicas } of points) {
      give(`mean ${structure} ${temperatureK} K`, replicas);
      for (const { member, segments: sequence, diffusion, structure: start } of members) {
        const segments = [...sequence];
        const run = `run ${structure} ${temperatureK} K member ${member + 1}`;
        if (start?.core.task.kind === 'structure.relax') give(`${run} relaxed structure`, start);
        give(`${run} diffusion`, diffusion);
        const production = segments.findIndex(beginsProduction);
        const equilibration = production === -1 ? segments.length : production;
        segments.forEach((event, k) => {
          const stage =
            k < equilibration ? `equilibration segment ${k + 1}` : `production segment ${k - equilibration + 1}`;
          give(`${run} ${stage}`, event);
        });
      }
    }
  }
  return roles;
}

function beginsProduction({ core }: StoredEvent): boolean {
  const { start } = core.task.params;
  return typeof start === 'object' && start !== null && !Array.isArray(start) && start.newRun === true;
}
