/** Training and validation sets: which configuration of which label event is in which, as manifests. */
import type { StoredEvent } from '../../store/event.ts';
import { type ManifestEntry, writeManifest } from '../formats/manifest.ts';

export interface TrainingSet {
  readonly training: Uint8Array;
  /** Undefined where nothing is kept out. */
  readonly validation: Uint8Array | undefined;
}

/**
 * The configurations of the label events in their order, every `validationEvery`-th of them kept for validation.
 * @param labelEvents events of kind `label.import`, all done
 */
export function deriveTrainingSet(
  labelEvents: readonly StoredEvent[],
  validationEvery: number | undefined,
): TrainingSet {
  const entries = labelEvents.flatMap((event): ManifestEntry[] =>
    Array.from({ length: event.core.results.configurations as number }, (_, index) => ({
      event: event.eventId,
      output: 'labels',
      index,
    })),
  );
  const keptOut = (position: number): boolean =>
    validationEvery !== undefined && position % validationEvery === validationEvery - 1;
  const validation = entries.filter((_, position) => keptOut(position));
  return {
    training: writeManifest(entries.filter((_, position) => !keptOut(position))),
    validation: validation.length === 0 ? undefined : writeManifest(validation),
  };
}
