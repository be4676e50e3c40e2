/**
 * Verifies `blobs/`: every file is hashed against its name, in pieces, so memory stays bounded; every blob that an
 * event names must be there with the stated size, unless a `purge` says that it was dropped. Blobs that no event names
 * are counted, not blamed.
 */
import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryPrefix } from './blob-store.ts';
import { withRegularFile } from './durable-file.ts';
import { sizeText } from './references.ts';
import { StoreError, systemCodeOf } from './store-error.ts';
import type { LogFindings } from './verify-log.ts';
import type { ProblemList } from './verify-report.ts';

const pieceBytes = 1024 * 1024;

export interface BlobFindings {
  orphanBlobs: number;
  purgedBlobs: number;
  temporaryFiles: number;
}

export function verifyBlobs(
  root: string,
  { uses, purged }: Pick<LogFindings, 'uses' | 'purged'>,
  problems: ProblemList,
): BlobFindings {
  /** Bytes of each file that is named by a hash. */
  const sizes = new Map<string, number>();
  let temporaryFiles = 0;
  for (const folder of list(root, problems)) {
    if (folder.isFile() && folder.name.startsWith(temporaryPrefix)) temporaryFiles += 1;
    else if (folder.isDirectory() && /^[0-9a-f]{2}$/.test(folder.name)) verifyFolder(root, folder.name);
    else problems.add(misnamed(join(root, folder.name)));
  }

  function verifyFolder(base: string, prefix: string): void {
    for (const file of list(join(base, prefix), problems)) {
      const path = join(base, prefix, file.name);
      if (!file.isFile() || !/^[0-9a-f]{62}$/.test(file.name)) problems.add(misnamed(path));
      else verifyFile(path, prefix + file.name);
    }
  }

  function verifyFile(path: string, hash: string): void {
    try {
      const found = hashFile(path);
      sizes.set(hash, found.bytes);
      if (found.hash === hash) return;
      const user = uses.get(hash);
      const what = `the bytes of a blob do not match its name${user === undefined ? '' : `; needed by ${user.where}`}`;
      problems.add({ code: 'blob-corrupt', what, where: path, expected: hash, found: found.hash });
    } catch (error) {
      if (systemCodeOf(error) === undefined && !(error instanceof StoreError)) throw error;
      sizes.set(hash, -1);
      problems.add({ code: 'blob-unreadable', what: (error as Error).message, where: path });
    }
  }

  let purgedBlobs = 0;
  for (const [hash, { bytes, where }] of uses) {
    const size = sizes.get(hash);
    if (size === undefined && purged.has(hash)) {
      purgedBlobs += 1;
    } else if (size === undefined) {
      const expected = join(root, hash.slice(0, 2), hash.slice(2));
      problems.add({
        code: 'blob-missing',
        what: 'a blob is not in the store',
        where,
        expected,
        found: 'no such file',
      });
    } else if (bytes !== null && size !== bytes && size >= 0) {
      const what = `blob ${hash} has another size than the event says`;
      problems.add({ code: 'blob-size', what, where, expected: sizeText(bytes), found: sizeText(size) });
    }
  }
  const orphanBlobs = [...sizes.keys()].filter((hash) => !uses.has(hash)).length;
  return { orphanBlobs, purgedBlobs, temporaryFiles };
}

function hashFile(path: string): { hash: string; bytes: number } {
  return withRegularFile(path, (descriptor) => {
    const hasher = createHash('sha256');
    const piece = Buffer.allocUnsafe(pieceBytes);
    let bytes = 0;
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece)) {
      hasher.update(piece.subarray(0, read));
      bytes += read;
    }
    return { hash: hasher.digest('hex'), bytes };
  });
}

function list(folder: string, problems: ProblemList): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    problems.add({ code: 'blob-unreadable', what: (error as Error).message, where: folder });
    return [];
  }
}

function misnamed(path: string): { code: string; what: string; where: string; expected: string } {
  const expected = 'two hex digits, then a file named by the other 62';
  return { code: 'blob-misnamed', what: 'this does not belong among the blobs', where: path, expected };
}
