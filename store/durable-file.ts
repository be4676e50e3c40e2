/**
 * Files that are there whole or not at all, and stay after a power cut: written under a temporary name in the same
 * folder, fsynced, renamed, and then the folder fsynced. Also reading that cannot be led astray: a regular file only,
 * no symbolic link.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreError } from './store-error.ts';

/** What Node reads of a file in one piece. */
const maximumReadBytes = 0x7fff_ffff;

export function syncDirectory(dir: string): void {
  const descriptor = openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** `temporary` and `path` lie on the same file system; an existing `path` is replaced in one step. */
export function writeDurably(path: string, bytes: Uint8Array | string, temporary: string): void {
  const descriptor = openSync(temporary, 'w', 0o644);
  try {
    try {
      writeFileSync(descriptor, bytes);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    unlinkIfThere(temporary);
    throw error;
  }
  syncDirectory(dirname(path));
}

/** As `writeDurably`, but only against other processes: after a power cut the file may be the old one, empty or half. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    unlinkIfThere(temporary);
    throw error;
  }
}

/** Makes the folder and those above it, each durable in its parent. */
export function makeDirectoryDurably(dir: string): void {
  const first = mkdirSync(dir, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(dir); ; made = dirname(made)) {
    syncDirectory(dirname(made));
    if (made === resolve(first) || made === dirname(made)) return;
  }
}

/** The descriptor of a regular file, to be closed by the caller; anything else under that name is refused. */
export function openRegularFile(path: string): { descriptor: number; bytes: number } {
  // O_NONBLOCK: a named pipe must not make us wait.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = fstatSync(descriptor);
  if (stat.isFile()) return { descriptor, bytes: stat.size };
  closeSync(descriptor);
  throw new StoreError('not-a-file', 'not a regular file', { where: path });
}

/** Calls `use` with the descriptor of a regular file; anything else under that name is refused. */
export function withRegularFile<T>(path: string, use: (descriptor: number, bytes: number) => T): T {
  const { descriptor, bytes } = openRegularFile(path);
  try {
    return use(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

export function readRegularFile(path: string): Buffer {
  return withRegularFile(path, (descriptor, bytes) => {
    if (bytes <= maximumReadBytes) return readFileSync(descriptor);
    const expected = `at most ${maximumReadBytes} bytes`;
    throw new StoreError('file-too-large', 'too large to be read at once', {
      where: path,
      expected,
      found: `${bytes}`,
    });
  });
}

/** At most so many bytes from the start of a regular file. */
export function readFileStart(path: string, limitBytes: number): Buffer {
  return withRegularFile(path, (descriptor) => {
    const start = Buffer.alloc(limitBytes);
    return start.subarray(0, readSync(descriptor, start, 0, limitBytes, 0));
  });
}

/** The bytes of a regular file, `pieceBytes` at a time, each piece valid until the next is asked for. */
export function* readPieces(path: string, pieceBytes: number): Generator<Buffer> {
  const { descriptor, bytes } = openRegularFile(path);
  try {
    // One byte more than a small file has, so that its end is seen at once.
    const buffer = Buffer.allocUnsafe(Math.min(bytes + 1, pieceBytes));
    for (let filled = buffer.length; filled === buffer.length; ) {
      filled = 0;
      for (let got = 1; got > 0 && filled < buffer.length; filled += got) {
        got = readSync(descriptor, buffer, filled, buffer.length - filled, null);
      }
      if (filled > 0) yield buffer.subarray(0, filled);
    }
  } finally {
    closeSync(descriptor);
  }
}

export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The first error is the one to tell.
  }
}
