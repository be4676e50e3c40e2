/** The code of a worker thread: one assignment at a time. */
import { workerData } from 'piscina';
import { BlobStore } from '../../store/blob-store.ts';
import type { TaskResult } from '../tasks/task-kind.ts';
import type { Assignment } from './assignment.ts';
import { type PortableError, portableError } from './portable-error.ts';
import { runAssignment } from './run-assignment.ts';

export interface WorkerRequest {
  readonly assignment: Assignment;
  /** Shared with the pool: the fraction done. */
  readonly progress: Float64Array;
}

export type WorkerReply = { readonly result: TaskResult } | { readonly error: PortableError };

const blobs = new BlobStore((workerData as { blobsDir: string }).blobsDir, false);

export default function work({ assignment, progress }: WorkerRequest): WorkerReply {
  const onProgress = (fraction: number): void => {
    progress[0] = fraction;
  };
  try {
    return { result: runAssignment(assignment, blobs, { onProgress }) };
  } catch (thrown) {
    const error = portableError(thrown);
    if (error === undefined) throw thrown;
    return { error };
  }
}
