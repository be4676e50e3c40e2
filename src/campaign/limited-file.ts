/** Reads files that a user names, within limits. */
import { readFileSync, statSync } from 'node:fs';
import { InputError } from '../numerics/input-error.ts';

/**
 * Only regular files: a device or a pipe has no length that could be limited.
 * @param what names the file in errors, e.g. `label file`
 * @throws InputError `unreadable-file`, `file-too-large`
 */
export function readLimited(path: string, maxBytes: number, what: string, remedy: string): Buffer {
  const unreadable = (found: string): never => {
    throw new InputError('unreadable-file', `the ${what} cannot be read`, { where: path, found, remedy });
  };
  const attempt = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return unreadable(code === 'ENOENT' ? 'no such file' : String(code));
    }
  };
  const stat = attempt(() => statSync(path));
  if (stat.isDirectory()) unreadable('a folder');
  if (!stat.isFile()) unreadable('no regular file');
  const { size } = stat;
  if (size <= maxBytes) return attempt(() => readFileSync(path));
  throw new InputError('file-too-large', `the ${what} is too large`, {
    where: path,
    expected: `at most ${maxBytes} bytes`,
    found: `${size} bytes`,
  });
}

/** @throws InputError with that code */
export function decodeUtf8(bytes: Uint8Array, code: string, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(code, 'the file is not UTF-8 text', { where });
  }
}
