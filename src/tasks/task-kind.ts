/**
 * What a task kind is: the one place where physics meets events. A kind declares the version of its numbers, its
 * determinism class and the shape of its parameters; `run` is pure: bytes and parameters in, bytes and results out.
 */

import type { z } from 'zod';
import type { JsonObject } from '../formats/json-document.ts';
import type { Crew } from '../numerics/crew.ts';
import type { SymmetryLibrary } from '../structure/symmetry-library.ts';

/** Bytes of one input, and, where the input is an entry of a manifest, which item of the blob is meant. */
export interface InputBlob {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes; names the blob in errors. */
  readonly hash: string;
  readonly index?: number;
}

export interface TaskContext<P> {
  readonly params: P;
  /** All blobs of that input, in the order of the task; empty where the task does not give it. */
  inputs(name: string): readonly InputBlob[];
  /** The same, each read when its turn comes and not kept: for trajectories, which need not fit into memory. */
  stream(name: string): Iterable<InputBlob>;
  /** Bytes from outside the store, found by their SHA-256: for kinds of class `observed` only. */
  readonly external?: (sha256: string) => Uint8Array;
  /** The library that names space groups: what it says of a structure is checked before anything rests on it. */
  readonly spaceGroups?: () => SymmetryLibrary;
  /** Threads that the task may share its work out to, without changing a bit; the calling one alone if absent. */
  readonly crew?: Crew;
  /** @param fraction of the task that is done, 0 to 1 */
  onProgress(fraction: number): void;
}

export interface OutputBlob {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

export type TaskOutcome =
  | { readonly status: 'done' }
  /** Ended early for a physical reason that it names; what was computed until then is kept. */
  | { readonly status: 'stopped'; readonly reason: JsonObject }
  /** Could not be done with these inputs; asking again gives the same answer. */
  | { readonly status: 'failed'; readonly error: JsonObject };

export interface TaskResult {
  readonly outcome: TaskOutcome;
  readonly outputs: { readonly [name: string]: OutputBlob };
  /** A few numbers worth querying, units in the names. */
  readonly results: JsonObject;
  /** WebAssembly modules that computed it: attested, no part of the result. */
  readonly modules?: readonly Uint8Array[];
}

export interface TaskKind<P> {
  readonly kind: string;
  /** Version of the kind's numbers: raised whenever an output byte can change. */
  readonly v: number;
  readonly class: 'exact' | 'observed';
  readonly params: z.ZodType<P>;
  run(context: TaskContext<P>): TaskResult;
}

/** Types the parameters of `run` by the schema beside it. */
export const defineKind = <P>(kind: TaskKind<P>): TaskKind<P> => kind;

/** The single blob of an input. @throws Error (ours) where the task gives none or several */
export function singleInput(context: Pick<TaskContext<unknown>, 'inputs'>, name: string): InputBlob {
  const blobs = context.inputs(name);
  if (blobs.length !== 1) throw new Error(`input ${name}: ${blobs.length} blobs where one is needed`);
  return blobs[0]!;
}

export const blobName = (blob: InputBlob): string => `blob ${blob.hash.slice(0, 12)}`;
