/**
 * What an event refers to must be there before it: the blobs of its outputs with their sizes, the events and outputs
 * that its inputs name, its manifests, and the events that a correction names. `append` demands it; `verify` finds the
 * same out again afterwards.
 */
import type { BlobStore } from './blob-store.ts';
import { namedEventsOf } from './corrections.ts';
import type { EventCore, StoredEvent } from './event.ts';
import { inputsOf, outputsOf } from './event-shape.ts';
import { StoreError } from './store-error.ts';

export function demandReferences(
  core: EventCore,
  blobs: BlobStore,
  find: (eventId: string) => StoredEvent | undefined,
): void {
  for (const [name, descriptor] of outputsOf(core)) {
    const bytes = blobs.sizeOf(descriptor.hash);
    if (bytes === descriptor.bytes) continue;
    refuse(core, `outputs.${name}`, `a blob ${descriptor.hash} of ${descriptor.bytes} bytes`, sizeText(bytes));
  }
  for (const { path, input } of inputsOf(core)) {
    if ('manifest' in input) {
      if (!blobs.has(input.manifest)) refuse(core, path, `a blob ${input.manifest}`, 'none');
    } else {
      const outputs = find(input.event)?.core.outputs;
      if (outputs === undefined) refuse(core, path, `an earlier event ${input.event}`, 'none');
      if (!Object.hasOwn(outputs, input.output)) {
        refuse(core, path, `an output "${input.output}"`, `outputs ${JSON.stringify(Object.keys(outputs))}`);
      }
    }
  }
  for (const { path, eventId } of namedEventsOf(core)) {
    if (find(eventId) === undefined) refuse(core, path, `an earlier event ${eventId}`, 'none');
  }
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
