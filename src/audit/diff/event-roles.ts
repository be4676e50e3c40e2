/** The role of each event in its campaign, which stays the same when the spec is edited: what two campaigns are compared by. */
import type { StoredEvent } from '../../../store/event.ts';
import type { PlannedCampaign } from '../../campaign/campaign-view.ts';
import { scaleRoles } from './scale-roles.ts';

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
  for (const { row, points, arrhenius } of plan.profiles) {
    give(`line ${row}`, arrhenius);
    for (const { temperatureK, members, replicas } of points) {
      give(`mean ${row} ${temperatureK} K`, replicas);
      for (const { member, segments: sequence, diffusion, structure: start } of members) {
        const segments = [...sequence];
        const run = `run ${row} ${temperatureK} K member ${member + 1}`;
        if (start?.core.task.kind === 'structure.choose-shift') give(`${run} shifted structure`, start);
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
  for (const [role, event] of scaleRoles(plan)) give(role, event);
  for (const { name, events } of plan.preparations) giveSteps(`preparation of ${name}`, events);
  for (const { name, method, preparation, phonons, row } of plan.groundStates) {
    const state = `ground state ${name} ${method}`;
    giveSteps(state, preparation);
    give(`${state} phonons`, phonons);
    give(`${state} summary`, row);
  }
  for (const { name, row, temperatureK, member, event } of plan.runAnalyses) {
    give(`run ${row} ${temperatureK} K member ${member + 1} ${name}`, event);
  }
  for (const { labels, event } of plan.labelledDistributions) give(`labels ${labels} rdf`, event);
  return roles;

  /** Rows of a γ-surface and the shift chosen, annealing segments, then the relaxation: each sort counted by itself. */
  function giveSteps(of: string, events: readonly StoredEvent[]): void {
    const counts = new Map<string, number>();
    for (const event of events) {
      const { kind } = event.core.task;
      const word = STEP_WORDS[kind] ?? kind;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      give(ONCE.has(kind) ? `${of} ${word}` : `${of} ${word} ${count}`, event);
    }
  }
}

const STEP_WORDS: { readonly [kind: string]: string } = {
  'structure.search-shifts': 'shifts, row',
  'structure.choose-shift': 'shift',
  'md.run': 'annealing segment',
  'structure.relax': 'relaxation',
};
const ONCE = new Set(['structure.choose-shift', 'structure.relax']);

function beginsProduction({ core }: StoredEvent): boolean {
  const { start } = core.task.params;
  return typeof start === 'object' && start !== null && !Array.isArray(start) && start.newRun === true;
}

/** Whether two events have a role in common, each in any of the campaigns. */
export function sameRole(views: readonly Pick<PlannedCampaign, 'plan'>[]): (a: StoredEvent, b: StoredEvent) => boolean {
  const rolesOf = new Map<string, Set<string>>();
  for (const view of views) {
    for (const [role, eventId] of campaignRoles(view)) {
      rolesOf.set(eventId, (rolesOf.get(eventId) ?? new Set()).add(role));
    }
  }
  return (a, b) => [...(rolesOf.get(a.eventId) ?? [])].some((role) => rolesOf.get(b.eventId)?.has(role));
}
