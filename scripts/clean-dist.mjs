// Removes dist/ before a build, so that a file that was deleted or renamed in the sources cannot be run.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
