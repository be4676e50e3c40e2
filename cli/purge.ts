/** `varve purge BLOB`: drops the bytes of a blob that can be computed anew, after showing that they come back. */
import { findRecipe } from '../src/audit/purge/find-blob.ts';
import { demandRecomputable, purgeBlob } from '../src/audit/purge/purge.ts';
import { attest } from '../src/execution/attestation.ts';
import { workerPool } from '../src/execution/worker-pool.ts';
import { openStore } from '../store/store.ts';
import { blobsPath } from '../store/store-folder.ts';
import { shortId } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';

interface PurgeFlags {
  readonly store: string;
  readonly reason: string;
  readonly unchecked?: boolean;
  readonly json?: boolean;
}

export async function purge(name: string, flags: PurgeFlags): Promise<void> {
  const store = openStore({ dir: flags.store, mode: 'write', holder: 'varve purge' });
  const executor = workerPool(blobsPath(store.dir), 1);
  try {
    const startedAt = new Date().toISOString();
    const recipe = findRecipe(store, name);
    const bytes = store.blobs.sizeOf(recipe.hash);
    if (!flags.unchecked && bytes !== null) {
      process.stderr.write(
        `computing event ${recipe.event.seq} (${recipe.event.core.task.kind}) anew, to see that its bytes come back\n`,
      );
      await demandRecomputable(store, recipe, executor);
    }
    const purged = purgeBlob(store, recipe, flags.reason, { attestation: attest(), startedAt });
    if (flags.json) {
      printJson({
        blob: recipe.hash,
        bytes,
        recipe: recipe.event.eventId,
        checked: !flags.unchecked,
        event: purged.eventId,
      });
      return;
    }
    process.stdout.write(
      `dropped ${bytes} bytes of blob ${recipe.hash}; event ${purged.seq} (${shortId(purged.eventId)}) records it\n` +
        `varve rematerialise ${recipe.hash} computes them anew\n`,
    );
  } finally {
    await executor.close();
    store.close();
  }
}
