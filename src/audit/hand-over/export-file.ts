/** Files that an export writes: there whole or not at all, never over something else, in bounded memory. */
import { closeSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { systemCodeOf } from '../../../store/store-error.ts';
import { InputError } from '../../numerics/input-error.ts';

const bufferedCharacters = 1 << 16;

/** JSON that may also stand in a page's script element: `<` occurs in strings alone, and is escaped there. */
export const jsonText = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

export function writeText(path: string, chunks: Iterable<string>): void {
  const descriptor = openSync(path, 'wx', 0o644);
  const flush = (text: string): void => {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  };
  try {
    let buffered = '';
    for (const chunk of chunks) {
      buffered += chunk;
      if (buffered.length < bufferedCharacters) continue;
      flush(buffered);
      buffered = '';
    }
    flush(buffered);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Calls `write` with a temporary path beside `out` and renames what it has made there.
 * @throws InputError `exists` where `out` is there already, `cannot-write`
 */
export function placeWhole(out: string, write: (temporary: string) => void): void {
  const target = resolve(out);
  if (explained(out, () => lstatSync(target, { throwIfNoEntry: false })) !== undefined) {
    throw new InputError('exists', 'there is something here already, and an export overwrites nothing', {
      where: out,
      remedy: 'give another --out, or remove it first',
    });
  }
  const temporary = join(dirname(target), `.${basename(target)}.tmp-${process.pid}`);
  explained(out, () => {
    try {
      write(temporary);
      renameSync(temporary, target);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
}

/** A failed system call of `step` as an InputError; other errors come back as they are. */
function explained<T>(out: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    throw new InputError('cannot-write', `the export could not be written (${code})`, {
      where: out,
      remedy: 'check that the folder is there, that you may write to it, and that there is space',
    });
  }
}
