/**
 * The shape of a derivation: what was done, with what parameters, leaving out what only draws lots (seeds) and the
 * potential. Two runs of one shape are alike: their results differ by draws and by potentials alone.
 *
 * A chain of segments counts as its stages, each with its parameters and its number of steps in all, so that how a run was
 * cut into segments is no difference.
 */
import { canonicalJson } from '../../../store/canonical-json.ts';
import type { StoredEvent, TaskInput } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import type { Json, JsonObject } from '../../../store/json.ts';
import { demandEvent, type LineageSource } from '../lineage.ts';

/** Inputs that bring a potential, and the range and the active set of its training set. */
export const OF_THE_POTENTIAL: ReadonlySet<string> = new Set(['potential', 'range', 'activeSet']);

/** The event that `state` leads to, where that is a segment of the same kind; undefined at the first segment of a chain. */
export function previousSegment(event: StoredEvent, source: LineageSource): StoredEvent | undefined {
  const { state } = event.core.task.inputs;
  if (state === undefined || Array.isArray(state) || !('event' in state)) return undefined;
  const previous = demandEvent(source, state.event);
  return previous.core.task.kind === event.core.task.kind ? previous : undefined;
}

/** A chain of segments from its first one to this one. */
export function chainTo(event: StoredEvent, source: LineageSource): StoredEvent[] {
  const chain = [event];
  for (let found = previousSegment(event, source); found !== undefined; found = previousSegment(found, source)) {
    chain.push(found);
  }
  return chain.reverse();
}

export class DerivationShapes {
  readonly #source: LineageSource;
  readonly #known = new Map<string, string>();

  constructor(source: LineageSource) {
    this.#source = source;
  }

  /** Hash of the shape of what led to this event. Derivations are chains with few inputs, so recursion is shallow. */
  of(event: StoredEvent): string {
    const known = this.#known.get(event.eventId);
    if (known !== undefined) return known;
    const chain = chainTo(event, this.#source);
    const { kind, v, inputs } = chain[0]!.core.task;
    const shape = sha256Hex(canonicalJson({ kind, v, stages: stagesOf(chain), inputs: this.ofInputs(inputs) }));
    this.#known.set(event.eventId, shape);
    return shape;
  }

  ofInputs(inputs: { readonly [name: string]: TaskInput }): JsonObject {
    return Object.fromEntries(
      Object.entries(inputs).flatMap(([name, input]) =>
        OF_THE_POTENTIAL.has(name) ? [] : [[name, this.#ofInput(input)]],
      ),
    );
  }

  #ofInput(input: TaskInput): Json {
    if (Array.isArray(input)) return input.map((item) => this.#ofInput(item));
    if ('manifest' in input) return input.manifest;
    return [this.of(demandEvent(this.#source, input.event)), input.output];
  }
}

/** Segments that go on with the same parameters are one stage. */
function stagesOf(chain: readonly StoredEvent[]): JsonObject[] {
  const stages: { params: JsonObject; text: string; steps: number }[] = [];
  for (const { core } of chain) {
    const { params, start, steps } = segmentParams(core.task.params);
    const text = canonicalJson(params);
    const last = stages.at(-1);
    const goesOn = start !== null && typeof start === 'object' && !Array.isArray(start) && start.newRun === false;
    if (last !== undefined && goesOn && last.text === text) last.steps += steps;
    else stages.push({ params: { ...params, start: start ?? null }, text, steps });
  }
  return stages.map(({ params, steps }) => ({ params, steps }));
}

/** Parameters without seeds; how a segment starts and how long it is, apart. */
export function segmentParams(params: JsonObject): { params: JsonObject; start: Json | undefined; steps: number } {
  const { start, steps, ...others } = withoutSeeds(params) as JsonObject;
  return { params: others, start, steps: typeof steps === 'number' ? steps : 0 };
}

function withoutSeeds(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSeeds);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => (name === 'seed' ? [] : [[name, withoutSeeds(field)]])),
  );
}
