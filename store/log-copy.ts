/**
 * A private copy of a log that SQLite cannot open where it lies. A database in WAL mode is read through a -shm file,
 * which SQLite makes if there is none; on a read-only mount, or in a folder of somebody else, it cannot. No -shm file
 * means that nobody has the log open, so that a copy of the log and its WAL says the same.
 */
import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StoreError, systemCodeOf } from './store-error.ts';

export interface LogCopy {
  readonly path: string;
  /** To be called once the copy is open: the files stay for as long as they are, and nothing is left behind. */
  discard(): void;
}

/** null where the log can be opened in its place. */
export function copyLogIfNeeded(path: string): LogCopy | null {
  if (existsSync(`${path}-shm`) || isWritable(dirname(path))) return null;
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'varve-log-'));
    const copy = join(folder, basename(path));
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    return { path: copy, discard: () => removeFolder(folder) };
  } catch (error) {
    removeFolder(folder);
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    throw new StoreError('log-unreadable', `the log cannot be copied to ${tmpdir()} (${(error as Error).message})`, {
      where: path,
      remedy:
        'The store lies where nothing can be written, so its log is read from a copy: set TMPDIR to a folder with room.',
      cause: error,
    });
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function removeFolder(folder: string | undefined): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
