/** The labelled configurations that a task is given: entries of a manifest, each an item of a bundle of labels. */
import type { LabelledFrame } from '../formats/extxyz-labels.ts';
import { readLabelBundle } from '../formats/label-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { withElements } from '../structure/structure.ts';
import { blobName, type InputBlob } from './task-kind.ts';

/**
 * In their order, with species by `elements`; each blob is parsed once.
 * @throws InputError `bad-manifest`, `unknown-species`, `bad-bundle`
 */
export function labelledConfigurations(blobs: readonly InputBlob[], elements: readonly string[]): LabelledFrame[] {
  const parsed = new Map<string, LabelledFrame[]>();
  return blobs.map((blob) => {
    const frames = parsed.get(blob.hash) ?? readLabelBundle(blob.bytes, blobName(blob));
    parsed.set(blob.hash, frames);
    const frame = frames[blob.index ?? 0];
    if (frame !== undefined) return { ...frame, structure: withElements(frame.structure, elements) };
    throw new InputError('bad-manifest', 'a manifest names a configuration that is not there', {
      where: blobName(blob),
      expected: `an index below ${frames.length}`,
      found: String(blob.index),
    });
  });
}
