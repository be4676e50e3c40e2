/**
 * What an event refers to must be there before it: the blobs of its outputs with their sizes, the events and outputs
 * that its inputs name, and its manifests. `append` demands it; `verify` finds the same out again afterwards.
 */
import type { BlobStore } from './blob-store.ts';
import type { EventCore } from './event.ts';
import { inputsOf, outputsOf } from './event-shape.ts';
import { StoreError } from './store-error.ts';

export function demandReferences(
  core: EventCore,
  blobs: BlobStore,
  outputNames: (eventId: string) => readonly string[] | undefined,
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
      const outputs = outputNames(input.event);
      if (outputs === undefined) refuse(core, path, `an earlier event ${input.event}`, 'none');
      if (!outputs.includes(input.output)) {
        refuse(core, path, `an output "${input.output}"`, `outputs ${JSON.stringify(outputs)}`);
      }
    }
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
