/**
 * Removes what crashes leave in `blobs/`: temporary files, and blobs that no event names (orphans: a blob is written
 * before its event). Under the writer's lock, so that nobody is between the two; and only in a store whose log is
 * sound, because what the log names is what decides.
 */
import { type Dirent, lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryPrefix } from './blob-store.ts';
import { syncDirectory } from './durable-file.ts';
import type { EventLog } from './event-log.ts';
import { namedBlobs } from './references.ts';
import { openStore } from './store.ts';
import { StoreError } from './store-error.ts';
import { blobsPath, storeIoError } from './store-folder.ts';
import { verifyStore } from './verify.ts';

export interface SweepOptions {
  readonly dir: string;
  /** Only say what would be removed. */
  readonly dryRun?: boolean;
  readonly lockWaitMs?: number;
}

export interface SweptFile {
  /** Below `blobs/`. */
  readonly path: string;
  readonly bytes: number;
}

export interface SweepReport {
  readonly orphanBlobs: readonly SweptFile[];
  readonly temporaryFiles: readonly SweptFile[];
}

export async function sweepStore({ dir: directory, dryRun, lockWaitMs }: SweepOptions): Promise<SweepReport> {
  const dir = resolve(directory);
  const wait = lockWaitMs === undefined ? {} : { lockWaitMs };
  const store = openStore({ dir, mode: 'write', holder: 'varve sweep', ...wait });
  try {
    const { problems } = await verifyStore(dir, { blobs: false });
    if (problems[0] !== undefined) throw unsound(problems[0].where, problems[0].what);
    const report = findSweepings(blobsPath(dir), blobsNamedIn(store.log));
    if (dryRun !== true) remove(blobsPath(dir), [...report.temporaryFiles, ...report.orphanBlobs]);
    return report;
  } catch (error) {
    throw storeIoError(error, dir);
  } finally {
    store.close();
  }
}

/** Hashes of every output and manifest. */
function blobsNamedIn(log: EventLog): Set<string> {
  const named = new Set<string>();
  for (const { core } of log.events()) for (const hash of namedBlobs(core)) named.add(hash);
  return named;
}

/** Regular files that look like what a store writes; all else is left for `verify` to name. */
function findSweepings(root: string, named: ReadonlySet<string>): SweepReport {
  const temporaryFiles: SweptFile[] = [];
  const orphanBlobs: SweptFile[] = [];
  const swept = (path: string): SweptFile => ({ path, bytes: lstatSync(join(root, path)).size });
  for (const entry of list(root)) {
    if (entry.isFile() && entry.name.startsWith(temporaryPrefix)) temporaryFiles.push(swept(entry.name));
    if (!entry.isDirectory() || !/^[0-9a-f]{2}$/.test(entry.name)) continue;
    for (const file of list(join(root, entry.name))) {
      const isBlob = file.isFile() && /^[0-9a-f]{62}$/.test(file.name);
      if (isBlob && !named.has(entry.name + file.name)) orphanBlobs.push(swept(join(entry.name, file.name)));
    }
  }
  return { orphanBlobs, temporaryFiles };
}

function list(folder: string): Dirent[] {
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function remove(root: string, files: readonly SweptFile[]): void {
  for (const { path } of files) unlinkSync(join(root, path));
  const folders = new Set(files.map(({ path }) => (path.includes('/') ? path.slice(0, 2) : '.')));
  for (const folder of folders) syncDirectory(join(root, folder));
}

function unsound(where: string, what: string): StoreError {
  return new StoreError('log-corrupt', 'nothing was removed: the log is damaged, so it cannot be told what it names', {
    where,
    found: what,
    remedy: 'Run `verify` to see all damage, and mend it first.',
  });
}
