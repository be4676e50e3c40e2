/** Where the code of a worker thread is. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from './package-root.ts';

/**
 * Threads need JavaScript: the built file beside the module that asks, or the build's where that module is run as
 * TypeScript.
 */
export function workerFile(moduleUrl: string, name: string): string {
  const folder = dirname(fileURLToPath(moduleUrl));
  const root = packageRoot();
  const built = moduleUrl.endsWith('.ts') ? join(root, 'dist', relative(root, folder)) : folder;
  const path = join(built, `${name}.js`);
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build" first`);
  return path;
}
