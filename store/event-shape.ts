/**
 * Demands that a value is an event core as `event.ts` describes it, with no key more and none less. Stands before
 * everything that is appended and after everything that is read for verification, so it trusts nothing about the
 * value but that it is JSON. StoreError `bad-event` names the path.
 */
import { isCorrection } from './corrections.ts';
import type { BlobDescriptor, EventCore, OutputRef, TaskInput } from './event.ts';
import { isHash } from './hash.ts';
import { StoreError } from './store-error.ts';

const kindPattern = /^[a-z][A-Za-z0-9-]*(\.[a-z][A-Za-z0-9-]*)*$/;
const maximumNameLength = 128;
const maximumReasonLength = 2000;

type Fields = Record<string, unknown>;

export function demandCore(value: unknown): EventCore {
  const core = demandObject(value, 'core', ['task', 'class', 'outcome', 'outputs', 'results']);
  demandTask(core.task);
  demand(core.class === 'exact' || core.class === 'observed', 'core.class', "'exact' or 'observed'");
  demandOutcome(core.outcome);
  for (const [name, descriptor] of entriesOf(core.outputs, 'core.outputs')) {
    demandDescriptor(descriptor, `core.outputs.${name}`);
  }
  demandObject(core.results, 'core.results');
  if (isCorrection(value as EventCore)) demandCorrection(value as EventCore);
  return value as EventCore;
}

export function demandKind(kind: unknown, path: string): void {
  const fits = typeof kind === 'string' && kind.length <= maximumNameLength && kindPattern.test(kind);
  demand(fits, path, 'a kind such as "structure.create"');
}

function demandTask(value: unknown): void {
  const task = demandObject(value, 'core.task', ['kind', 'v', 'params', 'inputs']);
  demandKind(task.kind, 'core.task.kind');
  demand(Number.isSafeInteger(task.v) && (task.v as number) > 0, 'core.task.v', 'a positive integer');
  demandObject(task.params, 'core.task.params');
  for (const [name, input] of entriesOf(task.inputs, 'core.task.inputs')) {
    demandInput(input, `core.task.inputs.${name}`);
  }
}

/** A correction is what its params say and nothing else, so that the same correction is the same event. */
function demandCorrection({ task, class: determinism, outcome, outputs, results }: EventCore): void {
  const { kind, v, params, inputs } = task;
  demand(v === 1, 'core.task.v', `version 1 of ${kind}`);
  demand(determinism === 'observed', 'core.class', "'observed'");
  demand(outcome.status === 'done', 'core.outcome.status', "'done'");
  for (const [name, value] of Object.entries({ 'task.inputs': inputs, outputs, results })) {
    demand(Object.keys(value).length === 0, `core.${name}`, 'nothing');
  }
  const path = 'core.task.params';
  const named = kind === 'supersede' ? ['event', 'by'] : ['event'];
  demandObject(params, path, [...named, 'reason'], ['attempt']);
  for (const name of named) demand(isHash(params[name]), `${path}.${name}`, 'an eventId of 64 lower-case hex digits');
  const { reason, attempt, event, by } = params;
  demand(event !== by, `${path}.by`, 'another event than the one that is superseded');
  const isText = typeof reason === 'string' && reason.trim() !== '' && reason.length <= maximumReasonLength;
  demand(isText, `${path}.reason`, `a text of 1 to ${maximumReasonLength} characters`);
  if (attempt === undefined) return;
  demand(Number.isSafeInteger(attempt) && (attempt as number) >= 2, `${path}.attempt`, 'a whole number from 2');
}

function demandInput(value: unknown, path: string): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      demandInput(item, `${path}[${index}]`);
    });
    return;
  }
  const input = demandObject(value, path);
  if ('manifest' in input) {
    demandObject(input, path, ['manifest']);
    demand(isHash(input.manifest), `${path}.manifest`, '64 lower-case hex digits');
    return;
  }
  demandObject(input, path, ['event', 'output']);
  demand(isHash(input.event), `${path}.event`, 'an eventId of 64 lower-case hex digits');
  demand(typeof input.output === 'string' && input.output !== '', `${path}.output`, 'the name of an output');
}

function demandOutcome(value: unknown): void {
  const path = 'core.outcome';
  const status = demandObject(value, path).status;
  if (status === 'done') {
    demandObject(value, path, ['status']);
  } else if (status === 'stopped') {
    demandObject(demandObject(value, path, ['status', 'reason']).reason, `${path}.reason`);
  } else {
    demand(status === 'failed', `${path}.status`, "'done', 'stopped' or 'failed'");
    demandObject(demandObject(value, path, ['status', 'error']).error, `${path}.error`);
  }
}

function demandDescriptor(value: unknown, path: string): void {
  const descriptor = demandObject(value, path, ['hash', 'bytes', 'mediaType'], ['dtype', 'shape', 'unit']);
  demand(isHash(descriptor.hash), `${path}.hash`, '64 lower-case hex digits');
  demand(isCount(descriptor.bytes), `${path}.bytes`, 'a whole number of bytes');
  for (const name of ['mediaType', 'dtype', 'unit']) {
    if (name in descriptor) demand(typeof descriptor[name] === 'string', `${path}.${name}`, 'a string');
  }
  if ('shape' in descriptor) {
    demand(Array.isArray(descriptor.shape) && descriptor.shape.every(isCount), `${path}.shape`, 'whole numbers');
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  const entries = Object.entries(demandObject(value, path));
  for (const [name] of entries) {
    demand(name !== '' && name.length <= maximumNameLength, `${path}.${name}`, 'a name of 1 to 128 characters');
  }
  return entries;
}

function demandObject(value: unknown, path: string, required?: string[], optional: string[] = []): Fields {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), path, 'an object');
  if (required !== undefined) {
    const keys = Object.keys(value as Fields);
    for (const key of required) demand(keys.includes(key), `${path}.${key}`, 'this field to be there');
    for (const key of keys) {
      demand(required.includes(key) || optional.includes(key), `${path}.${key}`, 'no such field');
    }
  }
  return value as Fields;
}

function demand(holds: boolean, path: string, expected: string): void {
  if (!holds) throw new StoreError('bad-event', 'not the shape of an event', { where: path, expected });
}

export interface NamedInput {
  /** The name that the task gives it. */
  readonly name: string;
  /** Its place in the task, lists opened: `inputs.members[2]`. */
  readonly path: string;
  readonly input: OutputRef | { manifest: string };
}

/** Every reference and manifest of a task's inputs, in the order of the names, lists opened. */
export function* inputsOf(core: Pick<EventCore, 'task'>): Generator<NamedInput> {
  for (const name of Object.keys(core.task.inputs).sort()) {
    yield* flatten(name, core.task.inputs[name]!, `inputs.${name}`);
  }
}

function* flatten(name: string, input: TaskInput, path: string): Generator<NamedInput> {
  if (!Array.isArray(input)) {
    yield { name, path, input };
    return;
  }
  for (let index = 0; index < input.length; index += 1) yield* flatten(name, input[index]!, `${path}[${index}]`);
}

/** Hashes of the manifests among a task's inputs. */
export const manifestsOf = (core: Pick<EventCore, 'task'>): string[] =>
  [...inputsOf(core)].flatMap(({ input }) => ('manifest' in input ? [input.manifest] : []));

export function outputsOf(core: EventCore): [string, BlobDescriptor][] {
  return Object.entries(core.outputs);
}
