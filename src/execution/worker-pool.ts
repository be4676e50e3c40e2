/**
 * Runs assignments on worker threads (piscina), one a thread. Which thread takes which assignment, and in what order
 * they end, changes no byte of any result.
 */
import { Piscina } from 'piscina';
import { workerFile } from '../../store/worker-file.ts';
import type { Executor } from './executor.ts';
import { rebuiltError } from './portable-error.ts';
import type { WorkerReply, WorkerRequest } from './worker.ts';

/** How often progress is read from the workers, ms. */
const PROGRESS_INTERVAL_MS = 250;

export function workerPool(blobsDir: string, workers: number): Executor {
  const pool = new Piscina<WorkerRequest, WorkerReply>({
    filename: workerFile(import.meta.url, 'worker'),
    minThreads: workers,
    maxThreads: workers,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    workerData: { blobsDir },
  });
  return {
    slots: workers,
    async execute(assignment, { onProgress, threads = 1 }) {
      // Progress goes through shared memory: a busy thread answers no messages.
      const progress = new Float64Array(new SharedArrayBuffer(8));
      const timer = setInterval(() => onProgress?.(progress[0]!), PROGRESS_INTERVAL_MS);
      try {
        const reply = await pool.run({ assignment, progress, threads });
        if ('error' in reply) throw rebuiltError(reply.error);
        return reply.result;
      } finally {
        clearInterval(timer);
      }
    },
    close: () => pool.destroy(),
  };
}
