/** `varve rematerialise BLOB`: computes bytes anew that were purged or lost, and checks them against their hash. */
import { findRecipe, findRecipes } from '../src/audit/purge/find-blob.ts';
import { purgedBlobs } from '../src/audit/purge/purged-blobs.ts';
import { rematerialise as restore } from '../src/audit/purge/rematerialise.ts';
import { workerPool } from '../src/execution/worker-pool.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { openStore, type Store } from '../store/store.ts';
import { blobsPath } from '../store/store-folder.ts';
import { ProgressBars } from './output/progress-bars.ts';
import { printJson } from './output/store-access.ts';

interface RematerialiseFlags {
  readonly store: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export async function rematerialise(name: string | undefined, flags: RematerialiseFlags): Promise<void> {
  if ((name === undefined) === (flags.all === undefined)) {
    throw new InputError('no-scope', 'what is to be computed anew?', {
      expected: 'a blob (its SHA-256, or EVENT:OUTPUT), or --all for all that was purged',
    });
  }
  const store = openStore({ dir: flags.store, mode: 'write', holder: 'varve rematerialise' });
  const executor = workerPool(blobsPath(store.dir), 1);
  const bars = new ProgressBars(process.stderr, 'events');
  const restored: string[] = [];
  try {
    for (const recipe of name === undefined ? absentRecipes(store) : [findRecipe(store, name)]) {
      bars.expected += 1;
      const hashes = await restore(store, recipe, executor, {
        onStart: (event) => bars.start(event.eventId, `event ${event.seq}  ${event.core.task.kind}`),
        onProgress: (event, fraction) => bars.update(event.eventId, fraction),
        onRestored: (event) => {
          const took = bars.end(event.eventId);
          bars.line(`event ${event.seq}  ${event.core.task.kind}  ${took}`, true);
        },
      });
      restored.push(...hashes);
    }
    bars.finish((elapsed) => `${restored.length} blobs put back in ${elapsed}`);
    if (flags.json) printJson({ restored });
    else for (const hash of restored) process.stdout.write(`${hash}  as recorded\n`);
    if (!flags.json && restored.length === 0) process.stdout.write('nothing is missing\n');
  } finally {
    await executor.close();
    store.close();
  }
}

/** Of all that was purged and is not there. */
function absentRecipes(store: Store) {
  const absent = [...purgedBlobs(store.log)].filter((hash) => !store.blobs.has(hash));
  return [...findRecipes(store, new Set(absent)).values()];
}
