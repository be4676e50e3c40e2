/** Writes a page to where the user says: whole or not at all, and over nothing but another such page. */
import { randomBytes } from 'node:crypto';
import { lstatSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../src/numerics/input-error.ts';
import { withRegularFile, writeDurably } from '../../store/durable-file.ts';
import { systemCodeOf } from '../../store/store-error.ts';
import { PAGE_BEGINNING } from './page/page.ts';

/** @throws InputError `file-exists`, `cannot-write` */
export function writePage(file: string, page: string): void {
  const path = resolve(file);
  try {
    demandReplaceable(path);
    writeDurably(path, page, `${path}.tmp-${randomBytes(8).toString('hex')}`);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    throw new InputError('cannot-write', `the page cannot be written (${code})`, {
      where: path,
      remedy: 'name a file in a folder that exists and that you may write to',
    });
  }
}

function demandReplaceable(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isFile() && beginningOf(path) === PAGE_BEGINNING) return;
  throw new InputError('file-exists', 'there is something else under this name already', {
    where: path,
    expected: 'no file, or a page that varve why --html wrote before, which is replaced',
    remedy: 'give another name, or remove the file',
  });
}

const beginningOf = (path: string): string =>
  withRegularFile(path, (descriptor) => {
    const bytes = Buffer.alloc(PAGE_BEGINNING.length);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  });
