/** Runs one assignment at a time in the calling thread: for imports, for tests, for debugging. */
import type { BlobStore } from '../../store/blob-store.ts';
import type { Executor } from './executor.ts';
import { runAssignment } from './run-assignment.ts';

export const inlineExecutor = (blobs: BlobStore): Executor => ({
  slots: 1,
  execute: async (assignment, options) => runAssignment(assignment, blobs, options),
  close: async () => undefined,
});
