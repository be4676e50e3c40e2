/**
 * Structures at 0 K (spec-ground-states.ts): prepared by a method, their phonons, and the row that sums them up. Energies
 * are from the structure that kept its symmetry, so those are planned first.
 */
import type { Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { GroundState } from '../projections/bulk-results.ts';
import { type Preparation, planSteps } from './plan-preparation.ts';
import { eventIn, outputOf, type Planner, type Slot, withdrawalIn } from './planner.ts';
import type { CampaignSpec } from './spec.ts';
import type { GroundStateMethod, GroundStateSpec } from './spec-ground-states.ts';

/** Slots by name, as many as there are realisations or members. */
interface Places {
  readonly [name: string]: readonly Slot[];
}

export interface PlannedGroundState extends GroundState {
  /** How many tasks it has, as far as is known. */
  readonly tasks: number;
}

export function planGroundStates(
  spec: CampaignSpec,
  structures: Places,
  potentials: Places,
  planner: Planner,
): PlannedGroundState[] {
  const asked = Object.entries(spec.groundStates ?? {});
  const prepared = new Map<string, Preparation>();
  const ofMethod = (name: string, state: GroundStateSpec, method: GroundStateMethod): Preparation => {
    const fit = potentials[state.potential]![state.fit - 1];
    const steps = stepsOf(name, state, method);
    return planSteps(spec, steps, structures[state.structure]![0], fit, planner);
  };
  for (const method of ['symmetric', 'annealed'] as const) {
    for (const [name, state] of asked) {
      if (state.methods.includes(method)) prepared.set(`${name} ${method}`, ofMethod(name, state, method));
    }
  }
  return asked.flatMap(([name, state]) =>
    state.methods.map((method) => {
      const reference = prepared.get(`${state.reference ?? name} symmetric`);
      const fit = potentials[state.potential]![state.fit - 1];
      return planState(spec, name, state, method, prepared.get(`${name} ${method}`)!, reference, fit, planner);
    }),
  );
}

function stepsOf(name: string, state: GroundStateSpec, method: GroundStateMethod) {
  const { relax, anneal, symmetryToleranceA } = state;
  return {
    name: `ground state ${name}, ${method}`,
    seedPurpose: ['ground state', name],
    ...(method === 'symmetric'
      ? { anneal: undefined, relax: { ...relax, symmetry: { toleranceA: symmetryToleranceA } } }
      : { anneal, relax }),
  };
}

function planState(
  spec: CampaignSpec,
  name: string,
  state: GroundStateSpec,
  method: GroundStateMethod,
  preparation: Preparation,
  reference: Preparation | undefined,
  fitSlot: Slot,
  planner: Planner,
): PlannedGroundState {
  const { structure, potential, fit, phonons } = state;
  const withPhonons = phonons !== undefined;
  const ended = preparation.stopped === undefined && preparation.withdrawn === undefined;
  const found = {
    name,
    method,
    structure,
    potential,
    fit,
    withPhonons,
    preparation: preparation.events,
    phonons: undefined,
    row: undefined,
    stopped: preparation.stopped,
    withdrawn: preparation.withdrawn,
    tasks: ended ? preparation.planned + (withPhonons ? 2 : 1) : preparation.events.length,
  };
  const relaxed = preparation.structure;
  const event = eventIn(fitSlot);
  if (relaxed === undefined || event === undefined) return found;
  const inputs: Task['inputs'] = {
    structure: outputOf(relaxed, 'structure'),
    potential: outputOf(event, 'potential'),
    range: outputOf(event, 'range'),
  };
  const purpose = `ground state ${name}, ${method}`;
  const phononSlot = withPhonons
    ? planner.ask({ kind: 'analysis.phonons', v: 1, params: phonons as JsonObject, inputs }, `${purpose}, phonons`)
    : undefined;
  const phononEvent = eventIn(phononSlot);
  const lost = withdrawalIn(phononSlot) ?? reference?.withdrawn;
  if (lost !== undefined) {
    const tasks = preparation.planned + (withPhonons && withdrawalIn(phononSlot) === undefined ? 1 : 0);
    return { ...found, phonons: phononEvent, withdrawn: lost, tasks };
  }
  const referenceEvent = reference?.structure;
  const awaitsReference = reference !== undefined && referenceEvent === undefined && reference.stopped === undefined;
  if ((withPhonons && phononEvent === undefined) || awaitsReference) return { ...found, phonons: phononEvent };
  const slot = planner.ask(
    {
      kind: 'analysis.ground-state',
      v: 1,
      params: { cells: cellsOf(spec, structure), symprecA: state.symprecA },
      inputs: {
        ...inputs,
        ...(phononEvent === undefined ? {} : { phonons: outputOf(phononEvent, 'phonons') }),
        ...(referenceEvent === undefined ? {} : { reference: outputOf(referenceEvent, 'structure') }),
      },
    },
    `${purpose}, summary`,
  );
  const withdrawn = withdrawalIn(slot);
  const tasks = found.tasks - (withdrawn === undefined ? 0 : 1);
  return { ...found, phonons: phononEvent, row: eventIn(slot), withdrawn, tasks };
}

/** Unit cells in a structure of the spec. */
const cellsOf = (spec: CampaignSpec, structure: string): number =>
  spec.structures[structure]!.supercell.reduce((product: number, n) => product * n, 1);
