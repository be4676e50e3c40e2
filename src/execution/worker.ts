/** The code of a worker thread: one assignment at a time. */
import { workerData } from 'piscina';
import { BlobStore } from '../../store/blob-store.ts';
import type { TaskResult } from '../tasks/task-kind.ts';
import type { Assignment } from './assignment.ts';
import { type PortableError, portableError } from './portable-error.ts';
import { runAssignment } from './run-assignment.ts';
import { type ThreadCrew, threadCrew } from './thread-crew.ts';

export interface WorkerRequest {
  readonly assignment: Assignment;
  /** Shared with the pool: the fraction done. */
  readonly progress: Float64Array;
  /** How many threads the task may use, this one included. */
  readonly threads: number;
}

export type WorkerReply = { readonly result: TaskResult } | { readonly error: PortableError };

const blobs = new BlobStore((workerData as { blobsDir: string }).blobsDir, false);

/** Kept: a thread takes longer to start than many a task to run. */
const crews = new Map<number, ThreadCrew>();

function crewOf(threads: number): ThreadCrew {
  const crew = crews.get(threads) ?? threadCrew(threads);
  crews.set(threads, crew);
  return crew;
}

export default function work({ assignment, progress, threads }: WorkerRequest): WorkerReply {
  const onProgress = (fraction: number): void => {
    progress[0] = fraction;
  };
  try {
    return {
      result: runAssignment(assignment, blobs, { onProgress, ...(threads > 1 ? { crew: crewOf(threads) } : {}) }),
    };
  } catch (thrown) {
    const error = portableError(thrown);
    if (error === undefined) throw thrown;
    return { error };
  }
}
