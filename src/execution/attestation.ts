/** What computed an event: the hash of the code in use and the versions beside it. Not part of the event's id. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '../../store/hash.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { TaskResult } from '../tasks/task-kind.ts';
import { VARVE_VERSION } from './version.ts';

/**
 * `sourceBuild`: SHA-256 over the lines `<sha256 of the file>  <path>` of every module under src/ and store/ as they
 * are run (compiled, or TypeScript under the tests), sorted by path. `wasm`: hashes of the WASM modules used.
 */
export function attest(): JsonObject {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const modules = ['src', 'store'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const lines = modules
    .map((path) => `${sha256Hex(readFileSync(path))}  ${relative(root, path).replaceAll('\\', '/')}`)
    .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  return { varve: VARVE_VERSION, sourceBuild: sha256Hex(lines.join('\n')), wasm: [] };
}

/** The attestation of one result: with the hashes of the WebAssembly modules that computed it. */
export const attestedBy = (attestation: JsonObject, { modules = [] }: Pick<TaskResult, 'modules'>): JsonObject => ({
  ...attestation,
  wasm: modules.map(sha256Hex),
});
