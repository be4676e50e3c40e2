/**
 * Lineages of the active-learning scheme without a store: some independent runs of it over a few levels from the same labels
 * by the same teacher, and diffusion coefficients under their potentials.
 */
import type { ManifestEntry } from '../../../src/formats/manifest.ts';
import type { LineageSource } from '../../../src/projections/lineage.ts';
import type { StoredEvent, TaskInput } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import type { JsonObject } from '../../../store/json.ts';
import { LineageBuilder } from '../../audit/explain/synthetic-lineage.ts';

const from = (event: string, output: string): TaskInput => ({ event, output });
const seedFor = (...purpose: (string | number)[]): string => sha256Hex(purpose.join(' ')).slice(0, 16);

export interface SchemeRun {
  /** The last fit of each level. */
  readonly fits: ReadonlyMap<number, string>;
  /** Manifest of the last training set. */
  readonly final: string;
}

export interface RunRequest {
  readonly fit: string;
  readonly member: number;
  readonly temperatureK?: number;
  readonly diffusionCm2S?: number;
  /** How many segments the production is cut into. */
  readonly segments?: number;
  readonly structureSeed?: number;
}

export class SchemeLineage implements LineageSource {
  readonly #built = new LineageBuilder();
  readonly #manifests = new Map<string, ManifestEntry[]>();
  readonly teacher: string;
  readonly structure: string;
  /** Configurations sampled from a run of the teacher's, and their labels: where scheme runs begin unless told otherwise. */
  readonly pool: string;
  readonly initial: string;
  readonly diffusions: StoredEvent[] = [];

  constructor() {
    const file = this.#built.add({ kind: 'blob.import', class: 'observed', outputs: ['content'] });
    const dft = this.#built.add({
      kind: 'label.import',
      inputs: { file: from(file, 'content') },
      outputs: ['labels'],
    });
    this.teacher = this.fit(this.list([dft]), 12, 'teacher');
    this.structure = this.#built.add({
      kind: 'structure.create',
      params: { seed: 's', rattleA: 0.01 },
      outputs: ['structure'],
    });
    this.pool = this.sample('initial');
    this.initial = this.label(this.pool);
  }

  byEventId(eventId: string): StoredEvent | undefined {
    return this.#built.nodes.find((event) => event.eventId === eventId);
  }

  manifest(hash: string): readonly ManifestEntry[] {
    return this.#manifests.get(hash)!;
  }

  /** A manifest of the labels of these events, two configurations each. */
  list(labels: readonly string[]): string {
    const entries = labels.flatMap((event) => [0, 1].map((index) => ({ event, output: 'labels', index })));
    const hash = sha256Hex(JSON.stringify(entries));
    this.#manifests.set(hash, entries);
    return hash;
  }

  /** A fit in two segments, going on from a potential where no purpose is said; the id of the one with the potential. */
  fit(manifest: string, level: number, seedPurpose: string, settings: JsonObject = {}): string {
    const common = { level, cutoffA: 5, maxIterations: 200, segmentIterations: 100, ...settings };
    const first = this.#built.add({
      kind: 'potential.fit',
      params: {
        ...common,
        start: seedPurpose === '' ? { from: 'potential' } : { from: 'seed', seed: seedFor('fit', seedPurpose) },
      },
      inputs: { training: { manifest } },
      outputs: ['state', 'history'],
    });
    return this.#built.add({
      kind: 'potential.fit',
      params: { ...common, start: { from: 'state' } },
      inputs: { training: { manifest }, state: from(first, 'state') },
      outputs: ['potential', 'range', 'history'],
    });
  }

  /** Configurations of a run in two segments under the teacher, as an initialisation has them. */
  sample(seedPurpose: string): string {
    const start = { from: 'structure', seed: seedFor('initial', seedPurpose) };
    const run = this.#dynamics(this.teacher, this.structure, { ensemble: 'nvt', temperatureK: 1500, start }, 2);
    return this.#built.add({
      kind: 'configurations.sample',
      params: { everyFrames: 10, skipFrames: 0 },
      inputs: {
        structure: from(this.structure, 'structure'),
        trajectory: run.map((segment) => from(segment, 'trajectory')),
      },
      outputs: ['configurations'],
    });
  }

  label(configurations: string): string {
    return this.#built.add({
      kind: 'label.reference',
      params: { index: 0 },
      inputs: { configurations: from(configurations, 'configurations'), potential: from(this.teacher, 'potential') },
      outputs: ['labels'],
    });
  }

  #select(fit: string, manifest: string, candidates: string): string {
    const activeSet = this.#built.add({
      kind: 'potential.active-set',
      inputs: { potential: from(fit, 'potential'), training: { manifest } },
      outputs: ['activeSet'],
    });
    return this.#built.add({
      kind: 'configurations.select',
      inputs: {
        potential: from(fit, 'potential'),
        activeSet: from(activeSet, 'activeSet'),
        candidates: [from(candidates, 'configurations')],
      },
      outputs: ['configurations'],
    });
  }

  #dynamics(fit: string, structure: string, params: JsonObject, segments: number, state?: string): string[] {
    const run: string[] = [];
    for (let k = 0; k < segments; k++) {
      const previous = run.at(-1) ?? state;
      const start = previous === undefined ? params.start! : { from: 'state', newRun: run.length === 0 };
      run.push(
        this.#built.add({
          kind: 'md.run',
          params: { ...params, steps: 1200 / segments, start },
          inputs: {
            structure: from(structure, 'structure'),
            potential: from(fit, 'potential'),
            range: from(fit, 'range'),
            ...(previous === undefined ? {} : { state: from(previous, 'state') }),
          },
          outputs: ['state', 'trajectory', 'configurations'],
        }),
      );
    }
    return run;
  }

  /** One run of the scheme: at each level pre-training, then one round of active learning. */
  scheme(name: string, levels: readonly number[], pool = this.pool, initial = this.initial): SchemeRun {
    const labels = [initial];
    const fits = new Map<number, string>();
    for (const level of levels) {
      const before = this.fit(this.list(labels), level, `${name} ${level} pre-training`);
      labels.push(this.label(this.#select(before, this.list(labels), pool)));
      const active = this.fit(this.list(labels), level, `${name} ${level} active`);
      const start = { from: 'structure', seed: seedFor('active', name, level) };
      const [run] = this.#dynamics(active, this.structure, { ensemble: 'npt', temperatureK: 1000, start }, 1);
      labels.push(this.label(this.#select(active, this.list(labels), run!)));
      fits.set(level, this.fit(this.list(labels), level, `${name} ${level} final`));
    }
    return { fits, final: this.list(labels) };
  }

  /** Equilibration, production and D of one run. */
  run({ fit, member, temperatureK = 600, diffusionCm2S = 1e-6, segments = 3, structureSeed }: RunRequest): StoredEvent {
    const structure =
      structureSeed === undefined
        ? this.structure
        : this.#built.add({
            kind: 'structure.create',
            params: { seed: seedFor('structure', structureSeed), rattleA: 0.01 },
            outputs: ['structure'],
          });
    const start = { from: 'structure', seed: seedFor('velocities', temperatureK, member) };
    const warming = this.#dynamics(fit, structure, { ensemble: 'nvt', temperatureK, start }, 2);
    const production = this.#dynamics(fit, structure, { ensemble: 'nve', temperatureK }, segments, warming.at(-1)!);
    const eventId = this.#built.add({
      kind: 'analysis.diffusion',
      params: { mobileSpecies: 'Li', fitWindow: [0.6, 1], alphaRange: [0.9, 1.1] },
      inputs: {
        structure: from(structure, 'structure'),
        start: from(warming.at(-1)!, 'state'),
        trajectory: production.map((segment) => from(segment, 'trajectory')),
      },
      outputs: ['diffusion', 'msd'],
      results: {
        diffusionCm2S,
        diffusionStandardErrorCm2S: diffusionCm2S / 10,
        meanTemperatureK: temperatureK,
        runLengthPs: 5000,
        alpha: 1,
        alphaStandardError: 0.02,
        verdict: 'pass',
      },
    });
    const event = this.byEventId(eventId)!;
    this.diffusions.push(event);
    return event;
  }
}
