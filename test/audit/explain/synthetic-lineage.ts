/** Lineages without a store: events of the shapes that campaigns leave, as many as a test asks for. */
import type { Lineage, LineageEdge } from '../../../src/projections/lineage.ts';
import type { StoredEvent, Task, TaskInput } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import type { JsonObject } from '../../../store/json.ts';

interface Made {
  readonly kind: string;
  readonly params?: JsonObject;
  readonly inputs?: { [name: string]: TaskInput };
  readonly results?: JsonObject;
  readonly outputs?: readonly string[];
  readonly class?: 'exact' | 'observed';
}

/** Collects events in the order in which they would be recorded. */
export class LineageBuilder {
  readonly nodes: StoredEvent[] = [];
  readonly edges: LineageEdge[] = [];

  add({ kind, params = {}, inputs = {}, results = {}, outputs = ['out'], class: determinism = 'exact' }: Made): string {
    const seq = this.nodes.length + 1;
    const eventId = sha256Hex(`event ${seq}`);
    const task: Task = { kind, v: 1, params, inputs };
    const described = outputs.map((name) => [
      name,
      { hash: sha256Hex(`${seq} ${name}`), bytes: seq, mediaType: 'application/json' },
    ]);
    this.nodes.push({
      seq,
      eventId,
      taskId: sha256Hex(`task ${seq}`),
      core: { task, class: determinism, outcome: { status: 'done' }, outputs: Object.fromEntries(described), results },
      attestation: { varve: '0.1.0', sourceBuild: sha256Hex('code'), wasm: [] },
      obs: {
        startedAt: '2026-01-01T00:00:00.000Z',
        durationMs: seq % 7,
        node: 'v20.20.2',
        platform: 'linux',
        arch: 'x64',
      },
      leaf: sha256Hex(`leaf ${seq}`),
    });
    const link = (input: string, value: TaskInput): void => {
      if (Array.isArray(value)) for (const item of value) link(input, item);
      else if ('event' in value) this.edges.push({ from: eventId, to: value.event, input, output: value.output });
    };
    for (const [input, value] of Object.entries(inputs)) link(input, value);
    return eventId;
  }

  /** Has the event take items of others' outputs through a list. */
  addList(from: string, input: string, sources: readonly string[], items: number): void {
    for (const to of sources) this.edges.push({ from, to, input, output: 'out', items });
  }

  /** What the last event rests on, if it rests on everything. */
  lineage(): Lineage {
    const last = this.nodes.at(-1);
    return { roots: last === undefined ? [] : [last.eventId], nodes: [...this.nodes].reverse(), edges: this.edges };
  }
}

export interface CampaignShape {
  readonly structures: number;
  readonly temperatures: number;
  readonly members: number;
  readonly segments: number;
}

const from = (event: string, output = 'out'): TaskInput => ({ event, output });

/** A campaign down to one Arrhenius line that rests on all of it; the last tenth of a run's segments is production. */
export function campaignLineage({ structures, temperatures, members, segments }: CampaignShape): {
  readonly lineage: Lineage;
  readonly purposes: ReadonlyMap<string, string>;
} {
  const built = new LineageBuilder();
  const purposes = new Map<string, string>();
  const add = (purpose: string, made: Made): string => {
    const eventId = built.add(made);
    purposes.set(built.nodes.at(-1)!.taskId, purpose);
    return eventId;
  };
  const file = add('import labels.xyz', {
    kind: 'blob.import',
    class: 'observed',
    params: { name: 'labels.xyz' },
    outputs: ['content'],
  });
  const labels = add('labels dft', {
    kind: 'label.import',
    inputs: { file: from(file, 'content') },
    results: { configurations: 60, methods: ['DFT'] },
  });
  const fits = Array.from({ length: members }, (_, member) => {
    const manifest = sha256Hex('manifest');
    const fit = add(`potential, fit ${member + 1}`, {
      kind: 'potential.fit',
      params: { level: 8, seed: sha256Hex(`seed ${member}`).slice(0, 16) },
      inputs: { training: { manifest } },
      results: { validationEnergyRmseMevAtom: 3 + member },
    });
    built.addList(fit, 'training', [labels], 60);
    return fit;
  });
  const means: string[] = [];
  for (let s = 1; s <= structures; s += 1) {
    const structure = add(`structure-${s}`, { kind: 'structure.create', results: { atoms: 52 } });
    for (let t = 1; t <= temperatures; t += 1) {
      const diffusions = fits.map((fit, member) => {
        const name = `structure-${s}, ${500 + 100 * t} K, member ${member + 1}`;
        const run: string[] = [];
        const production = segments - Math.ceil(segments / 10);
        for (let k = 0; k < segments; k += 1) {
          const stage = k < production ? 'equilibration' : 'production';
          const start = k === 0 ? { from: 'structure', seed: '0' } : { from: 'state', newRun: k === production };
          run.push(
            add(`${name}, ${stage}, segment ${k + 1} of ${segments}`, {
              kind: 'md.run',
              params: { temperatureK: 500 + 100 * t, steps: 5000, start },
              inputs: {
                structure: from(structure),
                potential: from(fit),
                ...(k === 0 ? {} : { state: from(run.at(-1)!, 'state') }),
              },
              results: { meanTemperatureK: 500 + 100 * t + k / segments, timePs: 10 },
              outputs: ['state', 'trajectory'],
            }),
          );
        }
        return add(`${name}, diffusion`, {
          kind: 'analysis.diffusion',
          inputs: {
            structure: from(structure),
            trajectory: run.slice(production).map((segment) => from(segment, 'trajectory')),
          },
          results: { diffusionCm2S: 1e-5 * t, alpha: 1 },
        });
      });
      means.push(
        add(`structure-${s}, ${500 + 100 * t} K, mean`, {
          kind: 'analysis.replicas',
          inputs: { members: diffusions.map((event) => from(event)) },
          results: { diffusionCm2S: 1e-5 * t, alpha: 1 },
        }),
      );
    }
  }
  add('Arrhenius line', {
    kind: 'analysis.arrhenius',
    inputs: { points: means.map((event) => from(event)) },
    results: { activationEnergyMev: 300 },
  });
  return { lineage: built.lineage(), purposes };
}
