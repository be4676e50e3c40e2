/**
 * Verifies `blobs/`, one folder after the other: every file is hashed against its name, in pieces, so memory stays
 * bounded; every blob that an event names must be there with the stated size, unless a `purge` says that it was dropped.
 * Blobs that no event names are counted, not blamed.
 */
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashFile, temporaryPrefix } from './blob-store.ts';
import { Column } from './hash-table.ts';
import { sizeText } from './references.ts';
import { StoreError, systemCodeOf } from './store-error.ts';
import { manifestBytes, type UsedBlobs } from './used-blobs.ts';
import type { Problem, ProblemList } from './verify-report.ts';

const unreadable = -1;

/** What lies directly in `blobs/`. */
export interface BlobFolders {
  readonly prefixes: readonly string[];
  readonly temporaryFiles: number;
  readonly problems: readonly { readonly beforeFolder: number; readonly problem: Problem }[];
}

/** The files of one folder that are named by a hash, and what is wrong in it. */
export interface FolderFindings {
  /** 32 bytes a file. */
  readonly hashes: Uint8Array;
  /** Bytes of each file; −1 where it cannot be read. */
  readonly sizes: Float64Array;
  readonly problems: readonly Problem[];
}

export function listBlobFolders(root: string): BlobFolders {
  const prefixes: string[] = [];
  const problems: { beforeFolder: number; problem: Problem }[] = [];
  const report = (problem: Problem) => problems.push({ beforeFolder: prefixes.length, problem });
  let temporaryFiles = 0;
  for (const item of list(root, report)) {
    if (item.isFile() && item.name.startsWith(temporaryPrefix)) temporaryFiles += 1;
    else if (item.isDirectory() && /^[0-9a-f]{2}$/.test(item.name)) prefixes.push(item.name);
    else report(misnamed(join(root, item.name)));
  }
  return { prefixes, temporaryFiles, problems };
}

export function checkBlobFolder(root: string, prefix: string): FolderFindings {
  const hashes: string[] = [];
  const sizes: number[] = [];
  const problems: Problem[] = [];
  const report = (problem: Problem) => problems.push(problem);
  for (const file of list(join(root, prefix), report)) {
    const path = join(root, prefix, file.name);
    if (!file.isFile() || !/^[0-9a-f]{62}$/.test(file.name)) {
      report(misnamed(path));
      continue;
    }
    hashes.push(prefix + file.name);
    sizes.push(checkFile(path, prefix + file.name, report));
  }
  return { hashes: new Uint8Array(Buffer.from(hashes.join(''), 'hex')), sizes: Float64Array.from(sizes), problems };
}

/** Bytes of the file. */
function checkFile(path: string, hash: string, report: (problem: Problem) => unknown): number {
  try {
    const found = hashFile(path);
    if (found.hash !== hash) {
      const what = 'the bytes of a blob do not match its name';
      report({ code: 'blob-corrupt', what, where: path, expected: hash, found: found.hash });
    }
    return found.bytes;
  } catch (error) {
    if (systemCodeOf(error) === undefined && !(error instanceof StoreError)) throw error;
    report({ code: 'blob-unreadable', what: (error as Error).message, where: path });
    return unreadable;
  }
}

/** Compares the files with what the events of the log name. */
export class BlobVerification {
  readonly #root: string;
  readonly #used: UsedBlobs;
  readonly #problems: ProblemList;
  /** Bytes found plus 2 of each blob that is used: 0 where there is no file, 1 where it cannot be read. */
  readonly #found = new Column(new Float64Array(1024));
  #orphans = 0;

  constructor(root: string, used: UsedBlobs, problems: ProblemList) {
    this.#root = root;
    this.#used = used;
    this.#problems = problems;
  }

  /** The folders in the order in which they were listed. */
  merge({ hashes, sizes, problems }: FolderFindings): void {
    for (const problem of problems) this.#problems.add(this.#withUser(problem));
    const words = new Uint32Array(hashes.buffer);
    sizes.forEach((bytes, file) => {
      const blob = this.#used.find(words, file * 8);
      if (blob === -1) this.#orphans += 1;
      else this.#found.set(blob, bytes + 2);
    });
  }

  /** After the last folder: what is missing and was not purged. */
  finish(purged: ReadonlySet<string>): { orphanBlobs: number; purgedBlobs: number } {
    let purgedBlobs = 0;
    for (let blob = 0; blob < this.#used.size; blob += 1) {
      const { hash, bytes, where } = this.#used.at(blob);
      const found = this.#found.get(blob) - 2;
      if (found < unreadable && purged.has(hash)) {
        purgedBlobs += 1;
      } else if (found < unreadable) {
        const expected = join(this.#root, hash.slice(0, 2), hash.slice(2));
        const what = 'a blob is not in the store';
        this.#problems.add({ code: 'blob-missing', what, where: where(), expected, found: 'no such file' });
      } else if (bytes !== manifestBytes && found !== bytes && found !== unreadable) {
        const what = `blob ${hash} has another size than the event says`;
        const sizes = { expected: sizeText(bytes), found: sizeText(found) };
        this.#problems.add({ code: 'blob-size', what, where: where(), ...sizes });
      }
    }
    return { orphanBlobs: this.#orphans, purgedBlobs };
  }

  #withUser(problem: Problem): Problem {
    if (problem.code !== 'blob-corrupt') return problem;
    const user = this.#used.find(new Uint32Array(new Uint8Array(Buffer.from(problem.expected!, 'hex')).buffer), 0);
    if (user === -1) return problem;
    return { ...problem, what: `${problem.what}; needed by ${this.#used.at(user).where()}` };
  }
}

function list(folder: string, report: (problem: Problem) => unknown): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    report({ code: 'blob-unreadable', what: (error as Error).message, where: folder });
    return [];
  }
}

function misnamed(path: string): Problem {
  const expected = 'two hex digits, then a file named by the other 62';
  return { code: 'blob-misnamed', what: 'this does not belong among the blobs', where: path, expected };
}
