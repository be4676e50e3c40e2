/** An RO-Crate as a folder: `ro-crate-metadata.json` and the blobs that it describes, each checked against its hash. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BlobStore } from '../../../store/blob-store.ts';
import { readmePath } from './crate-readme.ts';
import { jsonText, placeWhole, writeText } from './export-file.ts';
import { crateContext, type RoCrate } from './ro-crate.ts';

/**
 * @throws InputError `exists`, `cannot-write`
 * @throws StoreError `blob-missing`, `blob-corrupt`
 */
export function writeCrate(crate: RoCrate, blobs: BlobStore, out: string): void {
  placeWhole(out, (folder) => {
    mkdirSync(folder);
    for (const { id, hash, held } of crate.files) {
      if (!held) continue;
      const bytes = blobs.get(hash);
      const path = join(folder, id);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes, { flag: 'wx' });
    }
    writeText(join(folder, readmePath), [crate.readme]);
    writeText(join(folder, 'ro-crate-metadata.json'), crateText(crate));
  });
}

/** The metadata file, an entity a line. */
export function* crateText(crate: RoCrate): Generator<string> {
  yield `{"@context":${jsonText(crateContext)},"@graph":[`;
  let separator = '\n';
  for (const entity of crate.entities) {
    yield `${separator}${jsonText(entity)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}
