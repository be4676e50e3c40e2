/**
 * The verdict on one event: what a task gave when it was computed anew, against what is recorded. Bytes are compared, by
 * their hashes; only where these differ are the contents looked into.
 */
import type { BlobStore } from '../../../store/blob-store.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import { StoreError } from '../../../store/store-error.ts';
import type { JsonValue } from '../../formats/json-document.ts';
import { readStructure } from '../../formats/structure-bundle.ts';
import { InputError } from '../../numerics/input-error.ts';
import type { OutputBlob, TaskResult } from '../../tasks/task-kind.ts';
import type { Difference } from './difference.ts';
import { locateDifference } from './locate-difference.ts';
import { locateInJson } from './locate-in-json.ts';

export const VERDICTS = ['identical', 'differs', 'not-comparable'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What names an event to people: verdicts are kept by the million, events are not. */
export interface ReplayedEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly taskId: string;
  readonly kind: string;
  readonly v: number;
  /** Hash of the build that computed what is recorded; undefined where none is. */
  readonly recordedBy: string | undefined;
}

export interface ReplayVerdict {
  readonly event: ReplayedEvent;
  readonly verdict: Verdict;
  /** Why it cannot be compared. */
  readonly why?: string;
  /** One a part of the event that differs: outcome, results, each output. */
  readonly differences: readonly Difference[];
  readonly durationMs?: number;
}

export const replayedEvent = ({ seq, eventId, taskId, core, attestation }: StoredEvent): ReplayedEvent => ({
  seq,
  eventId,
  taskId,
  kind: core.task.kind,
  v: core.task.v,
  recordedBy: typeof attestation.sourceBuild === 'string' ? attestation.sourceBuild : undefined,
});

/** @param structureHash blob of the structure that the task works on, to name the elements of atoms */
export function compareWithRecorded(
  event: StoredEvent,
  result: TaskResult,
  blobs: BlobStore,
  structureHash: string | undefined,
): readonly Difference[] {
  const { outcome, outputs, results } = event.core;
  const elementOf = elementsFrom(blobs, structureHash);
  const inJson = (part: string, recorded: unknown, recomputed: unknown): Difference[] => {
    const found = locateInJson(recorded as JsonValue, recomputed as JsonValue);
    return found === undefined ? [] : [{ part, ...found }];
  };
  const names = [...new Set([...Object.keys(outputs), ...Object.keys(result.outputs)])].sort();
  return [
    ...inJson('outcome', outcome, result.outcome),
    ...inJson('results', results, result.results),
    ...names.flatMap((name) => compareOutput(event, name, result.outputs[name], blobs, elementOf)),
  ];
}

function compareOutput(
  event: StoredEvent,
  name: string,
  recomputed: OutputBlob | undefined,
  blobs: BlobStore,
  elementOf: (atom: number) => string | undefined,
): Difference[] {
  const part = `outputs.${name}`;
  const recorded = Object.hasOwn(event.core.outputs, name) ? event.core.outputs[name] : undefined;
  if (recorded === undefined || recomputed === undefined) {
    const said = (there: unknown): string => (there === undefined ? 'no such output' : 'an output');
    return [{ part, place: 'the output itself', recorded: said(recorded), recomputed: said(recomputed) }];
  }
  const hash = sha256Hex(recomputed.bytes);
  if (recorded.mediaType !== recomputed.mediaType) {
    return [{ part, place: 'media type', recorded: recorded.mediaType, recomputed: recomputed.mediaType }];
  }
  if (recorded.hash === hash) return [];
  const bytes = recordedBytes(blobs, recorded.hash);
  if (bytes === undefined) {
    const place = 'SHA-256 (the recorded bytes are no longer in the store, so it cannot be said where)';
    return [{ part, place, recorded: recorded.hash, recomputed: hash }];
  }
  return [{ part, ...locateDifference(recorded.mediaType, bytes, recomputed.bytes, elementOf) }];
}

function recordedBytes(blobs: BlobStore, hash: string): Uint8Array | undefined {
  try {
    return blobs.get(hash);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

function elementsFrom(blobs: BlobStore, structureHash: string | undefined): (atom: number) => string | undefined {
  let elements: readonly string[] | undefined;
  return (atom) => {
    elements ??= structureHash === undefined ? [] : elementsOfAtoms(blobs, structureHash);
    return elements[atom];
  };
}

function elementsOfAtoms(blobs: BlobStore, hash: string): string[] {
  try {
    const { species, elements } = readStructure(blobs.get(hash), hash);
    return Array.from(species, (kind) => elements[kind]!);
  } catch (error) {
    // A name beside a number is worth no failure.
    if (error instanceof StoreError || error instanceof InputError) return [];
    throw error;
  }
}
