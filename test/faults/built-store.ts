/** The store as it is built, for child processes that run plain Node. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function builtStore(): string {
  const folder = fileURLToPath(new URL('../../dist/store', import.meta.url));
  if (existsSync(folder)) return folder;
  throw new Error(`${folder} is missing: run "npm run build" first`);
}
