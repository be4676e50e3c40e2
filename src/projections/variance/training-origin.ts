/**
 * Where a training set comes from: which run of an active-learning scheme, or which imported labels.
 *
 * A training set that a scheme made grows from fits of its own: configurations come from runs of, or were chosen by,
 * potentials that were fitted to earlier states of the same set. Following these fits back ends at the scheme run's *first
 * fit*. All training sets of one scheme run share it, at every level and iteration; scheme runs that start from the same
 * labels do not, because their first fits start from different seeds. It is the root.
 *
 * A set without such fits (imported, or of molecular dynamics that no potential of its own drove) has as its roots the
 * nearest random or outside events of its labels: the import, or the start of the run that the configurations are from.
 */
import type { StoredEvent } from '../../../store/event.ts';
import type { JsonObject } from '../../../store/json.ts';
import { demandEvent, type LineageSource, usesOf } from '../lineage.ts';
import { chainTo, OF_THE_POTENTIAL } from './derivation-shape.ts';

export interface TrainingOrigin {
  /** Hash of the list of its configurations. */
  readonly manifest: string;
  readonly configurations: number;
  readonly labelEvents: ReadonlySet<string>;
  /** Event ids in their order: sets of which any root is the same are of the same scheme run. */
  readonly roots: readonly string[];
  /** `scheme`: roots are first fits; `labels`: the set is not a scheme's, or is what one starts from. */
  readonly from: 'scheme' | 'labels';
}

export class TrainingOrigins {
  readonly #source: LineageSource;
  readonly #known = new Map<string, TrainingOrigin>();
  /** Fits from which an event descends, nearest only. */
  readonly #fits = new Map<string, readonly string[]>();

  constructor(source: LineageSource) {
    this.#source = source;
  }

  /** @param manifest of the training set */
  of(manifest: string): TrainingOrigin {
    const known = this.#known.get(manifest);
    if (known !== undefined) return known;
    const entries = this.#source.manifest(manifest);
    const labelEvents = new Set(entries.map(({ event }) => event));
    const roots = this.#firstFits(labelEvents);
    const origin: TrainingOrigin = {
      manifest,
      configurations: entries.length,
      labelEvents,
      roots: [...(roots.size > 0 ? roots : this.#sources(labelEvents))].sort(),
      from: roots.size > 0 ? 'scheme' : 'labels',
    };
    this.#known.set(manifest, origin);
    return origin;
  }

  /** Fits to earlier states of the set, followed back to those before which there is none. */
  #firstFits(labelEvents: ReadonlySet<string>): Set<string> {
    const roots = new Set<string>();
    for (const label of labelEvents) {
      for (const eventId of this.#fitsAbove(label)) {
        const fit = demandEvent(this.#source, eventId);
        const earlier = this.of(trainingManifest(fit)!);
        // A fit to other labels, such as the one that makes labels, is no step of this scheme.
        if (![...earlier.labelEvents].some((event) => labelEvents.has(event))) continue;
        if (earlier.from === 'scheme') for (const root of earlier.roots) roots.add(root);
        else roots.add(chainTo(fit, this.#source)[0]!.eventId);
      }
    }
    return roots;
  }

  /** Walks up from an event, each once, and not beyond fits. */
  #fitsAbove(eventId: string): readonly string[] {
    const open: { eventId: string; next: readonly string[] | undefined }[] = [{ eventId, next: undefined }];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (this.#fits.has(top.eventId)) {
        open.pop();
      } else if (top.next === undefined) {
        const event = demandEvent(this.#source, top.eventId);
        if (trainingManifest(event) !== undefined && event.core.outputs.potential !== undefined) {
          this.#fits.set(top.eventId, [top.eventId]);
          continue;
        }
        const drawn = event.core.outputs.labels !== undefined;
        top.next = usesOf(event, this.#source)
          // A label's potential is what labels, and a training set brings nothing that the fit to it does not.
          .filter(({ input }) => input !== 'training' && input !== 'validation' && !(drawn && input === 'potential'))
          .map(({ to }) => to);
        for (const to of top.next) if (!this.#fits.has(to)) open.push({ eventId: to, next: undefined });
      } else {
        this.#fits.set(top.eventId, [...new Set(top.next.flatMap((to) => this.#fits.get(to)!))]);
        open.pop();
      }
    }
    return this.#fits.get(eventId)!;
  }

  #sources(labelEvents: ReadonlySet<string>): Set<string> {
    const found = new Set<string>();
    const seen = new Set(labelEvents);
    // The loop goes on to what is added while it runs.
    for (const eventId of seen) {
      const event = demandEvent(this.#source, eventId);
      // What goes on from a state, or is taken from a run, has its structure from there: the nearest draw counts.
      const { state, trajectory } = event.core.task.inputs;
      const only = state !== undefined ? 'state' : trajectory !== undefined ? 'trajectory' : undefined;
      const uses = usesOf(event, this.#source).filter(({ input }) =>
        only === undefined ? !OF_THE_POTENTIAL.has(input) : input === only,
      );
      if (event.core.class === 'observed' || isDrawn(event) || uses.length === 0) found.add(eventId);
      else for (const { to } of uses) seen.add(to);
    }
    return found;
  }
}

/** Of a fit; undefined for events that are none. */
export function trainingManifest({ core }: StoredEvent): string | undefined {
  const { training } = core.task.inputs;
  return training !== undefined && !Array.isArray(training) && 'manifest' in training ? training.manifest : undefined;
}

/** Whether an event begins with random numbers of its own. */
const isDrawn = ({ core }: StoredEvent): boolean => seedOf(core.task.params) !== undefined;

/** The seed that an event, or the first segment of a chain, starts from. */
export function seedOf(params: JsonObject): string | undefined {
  const { start, seed } = params;
  if (typeof seed === 'string') return seed;
  const inner = start !== null && typeof start === 'object' && !Array.isArray(start) ? start.seed : undefined;
  return typeof inner === 'string' ? inner : undefined;
}
