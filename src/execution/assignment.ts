/**
 * A task made ready to run anywhere: its references resolved to blobs, so that a worker needs no log.
 */

import type { BlobStore } from '../../store/blob-store.ts';
import type { Task, TaskInput } from '../../store/event.ts';
import type { EventLog } from '../../store/event-log.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { readManifest } from '../formats/manifest.ts';

export interface ResolvedInput {
  /** SHA-256 of the blob. */
  readonly hash: string;
  readonly index?: number;
}

export interface Assignment {
  readonly kind: string;
  readonly v: number;
  readonly params: JsonObject;
  readonly inputs: { readonly [name: string]: readonly ResolvedInput[] };
}

/** @throws Error (ours) where the task names an event or an output that the log does not hold */
export function resolveTask(task: Task, log: Pick<EventLog, 'byEventId'>, blobs: Pick<BlobStore, 'get'>): Assignment {
  const reference = (event: string, output: string, index?: number): ResolvedInput => {
    const outputs = log.byEventId(event)?.core.outputs ?? {};
    const descriptor = Object.hasOwn(outputs, output) ? outputs[output] : undefined;
    if (descriptor === undefined) throw new Error(`${task.kind}: no output ${output} of event ${event}`);
    return { hash: descriptor.hash, ...(index === undefined ? {} : { index }) };
  };
  const resolve = (input: TaskInput): ResolvedInput[] => {
    if (Array.isArray(input)) return input.flatMap(resolve);
    if ('event' in input) return [reference(input.event, input.output)];
    return readManifest(blobs.get(input.manifest), `manifest ${input.manifest.slice(0, 12)}`).map((entry) =>
      reference(entry.event, entry.output, entry.index),
    );
  };
  return {
    kind: task.kind,
    v: task.v,
    params: task.params,
    inputs: Object.fromEntries(Object.entries(task.inputs).map(([name, input]) => [name, resolve(input)])),
  };
}

/** The blobs that an assignment needs and that are not there. */
export function absentBlobs({ inputs }: Assignment, blobs: BlobStore): string[] {
  const needed = new Set(Object.values(inputs).flatMap((list) => list.map(({ hash }) => hash)));
  return [...needed].filter((hash) => !blobs.has(hash));
}
