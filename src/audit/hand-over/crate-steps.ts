/**
 * The prospective half of a crate: the steps of the workflow (task kinds), their parameters, and the tools that carried
 * them out (a step as one build of varve ran it), gathered from the events in one pass.
 */
import { canonicalJson } from '../../../store/canonical-json.ts';
import type { StoredEvent, Task } from '../../../store/event.ts';
import { inputsOf } from '../../../store/event-shape.ts';
import { prefixedHash } from '../../../store/hash.ts';
import { CAMPAIGN_OPEN } from '../../campaign/open-campaign.ts';
import { type CrateEntity, eventEntityId, flatValues, reference, references, uriPart } from './crate-entity.ts';
import { executedTask, type ProvenanceScope, type ProvenanceSource } from './provenance-scope.ts';

/** varve as it ran: one for each attestation. */
interface CrateBuild {
  readonly id: string;
  readonly version: string;
  readonly sourceBuild: string;
}

interface CrateStep {
  readonly name: string;
  readonly task: Task;
  /** Place among the steps, by first execution. */
  readonly position: number;
  readonly builds: Set<CrateBuild>;
  /** Types of the parameters, by their ids and names. */
  readonly inputs: Map<string, CrateParameter>;
  readonly outputs: Map<string, CrateParameter>;
  /** Entities of its executions, in the order of the log. */
  readonly actions: string[];
}

interface CrateParameter {
  readonly name: string;
  readonly types: Set<string>;
}

export interface CrateSteps {
  readonly builds: readonly CrateBuild[];
  readonly steps: readonly CrateStep[];
  /** False where some step needs what a step first executed later has made. */
  readonly ordered: boolean;
}

/** `input` and `output` are blobs, `setting` and `result` numbers and text. */
type ParameterRole = 'input' | 'setting' | 'output' | 'result';

const stepName = ({ kind, v }: Task): string => `${kind}-v${v}`;
export const isStep = ({ core }: StoredEvent): boolean => core.task.kind !== CAMPAIGN_OPEN;
export const parameterId = (task: Task, role: ParameterRole, name: string): string =>
  `#${role}-${stepName(task)}-${uriPart(name)}`;
export const buildId = ({ attestation }: StoredEvent): string =>
  `#varve-${prefixedHash('attestation', canonicalJson(attestation))}`;
export const toolId = (task: Task, build: string): string => `#tool-${stepName(task)}-${build.slice('#varve-'.length)}`;
const stepId = (name: string): string => `#step-${name}`;
const controlId = (name: string): string => `#control-${name}`;

export function gatherSteps(scope: ProvenanceScope, source: ProvenanceSource): CrateSteps {
  const builds = new Map<string, CrateBuild>();
  const steps = new Map<string, CrateStep>();
  let ordered = true;
  const positionOf = (eventId: string): number => {
    const maker = scope.byId.get(eventId);
    return maker === undefined ? -1 : (steps.get(stepName(maker.core.task))?.position ?? -1);
  };
  const manifests = new Map<string, readonly string[]>();
  const itemEvents = (hash: string): readonly string[] => {
    const events = manifests.get(hash) ?? [...new Set(source.manifest(hash).map(({ event }) => event))];
    manifests.set(hash, events);
    return events;
  };
  for (const event of scope.events) {
    const id = buildId(event);
    const build = builds.get(id) ?? {
      id,
      version: String(event.attestation.varve),
      sourceBuild: String(event.attestation.sourceBuild),
    };
    builds.set(id, build);
    if (!isStep(event)) continue;
    const task = executedTask(scope, event);
    const step = steps.get(stepName(task)) ?? emptyStep(task, steps.size);
    steps.set(step.name, step);
    step.builds.add(build);
    step.actions.push(eventEntityId(event.eventId));
    addParameters(step, task, event);
    for (const { input } of inputsOf({ task })) {
      const makers = 'event' in input ? [input.event] : itemEvents(input.manifest);
      if (makers.some((maker) => positionOf(maker) > step.position)) ordered = false;
    }
  }
  return { builds: [...builds.values()], steps: [...steps.values()], ordered };
}

const emptyStep = (task: Task, position: number): CrateStep => ({
  name: stepName(task),
  task,
  position,
  builds: new Set(),
  inputs: new Map(),
  outputs: new Map(),
  actions: [],
});

function addParameters(step: CrateStep, task: Task, event: StoredEvent): void {
  const add = (role: ParameterRole, name: string, type: string): void => {
    const parameters = role === 'input' || role === 'setting' ? step.inputs : step.outputs;
    const id = parameterId(task, role, name);
    const parameter = parameters.get(id) ?? { name, types: new Set() };
    parameters.set(id, parameter);
    parameter.types.add(type);
  };
  for (const { name, input } of inputsOf({ task })) add('input', name, 'manifest' in input ? 'Collection' : 'File');
  for (const [name, , type] of flatValues(task.params)) add('setting', name, type);
  for (const name of Object.keys(event.core.outputs)) add('output', name, 'File');
  for (const [name, , type] of flatValues(event.core.results)) add('result', name, type);
}

/** Identifiers of what the workflow consists of. */
export const workflowParts = ({ steps }: CrateSteps): { readonly tools: string[]; readonly steps: string[] } => ({
  tools: steps.flatMap((step) => [...step.builds].map((build) => toolId(step.task, build.id))),
  steps: steps.map((step) => stepId(step.name)),
});

export const controlIds = ({ steps }: CrateSteps): string[] => steps.map((step) => controlId(step.name));

/** varve itself, and for each step its tools, parameters and executions. */
export function* stepEntities(gathered: CrateSteps): Generator<CrateEntity> {
  for (const build of gathered.builds) yield buildEntity(build);
  for (const step of gathered.steps) {
    const title = `${step.task.kind}, version ${step.task.v}`;
    const tools = [...step.builds].map((build) => ({ id: toolId(step.task, build.id), build }));
    yield {
      '@id': stepId(step.name),
      '@type': 'HowToStep',
      name: title,
      ...references(
        'workExample',
        tools.map(({ id }) => id),
      ),
      ...(gathered.ordered ? { position: step.position } : {}),
    };
    yield {
      '@id': controlId(step.name),
      '@type': 'ControlAction',
      name: `executions of ${title}`,
      instrument: reference(stepId(step.name)),
      ...references('object', step.actions),
    };
    for (const { id, build } of tools) {
      yield {
        '@id': id,
        '@type': 'SoftwareApplication',
        name: title,
        description: `The task kind ${step.task.kind}, its numbers in version ${step.task.v}, as this build of varve computes it.`,
        softwareVersion: build.version,
        softwareRequirements: reference(build.id),
        ...references('input', step.inputs.keys()),
        ...references('output', step.outputs.keys()),
      };
    }
    for (const [id, { name, types }] of [...step.inputs, ...step.outputs]) {
      yield {
        '@id': id,
        '@type': 'FormalParameter',
        name,
        additionalType: types.size === 1 ? [...types][0]! : [...types],
      };
    }
  }
}

const buildEntity = ({ id, version, sourceBuild }: CrateBuild): CrateEntity => ({
  '@id': id,
  '@type': 'SoftwareApplication',
  name: 'varve',
  description: `Runs campaigns of atomistic simulation and records them. Source build (SHA-256 over its modules): ${sourceBuild}.`,
  softwareVersion: version,
  identifier: `varve-source-build:${sourceBuild}`,
});
