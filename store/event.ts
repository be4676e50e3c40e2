/**
 * The shape of what the log holds. A task is what is asked; an event is the fact that it was done. `EventCore` alone
 * is hashed into the eventId, so the same work done elsewhere has the same id; the attestation (code hashes, engine
 * versions) and obs (when, how long, on what runtime) are bound to the event by its leaf.
 */
import type { JsonObject } from './json.ts';

/** `exact`: a replay must give the same bytes. `observed`: came from outside. */
export type DeterminismClass = 'exact' | 'observed';

/** An output of an earlier event: its eventId (64 hex digits) and the output's name. */
export interface OutputRef {
  event: string;
  output: string;
}

/** A reference, a manifest (the SHA-256 of a blob that lists many), or a list of these. */
export type TaskInput = OutputRef | { manifest: string } | TaskInput[];

export interface Task {
  kind: string;
  /** Version of the kind's numbers: raised whenever an output byte can change. */
  v: number;
  params: JsonObject;
  inputs: { [name: string]: TaskInput };
}

export interface BlobDescriptor {
  /** SHA-256 of the bytes, 64 lower-case hex digits. */
  hash: string;
  bytes: number;
  mediaType: string;
  dtype?: string;
  shape?: number[];
  unit?: string;
}

export type Outcome =
  | { status: 'done' }
  | { status: 'stopped'; reason: JsonObject }
  | { status: 'failed'; error: JsonObject };

export interface EventCore {
  task: Task;
  class: DeterminismClass;
  outcome: Outcome;
  outputs: { [name: string]: BlobDescriptor };
  /** A few numbers worth querying, units in the names. */
  results: JsonObject;
}

export interface NewEvent {
  core: EventCore;
  attestation: JsonObject;
  obs: JsonObject;
}

export interface StoredEvent {
  /** Place in the log, gapless from 1. */
  seq: number;
  eventId: string;
  taskId: string;
  core: EventCore;
  attestation: JsonObject;
  /** null where obs was left out of an export. */
  obs: JsonObject | null;
  /** RFC 6962 leaf hash over eventId, H(attestation), H(obs): 64 hex digits. */
  leaf: string;
}

export const inLogOrder = (events: Iterable<StoredEvent>): StoredEvent[] => [...events].sort((a, b) => a.seq - b.seq);
