/** How many worker threads a command uses. */
import { availableParallelism } from 'node:os';
import { InputError } from '../../src/numerics/input-error.ts';

const DEFAULT_MOST = 16;
const MOST = 256;

/** @param asked what `--workers` says; without it one for each core */
export function workerThreads(asked: number | undefined): number {
  const workers = asked ?? Math.min(DEFAULT_MOST, availableParallelism());
  if (workers <= MOST) return workers;
  throw new InputError('bad-workers', 'too many worker threads', {
    expected: `at most ${MOST}`,
    found: String(workers),
  });
}
