/** Writes a file to where the user says: whole or not at all, and over nothing but a file of the same origin. */
import { randomBytes } from 'node:crypto';
import { lstatSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../src/numerics/input-error.ts';
import { withRegularFile, writeDurably } from '../../store/durable-file.ts';
import { systemCodeOf } from '../../store/store-error.ts';

/** Files that a command writes again and again. */
export interface FileOrigin {
  /** The ASCII text that every one of them begins with, and by which one is known. */
  readonly beginning: string;
  /** `a page that varve why --html wrote before` */
  readonly words: string;
}

/** @throws InputError `file-exists`, `cannot-write` */
export function writeReplaceable(file: string, text: string, origin: FileOrigin): void {
  demandReplaceable(file, origin);
  const path = resolve(file);
  explained(path, () => writeDurably(path, text, `${path}.tmp-${randomBytes(8).toString('hex')}`));
}

/** To be asked of each of several files before the first is written, too. @throws as `writeReplaceable` */
export function demandReplaceable(file: string, { beginning, words }: FileOrigin): void {
  const path = resolve(file);
  explained(path, () => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isFile() && beginningOf(path, beginning.length) === beginning) return;
    throw new InputError('file-exists', 'there is something else under this name already', {
      where: path,
      expected: `no file, or ${words}, which is replaced`,
      remedy: 'give another name, or remove the file',
    });
  });
}

function explained<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    throw new InputError('cannot-write', `the file cannot be written (${code})`, {
      where: path,
      remedy: 'name a file in a folder that exists and that you may write to',
    });
  }
}

const beginningOf = (path: string, length: number): string =>
  withRegularFile(path, (descriptor) => {
    const bytes = Buffer.alloc(length);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, length, 0));
  });
