/**
 * Where one diffusion coefficient comes from, read from its lineage: the MD run, the fit, the training set. Of a run's
 * production the first segment is read, and its length from the analysis: thousands of segments of the same stage would say
 * the same.
 */
import { canonicalJson } from '../../../store/canonical-json.ts';
import type { StoredEvent, TaskInput } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import { demandEvent, type LineageSource } from '../lineage.ts';
import { chainTo, DerivationShapes, segmentParams } from './derivation-shape.ts';
import { seedOf, type TrainingOrigin, TrainingOrigins, trainingManifest } from './training-origin.ts';

const OF_THE_MINIMISATION: ReadonlySet<string> = new Set([
  'preIterations',
  'maxIterations',
  'refineIterations',
  'convergenceTolerance',
  'segmentIterations',
]);

const hashOf = (value: unknown): string => sha256Hex(canonicalJson(value));

export interface FitOrigin {
  /** The event that has the potential. */
  readonly eventId: string;
  readonly level: number;
  /** Of the first segment of the fit. */
  readonly seed: string | undefined;
  /** Hash of what the potential is and what is minimised, but level and seed: fits with other settings are not compared. */
  readonly settings: string;
  /** Hash of how long and how it was minimised, which differs between first fits and refits of a scheme. */
  readonly minimisation: string;
  readonly training: TrainingOrigin;
}

export interface RunOrigin {
  readonly diffusion: StoredEvent;
  readonly temperatureK: number;
  /** Hash of structure recipe, protocol and analysis, without seeds and potential: runs of one value are alike. */
  readonly shape: string;
  /** The structure that the run starts from, with its random draws. */
  readonly structure: string;
  /** First event of the run: its random velocities. */
  readonly start: string;
  readonly seed: string | undefined;
  readonly fit: FitOrigin;
}

export class RunOrigins {
  readonly #source: LineageSource;
  readonly #shapes: DerivationShapes;
  readonly #trainings: TrainingOrigins;
  readonly #fits = new Map<string, FitOrigin | undefined>();

  constructor(source: LineageSource) {
    this.#source = source;
    this.#shapes = new DerivationShapes(source);
    this.#trainings = new TrainingOrigins(source);
  }

  /** Undefined where the run's potential was not fitted here, so that its level and training set are not known. */
  of(diffusion: StoredEvent): RunOrigin | undefined {
    const { inputs, params, kind, v } = diffusion.core.task;
    const first = this.#first(inputs.trajectory);
    const begin = this.#first(inputs.start);
    const structure = this.#first(inputs.structure);
    if (first === undefined || begin === undefined || structure === undefined) return undefined;
    const potential = this.#first(first.core.task.inputs.potential);
    const fit = potential === undefined ? undefined : this.#fit(potential);
    if (fit === undefined) return undefined;
    const { start, ...production } = segmentParams(first.core.task.params);
    const run = chainTo(begin, this.#source)[0]!;
    return {
      diffusion,
      temperatureK: Number(first.core.task.params.temperatureK),
      shape: hashOf({
        analysis: { kind, v, params },
        structure: this.#shapes.of(structure),
        start: this.#shapes.of(begin),
        production: {
          kind: first.core.task.kind,
          v: first.core.task.v,
          params: production.params,
          start: start ?? null,
        },
        runLengthPs: diffusion.core.results.runLengthPs ?? null,
      }),
      structure: structure.eventId,
      start: run.eventId,
      seed: seedOf(run.core.task.params),
      fit,
    };
  }

  #fit(event: StoredEvent): FitOrigin | undefined {
    if (!this.#fits.has(event.eventId)) this.#fits.set(event.eventId, this.#describeFit(event));
    return this.#fits.get(event.eventId);
  }

  #describeFit(event: StoredEvent): FitOrigin | undefined {
    const manifest = trainingManifest(event);
    const chain = chainTo(event, this.#source);
    const { params, start } = segmentParams(chain[0]!.core.task.params);
    const { level, ...others } = params;
    const settings = (wanted: (name: string) => boolean) =>
      Object.fromEntries(Object.entries(others).filter(([name]) => wanted(name)));
    if (manifest === undefined || typeof level !== 'number') return undefined;
    const { kind, v } = event.core.task;
    return {
      eventId: event.eventId,
      level,
      seed: seedOf(chain[0]!.core.task.params),
      settings: hashOf({ kind, v, settings: settings((name) => !OF_THE_MINIMISATION.has(name)) }),
      // How a fit is cut into segments changes nothing of the potential.
      minimisation: hashOf({
        start: start ?? null,
        settings: settings((name) => OF_THE_MINIMISATION.has(name) && name !== 'segmentIterations'),
      }),
      training: this.#trainings.of(manifest),
    };
  }

  /** The event that an input names, of a list the first. */
  #first(input: TaskInput | undefined): StoredEvent | undefined {
    if (input === undefined) return undefined;
    if (Array.isArray(input)) return this.#first(input[0]);
    return 'event' in input ? demandEvent(this.#source, input.event) : undefined;
  }
}
