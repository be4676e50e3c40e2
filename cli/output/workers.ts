/** How many worker threads a command uses. */
import { availableParallelism } from 'node:os';
import { InputError } from '../../src/numerics/input-error.ts';

const MOST_WORKERS = 256;

/** One for each core, up to 16, where none is given. @throws InputError `bad-workers` */
export function workerCount(asked: number | undefined): number {
  const workers = asked ?? Math.min(16, availableParallelism());
  if (workers <= MOST_WORKERS) return workers;
  throw new InputError('bad-workers', 'too many worker threads', {
    expected: `at most ${MOST_WORKERS}`,
    found: String(workers),
  });
}
