/** The code of a worker thread: one assignment at a time. */
import { workerData } from 'piscina';
import { BlobStore } from '../../store/blob-store.ts';
import type { TaskResult } from '../tasks/task-kind.ts';
import type { Assignment } from './assignment.ts';
import { runAssignment } from './run-assignment.ts';

export interface WorkerRequest {
  readonly assignment: Assignment;
  /** Shared with the pool: the fraction done. */
  readonly progress: Float64Array;
}

const blobs = new BlobStore((workerData as { blobsDir: string }).blobsDir, false);

export default function work({ assignment, progress }: WorkerRequest): TaskResult {
  return runAssignment(assignment, blobs, {
    onProgress: (fraction) => {
      progress[0] = fraction;
    },
  });
}
