/** `varve sweep`: removes temporary files and blobs that no event names, which crashes leave; says how much. */
import { type SweptFile, sweepStore } from '../store/sweep.ts';
import { printJson } from './output/store-access.ts';

interface SweepFlags {
  readonly store: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export async function sweep(flags: SweepFlags): Promise<void> {
  const dryRun = flags.dryRun === true;
  const { orphanBlobs, temporaryFiles } = await sweepStore({ dir: flags.store, dryRun });
  if (flags.json) {
    printJson({ store: flags.store, removed: !dryRun, orphanBlobs, temporaryFiles });
    return;
  }
  const verb = dryRun ? 'would remove' : 'removed';
  process.stdout.write(
    `${verb} ${describe(orphanBlobs, 'blob')} that no event names, ${describe(temporaryFiles, 'temporary file')}\n`,
  );
}

function describe(files: readonly SweptFile[], noun: string): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${files.length} ${noun}${files.length === 1 ? '' : 's'} (${bytes} bytes)`;
}
