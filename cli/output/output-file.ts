/** Writes a file to where the user says: whole or not at all, and over nothing unless told to. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../../src/numerics/input-error.ts';
import { syncDirectory, unlinkIfThere } from '../../store/durable-file.ts';
import { systemCodeOf } from '../../store/store-error.ts';

/**
 * To be asked before long work, too.
 * @param force whether a file that is there may be replaced
 * @throws InputError `file-exists`, `cannot-write`
 */
export function demandFree(file: string, force: boolean): void {
  const path = resolve(file);
  const folder = attempt(path, () => lstatSync(dirname(path), { throwIfNoEntry: false }));
  if (folder === undefined) throw cannotWrite(path, 'no such folder');
  const stat = attempt(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stat === undefined || (force && stat.isFile())) return;
  throw new InputError('file-exists', 'there is something under this name already', {
    where: path,
    found: stat.isFile() ? 'a file' : 'no regular file',
    remedy: stat.isFile() ? 'give another name, or --force to replace it' : 'give another name',
  });
}

/**
 * @returns the number of bytes
 * @throws InputError as `demandFree`, and what `pieces` throws; then nothing is left behind
 */
export function writeOutput(file: string, pieces: Iterable<string | Uint8Array>, force: boolean): number {
  demandFree(file, force);
  const path = resolve(file);
  const temporary = `${path}.tmp-${randomBytes(8).toString('hex')}`;
  const descriptor = attempt(path, () => openSync(temporary, 'wx', 0o644));
  let bytes = 0;
  try {
    try {
      for (const piece of pieces) {
        const data = typeof piece === 'string' ? Buffer.from(piece) : piece;
        attempt(path, () => writeFileSync(descriptor, data));
        bytes += data.length;
      }
      attempt(path, () => fsyncSync(descriptor));
    } finally {
      closeSync(descriptor);
    }
    demandFree(file, force);
    attempt(path, () => renameSync(temporary, path));
  } catch (error) {
    unlinkIfThere(temporary);
    throw error;
  }
  attempt(path, () => syncDirectory(dirname(path)));
  return bytes;
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = systemCodeOf(error);
    throw code === undefined ? error : cannotWrite(path, code);
  }
}

const cannotWrite = (where: string, found: string): InputError =>
  new InputError('cannot-write', 'the file cannot be written', {
    where,
    found,
    remedy: 'check that the folder is there, that you may write to it, and that there is space',
  });
