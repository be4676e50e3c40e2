/**
 * A lineage by stage: what a derivation of any size looks like from afar. Every event lies in exactly one stage; between
 * stages there are only arrows forwards, so they can be read in order, what was made before what was made of it.
 *
 * A stage is a role in a round. Rounds are for methods that learn as they go (labels, fits, runs, and labels again): an
 * event whose input comes from a later role than its own begins the next round. Where there would be more than
 * `MAX_STAGES`, the earliest rounds share one stage.
 */
import { inLogOrder, type StoredEvent, type Task } from '../../../store/event.ts';
import type { Lineage, LineageEdge } from '../../projections/lineage.ts';

/** In the order of a campaign. `sets` holds no events: training sets are lists, made from labels and named by fits. */
export const STAGE_ROLES = [
  'files',
  'labels',
  'sets',
  'fits',
  'structures',
  'sampling',
  'equilibration',
  'production',
  'selections',
  'diffusion',
  'means',
  'arrhenius',
  'profiles',
  'boundaries',
  'grains',
  'analyses',
  'other',
] as const;

export type StageRole = (typeof STAGE_ROLES)[number] | 'earlier';

export const MAX_STAGES = 13;

/** A list of inputs that a fit names by the hash of the list. */
export interface NamedSet {
  readonly input: string;
  readonly manifest: string;
  readonly items: number;
  /** Events whose outputs it takes items from. */
  readonly sources: readonly string[];
  readonly usedBy: readonly string[];
}

export interface Stage {
  /** Unique in its derivation: the role, and the round from the second on. */
  readonly id: string;
  readonly role: StageRole;
  readonly round: number;
  /** In the order of the log. */
  readonly events: readonly StoredEvent[];
  /** In a stage of role `sets` only. */
  readonly sets: readonly NamedSet[];
}

export interface StageArrow {
  readonly producer: string;
  readonly consumer: string;
}

export interface StagedLineage {
  /** Producers before consumers. */
  readonly stages: readonly Stage[];
  /** Every pair of stages of which one uses what the other made. */
  readonly arrows: readonly StageArrow[];
}

interface Place {
  readonly role: (typeof STAGE_ROLES)[number];
  readonly round: number;
}

/** @throws Error (ours) where the lineage has a circle, which hashes make impossible */
export function stagesOf(lineage: Lineage): StagedLineage {
  const inputs = edgesBy(lineage.edges, ({ from }) => from);
  const places = new Map<string, Place>();
  for (const event of producersFirst(lineage)) {
    places.set(event.eventId, placeOf(event, inputs.get(event.eventId) ?? [], places));
  }
  const firstKept = firstRoundKept([...places.values()]);
  const stages = new Map<string, { place: Place; events: StoredEvent[]; sets: NamedSet[] }>();
  const stageAt = (place: Place) => {
    const id = stageId(place, firstKept);
    const known = stages.get(id);
    if (known !== undefined) return known;
    const made = { place, events: [], sets: [] };
    stages.set(id, made);
    return made;
  };
  for (const event of inLogOrder(lineage.nodes)) {
    stageAt(places.get(event.eventId)!).events.push(event);
  }
  const sets = namedSets(lineage.nodes, inputs, places);
  for (const set of sets) stageAt(placeOfSet(set, places)).sets.push(set);
  const ordered = [...stages].sort(([, a], [, b]) => compare(a.place, b.place));
  return {
    stages: ordered.map(([id, { place, events, sets }]) => ({
      id,
      role: id === EARLIER ? EARLIER : place.role,
      round: place.round,
      events,
      sets,
    })),
    arrows: arrowsOf(lineage.edges, sets, places, firstKept),
  };
}

/**
 * Without the arrows that say nothing which a chain of others does not say already.
 * @param ids stages, producers before consumers
 */
export function essentialArrows(ids: readonly string[], arrows: readonly StageArrow[]): StageArrow[] {
  const consumers = new Map<string, string[]>();
  for (const { producer, consumer } of arrows) {
    consumers.set(producer, [...(consumers.get(producer) ?? []), consumer]);
  }
  const reached = new Map<string, Set<string>>();
  for (const id of [...ids].reverse()) {
    const all = new Set<string>();
    for (const next of consumers.get(id) ?? []) {
      all.add(next);
      for (const further of reached.get(next)!) all.add(further);
    }
    reached.set(id, all);
  }
  return arrows.filter(
    ({ producer, consumer }) =>
      !consumers.get(producer)!.some((next) => next !== consumer && reached.get(next)!.has(consumer)),
  );
}

const EARLIER = 'earlier';

const rank = (place: Place): number => STAGE_ROLES.indexOf(place.role);

const compare = (a: Place, b: Place): number => a.round - b.round || rank(a) - rank(b);

function placeOf(event: StoredEvent, inputs: readonly LineageEdge[], places: ReadonlyMap<string, Place>): Place {
  const role = roleOf(event, inputs, places);
  const own = STAGE_ROLES.indexOf(role);
  let round = 1;
  for (const { to } of inputs) {
    const producer = places.get(to)!;
    round = Math.max(round, producer.round + (rank(producer) > own ? 1 : 0));
  }
  return { role, round };
}

const ROLE_OF_KIND: { readonly [kind: string]: Place['role'] } = {
  'blob.import': 'files',
  'label.import': 'labels',
  'label.reference': 'labels',
  'potential.fit': 'fits',
  'potential.active-set': 'fits',
  'potential.errors': 'fits',
  'configurations.sample': 'selections',
  'configurations.select': 'selections',
  'structure.create': 'structures',
  'structure.relax': 'structures',
  'structure.search-shifts': 'structures',
  'structure.choose-shift': 'structures',
  'analysis.diffusion': 'diffusion',
  'analysis.replicas': 'means',
  'analysis.arrhenius': 'arrhenius',
  'analysis.boundary-energy': 'boundaries',
  'analysis.height-profile': 'profiles',
  'analysis.boundary-width': 'profiles',
  'analysis.boundary-diffusion': 'boundaries',
  'analysis.polycrystal': 'grains',
  'analysis.mixture': 'grains',
  'analysis.jumps': 'analyses',
  'analysis.rdf': 'analyses',
  'analysis.displacements': 'analyses',
  'analysis.phonons': 'analyses',
  'analysis.ground-state': 'analyses',
};

function roleOf({ core }: StoredEvent, inputs: readonly LineageEdge[], places: ReadonlyMap<string, Place>) {
  const previous = inputs.find(({ input }) => input === 'state');
  return roleOfTask(core.task, previous === undefined ? undefined : places.get(previous.to)!.role);
}

/** @param previous of the task whose state it goes on from, if it does */
export function roleOfTask({ kind, params }: Task, previous: StageRole | undefined): Place['role'] {
  if (kind !== 'md.run') return Object.hasOwn(ROLE_OF_KIND, kind) ? ROLE_OF_KIND[kind]! : 'other';
  if (params.grades !== undefined) return 'sampling';
  // A run equilibrates until a segment begins to count anew; from there on it is production, unless it is cooled.
  const countsAnew = (params.start as { newRun?: unknown } | undefined)?.newRun === true;
  if (countsAnew && params.ramp === undefined) return 'production';
  return previous === 'production' ? 'production' : 'equilibration';
}

/** Kahn's algorithm; among events that are free the order of the lineage. */
function producersFirst({ nodes, edges }: Lineage): StoredEvent[] {
  const events = new Map(nodes.map((event) => [event.eventId, event]));
  const consumers = edgesBy(edges, ({ to }) => to);
  const open = new Map<string, number>();
  for (const { from } of edges) open.set(from, (open.get(from) ?? 0) + 1);
  const order = nodes.filter(({ eventId }) => !open.has(eventId));
  for (let at = 0; at < order.length; at += 1) {
    for (const { from } of consumers.get(order[at]!.eventId) ?? []) {
      const left = open.get(from)! - 1;
      open.set(from, left);
      if (left === 0) order.push(events.get(from)!);
    }
  }
  if (order.length < nodes.length) throw new Error('the lineage has a circle');
  return order;
}

/** The first round with stages of its own: those before it share one. */
function firstRoundKept(places: readonly Place[]): number {
  const stages = new Map<number, Set<Place['role']>>();
  for (const { role, round } of places) {
    const roles = stages.get(round) ?? new Set();
    stages.set(round, roles.add(role));
    if (role === 'fits') roles.add('sets');
  }
  let count = 0;
  const rounds = [...stages.keys()].sort((a, b) => b - a);
  for (const [k, round] of rounds.entries()) {
    count += stages.get(round)!.size;
    // One place is left for what comes before, if anything does.
    if (count > MAX_STAGES - (k === rounds.length - 1 ? 0 : 1)) return rounds[k - 1]!;
  }
  return 1;
}

function stageId({ role, round }: Place, firstKept: number): string {
  if (round < firstKept) return EARLIER;
  return round === 1 ? role : `${role}-${round}`;
}

/** A list that fits of several rounds name stands in each of these rounds. */
function namedSets(
  events: readonly StoredEvent[],
  inputs: ReadonlyMap<string, readonly LineageEdge[]>,
  places: ReadonlyMap<string, Place>,
): NamedSet[] {
  const sets = new Map<string, NamedSet & { readonly usedBy: string[] }>();
  for (const { eventId, core } of events) {
    const { role, round } = places.get(eventId)!;
    if (role !== 'fits') continue;
    for (const [input, value] of Object.entries(core.task.inputs)) {
      if (Array.isArray(value) || !('manifest' in value)) continue;
      const key = `${round} ${input} ${value.manifest}`;
      const known = sets.get(key);
      if (known === undefined) {
        const taken = (inputs.get(eventId) ?? []).filter((edge) => edge.input === input);
        sets.set(key, {
          input,
          manifest: value.manifest,
          items: taken.reduce((sum, { items }) => sum + (items ?? 0), 0),
          sources: taken.map(({ to }) => to),
          usedBy: [eventId],
        });
      } else known.usedBy.push(eventId);
    }
  }
  return [...sets.values()];
}

const placeOfSet = (set: NamedSet, places: ReadonlyMap<string, Place>): Place => ({
  role: 'sets',
  round: places.get(set.usedBy[0]!)!.round,
});

function arrowsOf(
  edges: readonly LineageEdge[],
  sets: readonly NamedSet[],
  places: ReadonlyMap<string, Place>,
  firstKept: number,
): StageArrow[] {
  const arrows = new Map<string, { arrow: StageArrow; places: readonly [Place, Place] }>();
  const draw = (producer: Place, consumer: Place): void => {
    const arrow = { producer: stageId(producer, firstKept), consumer: stageId(consumer, firstKept) };
    if (arrow.producer === arrow.consumer) return;
    const key = `${arrow.producer} ${arrow.consumer}`;
    // Several places lie in the stage of earlier rounds: the first of them counts, whatever the order of the edges.
    const [first, second] = arrows.get(key)?.places ?? [producer, consumer];
    const places = [compare(producer, first) < 0 ? producer : first, compare(consumer, second) < 0 ? consumer : second];
    arrows.set(key, { arrow, places: places as [Place, Place] });
  };
  for (const { from, to, items } of edges) {
    const [producer, consumer] = [places.get(to)!, places.get(from)!];
    const set: Place = { role: 'sets', round: consumer.round };
    const throughSet = items !== undefined && consumer.role === 'fits' && compare(producer, set) < 0;
    draw(producer, throughSet ? set : consumer);
  }
  for (const set of sets) draw(placeOfSet(set, places), places.get(set.usedBy[0]!)!);
  return [...arrows.values()]
    .sort((a, b) => compare(a.places[0], b.places[0]) || compare(a.places[1], b.places[1]))
    .map(({ arrow }) => arrow);
}

function edgesBy(edges: readonly LineageEdge[], key: (edge: LineageEdge) => string): Map<string, LineageEdge[]> {
  const grouped = new Map<string, LineageEdge[]>();
  for (const edge of edges) {
    const group = grouped.get(key(edge));
    if (group === undefined) grouped.set(key(edge), [edge]);
    else group.push(edge);
  }
  return grouped;
}
