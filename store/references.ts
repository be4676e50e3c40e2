/**
 * What an event refers to must be there before it: the blobs of its outputs with their sizes, the events and outputs
 * that its inputs name, its manifests, and the events that a correction names. `append` demands it; `verify` finds the
 * same out again afterwards.
 */
import { namedEventsOf } from './corrections.ts';
import type { EventCore } from './event.ts';
import { inputsOf, manifestsOf, outputsOf } from './event-shape.ts';
import { StoreError } from './store-error.ts';

/** What is there already: of a store, or of the part of a pack that was read. */
export interface BlobSizes {
  /** Bytes of a blob, or null if there is none. */
  sizeOf(hash: string): number | null;
}

/** Names of an event's outputs; undefined where there is no such event. */
export type OutputNames = (eventId: string) => readonly string[] | undefined;

/** `mayBeAbsent`: blobs whose bytes were dropped where the event comes from, as a `purge` event beside it says. */
export function demandReferences(
  core: EventCore,
  blobs: BlobSizes,
  outputNames: OutputNames,
  mayBeAbsent: (blob: string) => boolean = () => false,
): void {
  for (const [name, descriptor] of outputsOf(core)) {
    const bytes = blobs.sizeOf(descriptor.hash);
    if (bytes === descriptor.bytes || (bytes === null && mayBeAbsent(descriptor.hash))) continue;
    refuse(core, `outputs.${name}`, `a blob ${descriptor.hash} of ${descriptor.bytes} bytes`, sizeText(bytes));
  }
  for (const { path, input } of inputsOf(core)) {
    if ('manifest' in input) {
      const there = blobs.sizeOf(input.manifest) !== null || mayBeAbsent(input.manifest);
      if (!there) refuse(core, path, `a blob ${input.manifest}`, 'none');
    } else {
      const outputs = outputNames(input.event);
      if (outputs === undefined) refuse(core, path, `an earlier event ${input.event}`, 'none');
      if (!outputs.includes(input.output)) {
        refuse(core, path, `an output "${input.output}"`, `outputs ${JSON.stringify(outputs)}`);
      }
    }
  }
  for (const { path, eventId } of namedEventsOf(core)) {
    if (outputNames(eventId) === undefined) refuse(core, path, `an earlier event ${eventId}`, 'none');
  }
}

/** Blobs that an event names, each once: of its outputs by their names, then the manifests of its inputs. */
export function namedBlobs(core: EventCore): string[] {
  const names = Object.keys(core.outputs).sort();
  return [...new Set([...names.map((name) => core.outputs[name]!.hash), ...manifestsOf(core)])];
}

export function sizeText(bytes: number | null): string {
  return bytes === null ? 'none' : `${bytes} bytes`;
}

function refuse(core: EventCore, path: string, expected: string, found: string): never {
  throw new StoreError(
    'reference-missing',
    `the event of a ${core.task.kind} task names what the store does not hold`,
    {
      where: path,
      expected,
      found,
      remedy: 'Put blobs and append the events that are used before the event that uses them.',
    },
  );
}
